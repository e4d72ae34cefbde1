"""Moving the id key out of the database into its file, and saying where it is."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, select

from app.commune.areas import Commune
from app.core.config import PREFIX, Settings
from app.core.db import Database
from app.core.id_key.stored import (
    IdKey,
    IdKeyMissing,
    KeyFile,
    fingerprint_of,
    id_key,
    leave_fingerprint,
    replace_key,
    stored_key,
)
from app.core.sql.locks import lock_preparation
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key.files import write_key

_SETTING = f"{PREFIX}ID_KEY_FILE"
# What the tables had of keys before is overwritten, also in what PostgreSQL calls dead rows.
_REWRITE = text("VACUUM (FULL) id_key, export_key")


def settle(database: Database, settings: Settings, offered: str | None = None) -> None:
    """See that the id key is where the settings say; move it there if it is in the database.

    A SQLite database and a new one keep only its fingerprint then; another PostgreSQL has it until
    `move_out`, because further machines may not have their files yet. A database without communes takes the
    key that is `offered`, or that the file has. Raises `MaintenanceRefused`.
    """
    if database.write(lambda session: _settle(session, settings, offered)):
        _overwrite(database)


def _settle(session: Session, settings: Settings, offered: str | None) -> bool:
    """Returns whether the key was taken out of the database."""
    lock_preparation(session)
    row, held = stored_key(session), held_key(settings)
    is_new = bool(row.key) and session.exec(select(Commune.id).limit(1)).first() is None
    if is_new and (known := offered or held):
        replace_key(session, known)
    _place(row, settings, held, offered)
    if offered and offered != id_key(session):
        raise MaintenanceRefused("This database has communes already: it is too late for another id key.")
    if not row.key or not settings.key_file or not (is_new or settings.sqlite_file):
        return False
    leave_fingerprint(session)
    return True


def held_key(settings: Settings) -> str | None:
    """The key in the settings' file. Raises `MaintenanceRefused` if it is there, and has none or is not to be
    read."""
    file = settings.key_file
    held = KeyFile(file).read() if file else None
    if file and held is None and file.exists():
        raise MaintenanceRefused(f"{file} holds no id key that this user may read.")
    return held


def _place(row: IdKey, settings: Settings, held: str | None, offered: str | None) -> None:
    """Have the file hold the database's key. Raises `MaintenanceRefused`."""
    file = settings.key_file
    known = row.key or (offered if offered and fingerprint_of(offered) == row.fingerprint else "")
    if file is None:
        if not row.key:
            raise MaintenanceRefused(f"The id key is not in the database: {_SETTING} has to name its file.")
    elif held is None:
        if not known:
            raise MaintenanceRefused(
                f"{file} is missing. It has the id key of this database, without which nothing that is "
                "encrypted can be read: put a copy there, or migrate with --id-key FILE. Is every copy lost? "
                "Then new-id-key begins another."
            )
        write_key(file, known)
    elif fingerprint_of(held) != (row.fingerprint or fingerprint_of(row.key)):
        raise MaintenanceRefused(f"{file} has the id key of another database.")


def move_out(database: Database, settings: Settings) -> None:
    """Take the key out of the database, once each machine has its file. Raises `MaintenanceRefused`."""
    if settings.key_file is None:
        raise MaintenanceRefused(f"{_SETTING} names no file for the id key.")
    settle(database, settings)

    def work(session: Session) -> bool:
        lock_preparation(session)
        if is_there := bool(stored_key(session).key):
            leave_fingerprint(session)
        return is_there

    if database.write(work):
        _overwrite(database)


def _overwrite(database: Database) -> None:
    """Have the database's files lose what they had of the key."""
    if database.is_sqlite:
        database.rewrite_log()
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_REWRITE)


def known_key(database: Database) -> str:
    """The instance's key, wherever it is. Raises `MaintenanceRefused`."""
    try:
        return database.read(id_key)
    except IdKeyMissing:
        raise MaintenanceRefused(f"The file with the id key is missing: does {_SETTING} name it?") from None


def is_separate(session: Session) -> bool:
    """Whether the database has no key."""
    return not stored_key(session).key


def adopt(session: Session, candidates: Iterable[str], held: str | None = None) -> None:
    """Give a restored database its key, if it has only the fingerprint and `held` is another one's. Raises
    `MaintenanceRefused` if none of `candidates` is it."""
    row = stored_key(session)
    if row.key or (held and fingerprint_of(held) == row.fingerprint):
        return
    key = next((key for key in candidates if fingerprint_of(key) == row.fingerprint), None)
    if key is None:
        raise MaintenanceRefused(
            "The id key of the backup is neither beside it nor on this machine: add --id-key FILE. Is every "
            "copy lost? Then --new-id-key begins another."
        )
    replace_key(session, key)


def settle_restored(
    database: Database, settings: Settings, now: datetime, *, was_separate: bool
) -> str | None:
    """The same as `settle` after a restore: a file with another key is renamed. Returns its new name.

    `was_separate`: the backup had no key.
    """
    file, held = settings.key_file, held_key(settings)
    key = database.read(lambda session: stored_key(session).key)
    renamed = None
    if file and held and key and held != key:
        renamed = file.rename(file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}Z"))
    settle(database, settings)
    if was_separate and file:
        move_out(database, settings)
    return str(renamed) if renamed else None


def sentence(database: Database, settings: Settings) -> tuple[str, bool]:
    """Where the key is, as an operator reads it, and whether that is as it should be."""
    file = settings.key_file
    row = database.read(stored_key)
    if row.key and file:
        return f"in the database and in {file}: run move-id-key once each machine has this file", True
    if row.key:
        return f"in the database: {_SETTING} may name a file for it, apart from the data", True
    held = KeyFile(file).read() if file else None
    if held and fingerprint_of(held) == row.fingerprint:
        return f"in {file}, apart from the data", True
    return f"MISSING: {file or _SETTING} does not have it", False
