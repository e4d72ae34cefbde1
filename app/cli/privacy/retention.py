"""The command that purges what is stored for a limited time: `retention` (docs/operate.md)."""

from typing import Annotated

import typer

from app.cli.common import CommandRefused, open_database
from app.core.clock import local_date, utc_now
from app.core.config import Settings
from app.upkeep.retention import run

commands = typer.Typer()


@commands.command("retention")
def purge(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only count what would be purged.")] = False,
    commune: Annotated[str, typer.Option(help="Official code; without it every commune.")] = "",
) -> None:
    """Purge the data of communes whose time is over, as a running server does once a day. Nothing brings them
    back."""
    database, now = open_database(Settings()), utc_now()
    try:
        work = run.count_due if is_dry else run.run
        found = work(database, now, commune)
    finally:
        database.close()
    if commune and not found:
        raise CommandRefused(f"No commune that has started has the code {commune}.")
    typer.echo(f"By the terms of {local_date(now).isoformat()}:")
    done = "would be purged" if is_dry else "were purged"
    for one in found:
        rows = ", ".join(f"{count} {name}" for name, count in one.counts.items())
        typer.echo(f"{one.code}: {f'{rows} {done}' if rows else 'nothing'}")
