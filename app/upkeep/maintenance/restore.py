"""Restoring an instance's database from a backup, and starting a new epoch in it, or in one that lost its
last writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import and_
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from app.commune.accounts.models import Account, Team
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog, Entry, stored_entries, stored_lines
from app.core.epoch import ServerEpoch
from app.core.errors import Unavailable
from app.fieldwork.derived.flags.versions import bring_up_to_date
from app.sync.export import keys
from app.sync.export.keys import ExportKey
from app.upkeep.maintenance import desk_log as desk_log_file
from app.upkeep.maintenance import record
from app.upkeep.maintenance.backup import database_store
from app.upkeep.maintenance.desk_log import Lost, find_lost, histories_begun, newest_number
from app.upkeep.maintenance.epoch import RevertedChanges, highest_version, record_epoch, start_new_epoch
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key.restored import NO_KEYS, Keys, place_stored, take_key
from app.upkeep.maintenance.mode import encoding_conflict, mode_conflict
from app.upkeep.maintenance.postgresql import PostgresqlStore
from app.upkeep.maintenance.sqlite import SqliteStore
from app.upkeep.migrations import schema_state, upgrade
from app.upkeep.migrations.stamps import SchemaDiffers

T = TypeVar("T")


@dataclass(frozen=True)
class RestoreResult:
    """What a restore did.

    `previous_database`: the file or schema that holds the replaced database; None if that was empty.
    `reverted`: what was done since the backup; `has_desk_log` says whether there was a log to find it in.
    `account_names`: name and team by account id, for the accounts of either database. `previous_key_file`:
    where the file with the id key of the replaced database is, if the backup has another key.
    """

    previous_database: str | None
    reverted: RevertedChanges
    has_desk_log: bool
    account_names: dict[str, str]
    previous_key_file: str | None = None


@dataclass(frozen=True)
class _CarriedOver:
    """What is copied from the replaced database, as far as it can be read.

    `export_keys`: with private keys that are not encrypted; `highest_version`: the highest version number.
    """

    export_keys: list[ExportKey] = field(default_factory=list)
    account_names: dict[str, str] = field(default_factory=dict)
    highest_version: int = 0


@dataclass(frozen=True)
class _Started:
    """The epoch in the restored database; `lines`: what that wrote into the chains of the desk log."""

    epoch: ServerEpoch
    reverted: RevertedChanges
    lines: list[Entry]

    def record(self, log: DeskLog, now: datetime) -> None:
        record_epoch(log, self.epoch, now)
        log.append(self.lines)


def restore(
    settings: Settings, file: Path, now: datetime, *, replace: bool, id_keys: Keys = NO_KEYS
) -> RestoreResult:
    """Replace the database by a backup and start a new epoch.

    `replace`: whether a database with accounts may be replaced. It stays under another name. Raises
    `MaintenanceRefused`; then nothing has changed.
    """
    store, log = database_store(settings), DeskLog(settings.desk_log_file)
    _validate(settings, store, file)
    carried_over = _CarriedOver()
    if not store.is_empty():
        _refuse_replacement(settings, replace=replace)
        carried_over = _read_carried_over(log, settings)
    has_desk_log = log.path.exists()
    preparation = _Preparation(settings, log, carried_over, id_keys, now)
    try:
        previous_database = store.restore(file, preparation.run, now)
    except (SQLAlchemyError, Unavailable) as error:
        raise MaintenanceRefused(
            "The backup could not be made ready: is there room on the disk? The database is as it was."
        ) from error
    begun = preparation.started()
    begun.record(log, now)
    _complete(settings, log, now, has_desk_log=has_desk_log)
    renamed = place_stored(settings, preparation.id_key, now)
    return RestoreResult(previous_database, begun.reverted, has_desk_log, preparation.names, renamed)


@dataclass
class _Preparation:
    """Makes a loaded backup ready to be served. `names`: of accounts by id; `id_key`: if it is not in it."""

    settings: Settings
    log: DeskLog
    carried_over: _CarriedOver
    id_keys: Keys
    now: datetime
    names: dict[str, str] = field(default_factory=dict)
    id_key: str | None = None
    _started: _Started | None = None

    def run(self, database: Database) -> None:
        """Raises `MaintenanceRefused` and errors of the database."""
        migrate(database)
        self.id_key = take_key(database, self.settings, self.id_keys, self.now)
        database.write(record.forget)
        if reason := mode_conflict(database, self.settings, "backup"):
            raise MaintenanceRefused(reason)
        database.write(lambda session: _write_carried_over(session, self.carried_over))
        kndays_version = self.carried_over.highest_version
        self._started = _start_epoch(database, self.log, kndays_version, self.now)
        bring_up_to_date(database, self.now)
        self.names = database.read(account_names) | self.carried_over.account_names

    def started(self) -> _Started:
        """The epoch that `run` has begun."""
        assert self._started is not None, "the store has run it"
        return self._started


def begin_history(
    database: Database, desk_log: Path, other_desk_logs: Sequence[Path], now: datetime
) -> RestoreResult:
    """Start a new epoch in a database that lost its last writes without a restore, and return what the desk
    logs have of them. What phones were told had arrived, they send again only then.

    `desk_log`: this machine's, which gets what is lost of the other machines' and the line of the start.
    Raises `MaintenanceRefused` if one of these cannot be read, or that one not be written; then nothing has
    changed.
    """
    own = DeskLog(desk_log)
    others = [_opened(path) for path in other_desk_logs if path.resolve() != desk_log.resolve()]
    has_desk_log = own.path.exists() or bool(others)
    lost = find_lost(database, [own, *others])
    own.add_missing(lost.entries)
    try:
        _epoch, reverted = database.write(partial(begin_epoch, log=own, lost=lost, now=now))
    except OSError as error:
        raise MaintenanceRefused(f"The desk log cannot be written: {error.strerror}.") from None
    desk_log_file.catch_up(database, is_whole=True)
    return RestoreResult(None, reverted, has_desk_log, database.read(account_names))


def _complete(settings: Settings, log: DeskLog, now: datetime, *, has_desk_log: bool) -> None:
    """Have the log's file get what it lacks of the backup; a new one is written and noted."""
    database = Database(settings.database, log, key_file=settings.key_file)
    try:
        if has_desk_log:
            desk_log_file.catch_up(database, is_whole=True)
        else:
            desk_log_file.rewrite(database, now)
    finally:
        database.close()


