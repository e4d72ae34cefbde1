"""The commands `check` and `rebuild-derived` (docs/operate.md)."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import CommandRefused, open_database, open_existing_database, refuse_unwritable
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.derived import rebuild
from app.upkeep.audit import witness as witnesses
from app.upkeep.audit.witness import Witness
from app.upkeep.maintenance import desk_log
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.id_key import place
from app.upkeep.maintenance.nightly import place as place_of_backups
from app.upkeep.migrations import schema_state
from app.upkeep.storage import storage_state

commands = typer.Typer()

_NONE, _UNKNOWN = "No commune has started yet.", "No commune that has started has the code {}."
_SCHEMAS = {
    "none": "There is nothing to check: this database is not of this application.",
    "older": "The schema is of an older version: start the server, which brings it up to date, then check.",
    "changed": "The schema is of this version, but made by another content of its revisions.",
    "newer": "The database is of a newer version of the application: update it first.",
}
NOT_READY = _SCHEMAS | {
    "older": "The schema is of an older version: start the server, which brings it up to date."
}


@commands.command("check")
def check_database(
    commune: Annotated[str, typer.Option(help="Official code; without it every commune, one by one.")] = "",
    witness: Annotated[
        Path | None, typer.Option(help="A file with lines of log-witness, to compare the desk log with.")
    ] = None,
) -> None:
    """Check the consistency of the database; exit code 1 if there are problems."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_existing_database(settings)
    if (schema := schema_state(database)) != "newest":
        raise CommandRefused(_SCHEMAS[schema])
    results = check(database, code=commune, witnesses=_read_witnesses(settings, database, witness))
    if not results:
        raise CommandRefused(_UNKNOWN.format(commune))
    for result in results:
        remarks = "".join(f" ({one})" for one in result.remarks)
        typer.echo(f"{result.name}: {' '.join(result.problems) or 'ok'}{remarks}")
    if not commune:
        typer.echo(f"at rest: {storage_state(settings).sentence}")
    where, is_well = place.sentence(database, settings)
    typer.echo(f"id key: {where}")
    database.close()
    if not is_well or any(result.problems for result in results):
        raise typer.Exit(1)


@commands.command("log-witness")
def print_witness() -> None:
    """Print the newest place of each chain of the desk log, in one line: keep it elsewhere."""
    database = open_database(Settings())
    typer.echo(database.read(partial(witnesses.take, now=utc_now())).line())
    database.close()


@commands.command("rewrite-desk-log")
def rewrite_log() -> None:
    """Write the desk log's file anew from the database; the one before stays beside it. This is noted."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_database(settings)
    replaced = desk_log.rewrite(database, utc_now())
    database.close()
    typer.echo(f"The file is written anew.{f' The one before is {replaced}.' if replaced else ''}")


def _read_witnesses(settings: Settings, database: Database, file: Path | None) -> list[Witness]:
    """Those of the file, and those of the nightly backups. Raises `CommandRefused`."""
    found: list[Witness] = []
    for path in filter(None, (file, place_of_backups.witnesses_of(settings, database))):
        try:
            if path.stat().st_size > witnesses.LARGEST:
                raise CommandRefused(f"{path} is too large for a file with witnesses.")
            found += witnesses.parse(path.read_text().splitlines())
        except (OSError, UnicodeDecodeError):
            raise CommandRefused(f"{path} cannot be read.") from None
        except witnesses.NoWitness as wrong:
            raise CommandRefused(
                f"Line {wrong.number} of {path} is no witness, as log-witness prints it."
            ) from None
    return found


@commands.command("rebuild-derived")
def rebuild_derived(
    commune: Annotated[str, typer.Option(help="Official code; without it every commune.")] = "",
) -> None:
    """Write what follows from visits and accounts anew, where check finds it wrong."""
    database = open_database(Settings())
    rebuilt = rebuild.rebuild(database, commune, utc_now())
    database.close()
    if not rebuilt:
        raise CommandRefused(_UNKNOWN.format(commune) if commune else _NONE)
    for code, tables in rebuilt.items():
        rows = ", ".join(f"{count} rows of {name}" for name, count in tables.items())
        typer.echo(f"{code}: {f'{rows} were written anew' if rows else 'ok'}")
