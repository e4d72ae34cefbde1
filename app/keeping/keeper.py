"""The keeper of an instance's database: backs it up and restores it, whichever kind it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import and_
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from app.accounts.models import Account, Team
from app.command_line import other_mode, sqlite_file
from app.core import ids
from app.core.config import Settings
from app.core.db import Database, ServerEpoch
from app.core.desk_log import DeskLog, stored
from app.core.errors import Unavailable
from app.core.ids import IdKey
from app.keeping import history
from app.keeping.files import Impossible, new_file
from app.keeping.history import Undone
from app.keeping.postgresql import PostgresqlStore
from app.keeping.sqlite import SqliteStore
from app.migrations import standing, upgrade
from app.sync.backup import keys
from app.sync.backup.keys import BackupKey

T = TypeVar("T")


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the database it replaced is `kept`, what is `undone`; `log` says whether
    there was a desk log to tell. `people`: name and team of accounts, by id, as far as either database has
    them."""

    kept: str | None
    undone: Undone
    log: bool
    people: dict[str, str]


@dataclass(frozen=True)
class _Left:
    """What is taken along from the database that is replaced, as far as that can be read. `given`: the
    greatest version number that it gave."""

    keys: list[BackupKey] = field(default_factory=list)
    id_keys: list[IdKey] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    given: int = 0


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
    left = _Left()
    if not store.is_empty():
        _refuse_other_mode(settings)
        if not replace:
            raise Impossible(
                "There are people in this database already: --replace keeps it aside, and goes on."
            )
        left = _left(log, settings)
    there_is_a_log = log.path.exists()
    found: list[tuple[ServerEpoch, Undone]] = []
    people: dict[str, str] = {}

    def prepare(database: Database) -> None:
        _migrate(database)
        if reason := other_mode(database, settings, "backup"):
            raise Impossible(reason)
        database.write(lambda session: _take_over(session, left))
        found.append(database.write(lambda session: history.begin(session, log, now, left.given)))
        people.update(database.read(_people) | left.people)

    try:
        kept = store.restore(file, prepare, now)
    except (SQLAlchemyError, Unavailable) as error:
        raise Impossible(
            "The backup could not be made ready: is there room on the disk? The database is as it was."
        ) from error
    ((epoch, undone),) = found
    history.write_down(log, epoch, now)
    return Restored(kept, undone, there_is_a_log, people)


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


def _left(log: DeskLog, settings: Settings) -> _Left:
    """What the database that goes away knows, and the log does not, is about to be forgotten: it is written
    there. Returned is what no log holds: keys, the greatest number given, and names for the operator."""
    database = Database(settings.database)
    try:
        log.add_missing(_readable(database, stored, []))
        return _Left(
            keys=_readable(database, keys.every, []),
            id_keys=_readable(database, lambda session: [ids.key_of(session)], []),
            people=_readable(database, _people, {}),
            given=_readable(database, history.greatest_number, 0),
        )
    finally:
        database.close()


def _readable(database: Database, work: Callable[[Session], T], otherwise: T) -> T:
    """`otherwise` where the database is damaged, or older than what is looked for."""
    try:
        return database.read(work)
    except (SQLAlchemyError, Unavailable):
        return otherwise


def _take_over(session: Session, left: _Left) -> None:
    keys.take_over(session, left.keys)
    for key in left.id_keys:
        ids.take_over(session, key)


def _people(session: Session) -> dict[str, str]:
    """Name and team of every account."""
    theirs = and_(col(Team.commune_id) == Account.commune_id, col(Team.id) == Account.team_id)
    rows = session.exec(select(Account.id, Account.name, Team.name).join(Team, theirs, isouter=True))
    return {id: ", ".join(filter(None, (name, team))) for id, name, team in rows}


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
