"""The command `status`: the instance at a glance, for a person in a terminal."""

from collections.abc import Iterator
from datetime import datetime

import typer

from app import __version__
from app.cli.common import open_existing_database
from app.core.clock import utc_now
from app.core.config import Settings
from app.upkeep.maintenance import record
from app.upkeep.maintenance.record import BackupState
from app.upkeep.maintenance.status import read_status
from app.upkeep.migrations import schema_state
from app.web.rendering import moment

commands = typer.Typer()


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
        status, backups = read_status(database, settings, now), database.read(record.read_state)
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
    for line in _backup_lines(backups, now):
        typer.echo(line)


def _backup_lines(state: BackupState, now: datetime) -> Iterator[str]:
    hours = state.age(now) / 3600
    overdue = ", OVERDUE" if state.is_overdue(now) else ""
    good = f"{hours:.0f} hours old{overdue}: {state.good.file}" if state.good else "none, OVERDUE"
    yield f"backup       {good}"
    if state.failure:
        yield f"             {moment(state.failure.begun_at)} failed: {state.failure.reason}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