def begin_epoch(
    session: Session, log: DeskLog, lost: Lost, now: datetime
) -> tuple[ServerEpoch, RevertedChanges]:
    """Start a new epoch, and write its line before that is committed: without the line the same would be
    reverted once more the next time. Raises `OSError`."""
    epoch, reverted = start_new_epoch(session, lost, now)
    record_epoch(log, epoch, now, is_strict=True)
    return epoch, reverted


def _start_epoch(database: Database, log: DeskLog, kndays_version: int, now: datetime) -> _Started:
    lost, newest = find_lost(database, [log]), database.read(newest_number)
    epoch, reverted = database.write(lambda session: start_new_epoch(session, lost, now, kndays_version))
    return _Started(epoch, reverted, database.read(partial(histories_begun, after=newest)))


def _validate(settings: Settings, store: SqliteStore | PostgresqlStore, file: Path) -> None:
    """Raises `MaintenanceRefused` if the file is no backup, or the database not in UTF-8."""
    store.validate(file)
    database = Database(settings.database)
    try:
        if reason := encoding_conflict(database):
            raise MaintenanceRefused(reason)
    finally:
        database.close()


def _refuse_replacement(settings: Settings, *, replace: bool) -> None:
    """Raises `MaintenanceRefused` if the database, which has accounts, may not be replaced or is of the other
    mode. The mode of a damaged database is not known, so it may be replaced."""
    database = Database(settings.database)
    try:
        reason = mode_conflict(database, settings)
    except (SQLAlchemyError, Unavailable):
        return
    finally:
        database.close()
    if reason:
        raise MaintenanceRefused(reason)
    if not replace:
        raise MaintenanceRefused(
            "There are people in this database already: --replace keeps it under another name, and goes on."
        )


def _read_carried_over(log: DeskLog, settings: Settings) -> _CarriedOver:
    """Read what the desk log does not contain: keys, the highest version number, and names for the operator.

    First the entries that the log file lacks are appended to it, because the database will be replaced.
    """
    database = Database(settings.database, key_file=settings.key_file)
    try:
        log.add_missing(
            _read_or_default(database, stored_lines, []) or _read_or_default(database, stored_entries, [])
        )
        return _CarriedOver(
            export_keys=_read_or_default(database, keys.keys_in_plain, []),
            account_names=_read_or_default(database, account_names, {}),
            highest_version=_read_or_default(database, highest_version, 0),
        )
    finally:
        database.close()


def _read_or_default(database: Database, work: Callable[[Session], T], default: T) -> T:
    """What `work` returns, or `default` if the database is damaged."""
    try:
        return database.read(work)
    except (SQLAlchemyError, Unavailable):
        return default


def _write_carried_over(session: Session, carried_over: _CarriedOver) -> None:
    keys.copy_missing(session, carried_over.export_keys)


def account_names(session: Session) -> dict[str, str]:
    """Name and team of every account, by its id."""
    own_team = and_(col(Team.commune_id) == Account.commune_id, col(Team.id) == Account.team_id)
    rows = session.exec(select(Account.id, Account.name, Team.name).join(Team, own_team, isouter=True))
    return {id: ", ".join(filter(None, (name, team))) for id, name, team in rows}


def migrate(database: Database) -> None:
    """Upgrade a backup. Raises `MaintenanceRefused` if it is newer or of another application."""
    try:
        schema = schema_state(database)
    except (SQLAlchemyError, Unavailable):
        schema = "none"
    if schema == "none":
        raise MaintenanceRefused("The backup is not of this application.")
    if schema == "newer":
        raise MaintenanceRefused("The backup is of a newer version of the application: update it first.")
    try:
        upgrade(database)
    except SchemaDiffers as differs:
        raise MaintenanceRefused(differs.sentence.replace("database", "backup", 1)) from None


def _opened(path: Path) -> DeskLog:
    try:
        path.open("rb").close()
    except OSError as error:
        raise MaintenanceRefused(f"{path} cannot be read: {error.strerror}.") from None
    log = DeskLog(path)
    if path.stat().st_size and next(log.entries(), None) is None:
        raise MaintenanceRefused(f"{path} is no desk log.")
    return log
