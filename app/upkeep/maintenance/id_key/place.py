"""Where the id key is: its file, into which it is moved out of the database."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, select

from app.commune.areas import Commune
from app.core.config import PREFIX, Settings
from app.core.db import Database
from app.core.id_key.stored import (
    IdKey,
    IdKeyMissing,
    KeyFile,
    id_key,
    leave_fingerprint,
    new_key,
    replace_key,
    stored_key,
)
from app.core.sql.locks import lock_preparation
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key.files import write_key

SETTING = f"{PREFIX}ID_KEY_FILE"
# What the tables had of keys before is overwritten, also in what PostgreSQL calls dead rows.
_REWRITE = text("VACUUM (FULL) id_key, export_key")


def prepare(database: Database, settings: Settings, offered: str | None) -> None:
    """Write the file for a database that is not made yet, which then never has the key. Raises
    `MaintenanceRefused`."""
    file = settings.key_file
    if file is None:
        return

    def work(session: Session) -> None:
        lock_preparation(session)
        if held_key(settings) is None:
            write_key(file, offered or new_key())

    database.write(work)


def ensure(database: Database, settings: Settings, offered: str | None, now: datetime) -> None:
    """See that the id key is where the settings say; move it there if it is in the database.

    A SQLite database and a new one keep only its fingerprint then; another PostgreSQL has it until
    `move_out`, because further machines may not have their files yet. A database without communes takes the
    key that is `offered`, or that the file has. Raises `MaintenanceRefused`.
    """
    if database.write(lambda session: _ensure(session, settings, offered, now)):
        _overwrite(database)


def _ensure(session: Session, settings: Settings, offered: str | None, now: datetime) -> bool:
    """Returns whether the key was taken out of the database."""
    lock_preparation(session)
    row, file, held = stored_key(session), settings.key_file, held_key(settings)
    is_new = session.exec(select(Commune.id).limit(1)).first() is None
    if is_new and offered:
        held = offered if file else None
        _take(session, file, offered, now)
    elif is_new and held and row.own_key and not row.fits(held):
        leave_fingerprint(session, held)
    if file:
        _have_file_fit(row, file, held, offered)
    elif not row.own_key:
        raise MaintenanceRefused(f"The id key is not in the database: {SETTING} has to name its file.")
    if offered and not row.fits(offered):
        raise MaintenanceRefused("This database has communes already: it is too late for another id key.")
    if not row.own_key or not file or not (is_new or settings.sqlite_file):
        return False
    leave_fingerprint(session, row.own_key)
    return True


def _have_file_fit(row: IdKey, file: Path, held: str | None, offered: str | None) -> None:
    """Write the file if it is missing. Raises `MaintenanceRefused`."""
    if held is None:
        write_key(file, _missing(row.own_key or (offered if row.fits(offered) else None), file))
    elif not row.fits(held):
        raise MaintenanceRefused(
            f"{file} has the id key of another database: rename it, and migrate with --id-key FILE."
        )


def _take(session: Session, file: Path | None, key: str, now: datetime) -> None:
    """Have a database without communes derive from this key."""
    if file is None:
        replace_key(session, key)
        return
    store(file, key, now)
    leave_fingerprint(session, key)


def store(file: Path, key: str, now: datetime) -> Path | None:
    """Write the key to the file of the settings; one with another key is renamed. Returns its new name.
    Raises `MaintenanceRefused` and `OSError`."""
    if KeyFile(file).read() == key:
        return None
    renamed = None
    if file.exists():
        renamed = file.rename(file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}Z"))
    write_key(file, key)
    return renamed


def _missing(known: str | None, file: Path) -> str:
    """The key for a file that is missing. Raises `MaintenanceRefused` if it is not known."""
    if known:
        return known
    raise MaintenanceRefused(
        f"{file} is missing. It has the id key of this database, without which nothing that is encrypted can "
        "be read: put a copy there, or migrate with --id-key FILE. Is every copy lost? new-id-key begins one."
    )


def held_key(settings: Settings) -> str | None:
    """The key in the settings' file. Raises `MaintenanceRefused` if it is there, and has none or is not to be
    read."""
    file = settings.key_file
    held = KeyFile(file).read()
    if file and held is None and file.exists():
        raise MaintenanceRefused(f"{file} holds no id key that this user may read.")
    return held


def refuse_unwritable(settings: Settings) -> None:
    """Raises `MaintenanceRefused` if the settings' file cannot be written."""
    file = settings.key_file
    if file and not os.access(file.parent, os.W_OK | os.X_OK):
        raise MaintenanceRefused(f"{file} cannot be written: may this user write in {file.parent}?")


def move_out(database: Database, settings: Settings, now: datetime) -> None:
    """Take the key out of the database, once each machine has its file. Raises `MaintenanceRefused`.

    Done again it overwrites again what a reader held up before.
    """
    if settings.key_file is None:
        raise MaintenanceRefused(f"{SETTING} names no file for the id key.")
    ensure(database, settings, None, now)

    def work(session: Session) -> None:
        lock_preparation(session)
        if key := stored_key(session).own_key:
            leave_fingerprint(session, key)

    database.write(work)
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
        raise MaintenanceRefused(f"The file with the id key is missing: does {SETTING} name it?") from None


def is_separate(session: Session) -> bool:
    """Whether the database has no key."""
    return not stored_key(session).own_key


def sentence(database: Database, settings: Settings) -> tuple[str, bool]:
    """Where the key is, as an operator reads it, and whether that is as it should be."""
    file, row = settings.key_file, database.read(stored_key)
    held = KeyFile(file).read()
    if row.own_key and file is None:
        return f"in the database: {SETTING} may name a file for it, apart from the data", True
    if row.fits(held):
        if row.own_key:
            return f"in the database and in {file}: run move-id-key once each machine has this file", True
        return f"in {file}, apart from the data", True
    if row.own_key:
        return f"in the database, and {file} does not have it: start the server, which writes it", False
    return f"MISSING: {file or SETTING} does not have it", False
