"""The commands of the id key (docs/operate.md)."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import CommandRefused, open_database, open_existing_database, refusals_of_maintenance
from app.cli.maintenance.checking import NOT_READY
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.id_key.stored import KeyFile, stored_key
from app.upkeep.maintenance.id_key import files, place
from app.upkeep.maintenance.id_key.replacing import CONSEQUENCES, begin_new_key
from app.upkeep.maintenance.id_key.restored import place_restored
from app.upkeep.migrations import schema_state

commands = typer.Typer()


@commands.command("id-key")
def write_id_key(file: Annotated[Path, typer.Argument(help="A new file; keep it secret.")]) -> None:
    """Write a copy of the id key to FILE, for another machine of this database or the day without a backup.
    Keep it apart from both."""
    database = open_existing_database(Settings())
    try:
        with refusals_of_maintenance():
            files.write_key(file, place.known_key(database))
    finally:
        database.close()


@commands.command("move-id-key")
def move_id_key() -> None:
    """Take the id key out of the database, once each machine that uses it has the file that
    TUNGNHA_ID_KEY_FILE names: one without it is refused from then on."""
    settings = Settings()
    database = open_database(settings)
    try:
        with refusals_of_maintenance():
            place.move_out(database, settings, utc_now())
        typer.echo(f"The id key is {place.sentence(database, settings)[0]}.")
    finally:
        database.close()


@commands.command("new-id-key")
def replace_id_key(
    is_lost: Annotated[bool, typer.Option("--lost", help="Every copy of the one before is lost.")] = False,
) -> None:
    """Begin another id key where every copy of the one before is lost. Stop the servers first."""
    settings = Settings()
    database = open_existing_database(settings)
    try:
        if (schema := schema_state(database)) != "newest":
            raise CommandRefused(NOT_READY[schema])
        _refuse_known(database, settings)
        if not is_lost:
            raise CommandRefused(f"{CONSEQUENCES} Add --lost if no copy is anywhere: this is for good.")
        now = utc_now()
        with refusals_of_maintenance():
            place.refuse_unwritable(settings)
            place_restored(database, settings, begin_new_key(database, now), now)
        typer.echo(f"Another id key has begun. {CONSEQUENCES}")
    finally:
        database.close()


def _refuse_known(database: Database, settings: Settings) -> None:
    """Raises `CommandRefused` if the key is somewhere, or may be."""
    if not database.read(place.is_separate):
        raise CommandRefused("The id key is in the database: it is not lost.")
    if settings.key_file is None:
        raise CommandRefused(f"{place.SETTING} names no file: it has to, for the key that may be in it.")
    row, usual = database.read(stored_key), settings.sqlite_file and Path(f"{settings.sqlite_file}.key")
    for file in filter(None, (settings.key_file, usual)):
        if row.fits(KeyFile(file).read()):
            raise CommandRefused(f"The id key is in {file}: it is not lost.")
    if settings.key_file.exists():
        raise CommandRefused(
            f"{settings.key_file} is there, with another key or none that this user may read: rename it."
        )
