"""The keeper of an instance's database: backs it up and restores it, whichever kind it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.command_line import other_mode, sqlite_file
from app.core.config import Settings
from app.core.db import Database, ServerEpoch
from app.core.desk_log import DeskLog, stored
from app.core.errors import Unavailable
from app.keeping import history
from app.keeping.files import Impossible, new_file
from app.keeping.history import Undone
from app.keeping.postgresql import PostgresqlStore
from app.keeping.sqlite import SqliteStore
from app.migrations import standing, upgrade
from app.sync.backup import keys
from app.sync.backup.keys import BackupKey


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the database it replaced is `kept`, what is `undone`; `log` says whether
    there was a desk log to tell."""

    kept: str | None
    undone: Undone
    log: bool


def back_up(settings: Settings, file: Path) -> int:
    """Write a backup to a new file; its size in bytes. Raises `Impossible`."""
    store = _store(settings)
    with new_file(file) as part:
        store.save(part)
    return file.stat().st_size


def restore(settings: Settings, file: Path, now: datetime, *, replace: bool) -> Restored:
    """Put a backup in the database's place and begin a new history. Raises `Impossible`, and changes nothing.

    `replace`: although people have begun there; what was there is kept aside.
    """
    store, log = _store(settings), DeskLog(settings.desk_log_file)
    store.inspect(file)
    saved: list[BackupKey] = []
    if not store.is_empty():
        _refuse_other_mode(settings)
        if not replace:
            raise Impossible(
                "There are people in this database already: --replace keeps it aside, and goes on."
            )
        saved = _saved(log, settings)
    there_is_a_log = log.path.exists()
    found: list[tuple[ServerEpoch, Undone]] = []

    def prepare(database: Database) -> None:
        _migrate(database)
        if reason := other_mode(database, settings, "backup"):
            raise Impossible(reason)
        database.write(lambda session: keys.take_over(session, saved))
        found.append(database.write(lambda session: history.begin(session, log, now)))

    try:
        kept = store.restore(file, prepare, now)
    except (SQLAlchemyError, Unavailable) as error:
        raise Impossible(
            "The backup could not be made ready: is there room on the disk? The database is as it was."
        ) from error
    ((epoch, undone),) = found
    history.write_down(log, epoch, now)
    return Restored(kept, undone, there_is_a_log)


def _store(settings: Settings) -> SqliteStore | PostgresqlStore:
    file = sqlite_file(settings)
    return SqliteStore(file) if file else PostgresqlStore(settings.database)


def _refuse_other_mode(settings: Settings) -> None:
    """One that is damaged does not tell in which mode it was begun: it may be replaced."""
    database = Database(settings.database)
    try:
        reason = other_mode(database, settings)
    except (SQLAlchemyError, Unavailable):
        return
    finally:
        database.close()
    if reason:
        raise Impossible(reason)


def _saved(log: DeskLog, settings: Settings) -> list[BackupKey]:
    """What the database that goes away knows, and the log does not, is about to be forgotten: it is written
    there. Returned are its keys of phones' files, without which these could never be read."""
    database = Database(settings.database)
    try:
        log.add_missing(database.read(stored))
        return database.read(keys.every)
    except (SQLAlchemyError, Unavailable):
        return []  # damaged, or older than these
    finally:
        database.close()


def _migrate(database: Database) -> None:
    try:
        found = standing(database)
    except (SQLAlchemyError, Unavailable):
        found = "none"
    if found == "none":
        raise Impossible("The backup is not of this application.")
    if found == "newer":
        raise Impossible("The backup is of a newer version of the application: update it first.")
    upgrade(database)
