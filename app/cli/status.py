"""The command `status`: the instance at a glance, for a person in a terminal; and `nightly-archive`,
`check-log-mark`."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session

from app import __version__
from app.cli.common import LOG_CHANGED, CommandRefused, make_folder, open_database, open_existing_database
from app.core.clock import utc_now
from app.core.config import Settings
from app.upkeep.audit.checks import mark_problem
from app.upkeep.maintenance import record
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import archive
from app.upkeep.maintenance.record import BackupState
from app.upkeep.maintenance.status import read_status
from app.upkeep.migrations import schema_state
from app.upkeep.replica import Replica, State
from app.web.rendering import moment, second

commands = typer.Typer()
_LOOKS = 20  # within a second: it may be a moment behind
_REPLICA: dict[State, str] = {
    "following": "it has nothing yet",
    "unknown": "it has not yet what the primary had just now",
    "unreachable": "it cannot be reached",
    "writable": "TUNGNHA_READ_URL leads to a database that is no standby",
    "foreign": "TUNGNHA_READ_URL leads to a standby of another database",
    "behind": "it has not the newest epoch, or is more than five minutes behind",
}


@commands.command("check-log-mark")
def check_log_mark(
    mark: Annotated[str, typer.Argument(help="As the report has it: a number and 16 digits.")],
    commune: Annotated[str, typer.Option(help="Official code of the commune whose report it is.")],
) -> None:
    """Say whether the desk log still has the entry whose mark was printed; exit code 1 if it has not."""
    database = open_database(Settings())
    try:
        problem = database.read(lambda session: mark_problem(session, commune, mark, database.desk_log))
    finally:
        database.close()
    typer.echo(problem or "ok")
    if problem:
        raise typer.Exit(1)


@commands.command("status")
def show_status() -> None:
    """Show the state of the instance: phones, what they have not sent, sizes."""
    settings = Settings()
    database = open_existing_database(settings)
    schema = schema_state(database)
    typer.echo(f"version      {__version__}")
    typer.echo(f"schema       {schema}")
    if schema != "newest":
        raise typer.Exit(1)
    try:
        now = utc_now()
        status, backups = read_status(database, settings, now), database.read(_read_backups)
    finally:
        database.close()
    hours = status.oldest_unsent / 3600
    typer.echo(f"communes     {status.communes}, {status.silent_communes} of them silent")
    typer.echo(f"phones       {status.phones}, {status.silent} of them silent for three days")
    typer.echo(f"not sent     {status.unsent} records, the oldest {hours:.0f} hours old")
    typer.echo(f"quarantined  {status.quarantined}")
    typer.echo(f"flags        to be computed of {status.unevaluated_days} days")
    typer.echo(f"database     {_megabytes(status.database_size)}")
    typer.echo(f"desk log     {_megabytes(status.desk_log_size)}")
    typer.echo(f"disk free    {_megabytes(status.disk_free)}")
    for line in (*_all_backup_lines(*backups, now), *_replica_lines(settings)):
        typer.echo(line)


@commands.command("nightly-archive")
def make_nightly_archive(
    server: Annotated[
        str, typer.Option(help="The name of PostgreSQL in Barman's configuration.")
    ] = "tungnha",
) -> None:
    """On the machine on which Barman receives the log of PostgreSQL: restore its newest base backup with the
    log up to this moment, and check that. A base backup is made every seven days, and deleted on the day in
    its name. Exit code 1 if what was restored has problems, 2 if nothing was."""
    settings = Settings()
    database = open_existing_database(settings)
    make_folder(settings.data_dir)
    try:
        if settings.sqlite_file:
            raise CommandRefused("A SQLite file has no archive: TUNGNHA_DATABASE_URL names no PostgreSQL.")
        result = archive.run(database, settings, server, utc_now())
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    finally:
        database.close()
    if result.problems:
        typer.echo(f"{result.name}: check finds problems in it ({', '.join(result.problems)}).", err=True)
        raise typer.Exit(1)
    size, deleted = _megabytes(result.size), result.deleted
    typer.echo(f"{result.name}: {size}, restored and checked. {deleted} older ones deleted.")
    if result.log_changed:
        typer.echo(LOG_CHANGED, err=True)
        raise typer.Exit(1)


def _read_backups(session: Session) -> tuple[BackupState, BackupState]:
    return record.read_state(session), record.read_state(session, record.ARCHIVE)


def _all_backup_lines(backups: BackupState, archives: BackupState, now: datetime) -> Iterator[str]:
    yield from _backup_lines(backups, now)
    if archives.is_used:
        yield from _backup_lines(archives, now, "archive")


def _backup_lines(state: BackupState, now: datetime, what: str = "backup") -> Iterator[str]:
    hours = state.age(now) / 3600
    overdue = ", OVERDUE" if state.is_overdue(now) else ""
    good = f"{hours:.0f} hours old{overdue}: {state.good.file}" if state.good else "none, OVERDUE"
    yield f"{what:<12} {good}"
    if state.failure:
        yield f"             {moment(state.failure.begun_at)} failed: {state.failure.reason}"


def _replica_lines(settings: Settings) -> Iterator[str]:
    if not settings.read_url:
        return
    replica = Replica(settings.database, settings.read_url, 0, utc_now)
    try:
        replica.look_at_primary()
        for _attempt in range(_LOOKS):
            replica.look_at_replica()
            if (seen := replica.seen).state != "unknown":
                break
            time.sleep(1 / _LOOKS)
    finally:
        replica.close()
    if seen.as_of and seen.state == "following":
        yield f"replica      has everything until {second(seen.as_of)}"
    else:
        yield f"replica      NOT READ: {_REPLICA[seen.state]}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
