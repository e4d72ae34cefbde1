"""The commands of a server: `serve`, `migrate`, `distribute`, `load-areas`, `seed-demo` (docs/operate.md)."""

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app.cli import production, startup
from app.cli.common import CommandRefused, open_database, parse_port, retry_quarantine
from app.commune import areas
from app.core.clock import utc_now
from app.core.config import MAX_WORKERS, PREFIX, Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.upkeep import demo
from app.upkeep.maintenance import desk_log, new_server
from app.upkeep.maintenance.epoch import record_epoch
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key import files
from app.upkeep.migrations import distribution
from app.upkeep.migrations.distribution import DistributionRefused
from app.upkeep.promotion import Promotions
from app.web import process
from app.web.middleware import connections

commands = typer.Typer()


@commands.command("serve")
def serve(
    port: Annotated[int, typer.Option(envvar="PORT", parser=parse_port, metavar="PORT")] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, max=MAX_WORKERS, help="Processes; TUNGNHA_WORKERS by default.")
    ] = None,
    accept_clock: Annotated[
        bool, typer.Option("--accept-clock", help="Start although the clock is far from when it last ran.")
    ] = False,
) -> None:
    """Run the server. In demo mode: load the demo commune if the database is empty, loopback only."""
    if workers:
        os.environ[f"{PREFIX}WORKERS"] = str(workers)  # the processes read it
    settings = Settings()
    startup.refuse_start(settings, port)
    lock = None if settings.is_demo else production.refuse_unsafe(settings, accept_clock=accept_clock)
    database = open_database(settings)
    if settings.is_demo:
        database.write(lambda session: demo.load(session, utc_now()))
    Promotions(database, DeskLog(settings.desk_log_file), settings.after_promotion, utc_now).look()
    retry_quarantine(database)  # what newer builds sent to the release before this one
    typer.echo("\n".join(startup.lines(settings, port, database)))
    desk_log.catch_up(database)
    database.close()
    if not settings.is_demo and not settings.public_hosts:
        typer.echo("TUNGNHA_PUBLIC_URL is not set: only this machine's own names are answered.", err=True)
    if lock:
        lock.keep_recording()
    _run(settings, port)


def _run(settings: Settings, port: int) -> None:
    """Run the processes until they are told to end."""
    process.replace_only_the_dead()
    startup.begin_metrics(settings)
    # Without a log_config uvicorn logs through our handler. An access log would contain ids of records.
    uvicorn.run(
        "app.main:create_worker",
        factory=True,
        workers=settings.workers,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.proxies,
        http=connections.BoundedProtocol,
        limit_concurrency=connections.MAX_CONNECTIONS,
    )


@commands.command("migrate")
def migrate(
    id_key: Annotated[
        Path | None,
        typer.Option("--id-key", help="A file of `id-key`, for a new server or another machine of this one."),
    ] = None,
    is_new: Annotated[
        bool, typer.Option("--new", help="Begin an empty database where an earlier one is lost.")
    ] = False,
) -> None:
    """Bring the database's schema to this version, and create it if there is none.

    `serve` does the same when it starts; before an upgrade of several machines it is done once, by this.
    """
    try:
        key = files.read_key(id_key) if id_key else None
        database = open_database(Settings(), is_new=is_new, id_key=key)
        if is_new or (key and not database.read(new_server.has_communes)):
            _begin(database)
        retry_quarantine(database)
        database.close()
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    typer.echo("The schema is of this version.")


def _begin(database: Database) -> None:
    """Have a new database follow the lost one. Raises `MaintenanceRefused`."""
    log, now = DeskLog(Settings().desk_log_file), utc_now()
    record_epoch(log, database.write(lambda session: new_server.begin(session, log, now)), now)


@commands.command("distribute")
def distribute_tables(
    shards: Annotated[
        int, typer.Option(min=2, max=1024, help="Into how many parts; the most workers that can share them.")
    ] = distribution.SHARDS,
) -> None:
    """Give each worker of a Citus cluster some communes, with all that they have; stop the servers first.

    What is distributed already stays as it is.
    """
    database = open_database(Settings())
    try:
        tables = database.write(lambda session: distribution.distribute(session.connection(), shards))
    except DistributionRefused as refused:
        raise CommandRefused(refused.sentence) from None
    finally:
        database.close()
    typer.echo(f"{len(tables)} tables were distributed." if tables else "All tables are distributed already.")


@commands.command("load-areas")
def load_areas() -> None:
    """Load or refresh the 34 provinces and 3,321 communes."""
    provinces, communes = open_database(Settings()).write(areas.load_areas)
    typer.echo(f"{provinces} provinces, {communes} communes.")


@commands.command("seed-demo")
def seed_demo() -> None:
    """Load the demo commune into an empty database."""
    settings = Settings()
    if not settings.is_demo:
        raise CommandRefused("The demo commune has public passwords: it is loaded in demo mode only.")
    loaded = open_database(settings).write(lambda session: demo.load(session, utc_now()))
    typer.echo("Demo commune loaded." if loaded else "A commune has already begun here; nothing loaded.")
