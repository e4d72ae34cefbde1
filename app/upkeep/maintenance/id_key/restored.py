"""The id key of a backup: found before the database is replaced, stored afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.core.config import Settings
from app.core.db import Database
from app.core.id_key.stored import know, replace_key, stored_key
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key import place
from app.upkeep.maintenance.id_key.replacing import begin_new_key

_HINT = ": add --id-key FILE. Is every copy lost? Then --new-id-key begins another."


@dataclass(frozen=True)
class Keys:
    """Id keys that a backup may have been made with; `is_lost`: none of them, and another one begins."""

    known: list[str] = field(default_factory=list)
    is_lost: bool = False


NO_KEYS = Keys()


def take_key(database: Database, settings: Settings, keys: Keys, now: datetime) -> str | None:
    """Have a loaded backup know its key, and return it; None if the backup has it itself. Raises
    `MaintenanceRefused`."""
    held = place.held_key(settings)
    known = [*keys.known, *([held] if held else [])]
    row = database.read(stored_key)
    if held is None or not row.fits(held):
        place.refuse_unwritable(settings)
    if not keys.is_lost:
        return adopt(database, known, _HINT)
    if row.own_key or any(map(row.fits, known)):
        raise MaintenanceRefused("The id key of the backup is there: it is not lost.")
    return begin_new_key(database, now)


def adopt(database: Database, candidates: Iterable[str], hint: str = "") -> str | None:
    """Have a restored database know its key, if it is not in it; returns which that is. Raises
    `MaintenanceRefused`, with the `hint`, if none of `candidates` is it."""
    row = database.read(stored_key)
    if row.own_key:
        return None
    key = next((key for key in candidates if row.fits(key)), None)
    if key is None:
        raise MaintenanceRefused(
            f"The id key of the backup is neither beside it nor on this machine{hint or '.'}"
        )
    know(database.engine, key)
    return key


def place_restored(database: Database, settings: Settings, key: str | None, now: datetime) -> str | None:
    """Store the key of a database that was restored, or began another one. Returns the new name of a file
    with another key.

    `key`: None if the database has it.
    """
    file = settings.key_file
    wanted = key or database.read(lambda session: stored_key(session).own_key)
    renamed = place.store(file, wanted, now) if file else None
    if key and not file:
        database.write(lambda session: replace_key(session, key))
    place.ensure(database, settings, None, now)
    return str(renamed) if renamed else None


def place_stored(settings: Settings, key: str | None, now: datetime) -> str | None:
    """The same in the database of the settings."""
    database = Database(settings.database, key_file=settings.key_file)
    try:
        return place_restored(database, settings, key, now)
    finally:
        database.close()
