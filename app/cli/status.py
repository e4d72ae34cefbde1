"""The command `status`: the instance at a glance, for a person in a terminal."""

import typer

from app import __version__
from app.cli.common import open_existing_database
from app.core.clock import utc_now
from app.core.config import Settings
from app.maintenance.status import read_status
from app.migrations import schema_state

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
        status = read_status(database, settings, utc_now())
    finally:
        database.close()
    hours = status.oldest_unsent / 3600
    typer.echo(f"communes     {status.communes}")
    typer.echo(f"phones       {status.phones}, {status.silent} of them silent for three days")
    typer.echo(f"not sent     {status.unsent} records, the oldest {hours:.0f} hours old")
    typer.echo(f"quarantined  {status.quarantined}")
    typer.echo(f"database     {_megabytes(status.database_size)}")
    typer.echo(f"desk log     {_megabytes(status.desk_log_size)}")
    typer.echo(f"disk free    {_megabytes(status.disk_free)}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
