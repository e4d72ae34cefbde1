"""What all commands share: refusing with one sentence, and opening the database."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from typer.core import TyperGroup

from app.cli import private_files
from app.core.clock import utc_now
from app.core.config import SettingRefused, Settings
from app.core.db import Database, error_code
from app.core.desk_log import DeskLog
from app.core.epoch import OtherTimeline, ServerEpoch
from app.core.errors import Unavailable
from app.core.feed import CommuneOff
from app.core.sql.locks import sqlite_file_lock
from app.core.strings import _
from app.fieldwork.derived.flags.versions import bring_up_to_date
from app.sync.quarantine.retry import retry_all
from app.upkeep import migrations
from app.upkeep.maintenance import new_server, sqlite
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key import place
from app.upkeep.maintenance.mode import database_mode, encoding_conflict, mode_conflict
from app.upkeep.migrations.stamps import SchemaDiffers

_DAMAGED = "is damaged: restore a backup."
_PROMOTED = "is another one than before: a standby was promoted. Run begin-history, then this again."
_FULL = "has no room: its disk is full."
_FAILURES = {
    "SQLITE_CANTOPEN": "cannot be opened: is its folder there, and may this user use it?",
    "SQLITE_READONLY": "cannot be written: does it belong to another user, or is its disk read-only?",
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "cannot be read or written: its disk is full or broken.",
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_BUSY": "is being written by another process: try again.",
    "25006": "is read-only: is it a standby?",
    "42501": "does not let this user do that: does the user own it?",
    "53100": _FULL,
}

LOG_CHANGED = "check finds that the desk log, or what it tells of, was changed: run check."


class CommandRefused(typer.Exit):
    """The command cannot be done. Prints one sentence to standard error; the exit code is 2."""

    def __init__(self, sentence: str) -> None:
        typer.echo(sentence, err=True)
        super().__init__(2)


class Commands(TyperGroup):
    """The group of all commands. Invalid settings, and failures of the database or of a file, end a command
    with one sentence instead of a traceback."""

    def invoke(self, ctx: Any) -> object:
        with _refuse_on_failure():
            Settings.from_environment()
            try:
                return super().invoke(ctx)
            except CommuneOff:
                raise CommandRefused("The commune is not at work on this instance: has it moved?") from None


def parse_port(value: str | int) -> int:
    """A port, of an option or the variable `PORT`. Raises `CommandRefused`."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise CommandRefused("PORT: it is a number from 1 to 65535.")
    return int(text)


def open_database(settings: Settings, *, is_new: bool = False, id_key: str | None = None) -> Database:
    """Open the instance's database, creating the folder of a SQLite file, and upgrade its schema.

    `is_new`: whether to begin a database where traces of an earlier one are. `id_key`: the key that it has,
    or a new one gets. Raises `CommandRefused` if the
    database is lost, cannot be opened, is of a newer version or the other mode, is not in UTF-8, or if other
    users may read its files and this one cannot change that.
    """
    trace = None if is_new else new_server.trace(settings)
    if not settings.database_url:
        make_folder(settings.data_dir)
    refuse_unwritable(settings.desk_log_file)
    _refuse_lost_file(settings, trace)
    database = _new_database(settings)
    with _refuse_on_failure(settings), sqlite_file_lock(database.engine):
        if is_new and settings.sqlite_file:
            sqlite.put_aside(settings.sqlite_file, utc_now())
        _refuse_other_database(database, settings)
        schema = migrations.schema_state(database)
        if schema == "none" and trace:
            raise _lost(settings, trace)
        if schema == "newer":
            raise CommandRefused("The database is of a newer version of the application: update it first.")
        with refusals_of_maintenance():
            if schema == "none":
                place.prepare(database, settings, id_key)
            migrations.upgrade(database)
            place.ensure(database, settings, id_key, utc_now())
        bring_up_to_date(database, utc_now())
        _record_mode(database, settings)
    return database


def open_existing_database(settings: Settings) -> Database:
    """Open a database that must exist, without upgrading its schema. Raises `CommandRefused`."""
    trace = new_server.trace(settings)
    _refuse_lost_file(settings, trace)
    file = settings.sqlite_file
    if file and not file.exists():
        raise CommandRefused(f"There is no database at {file}.")
    if not settings.database_url:
        make_folder(settings.data_dir)
    database = _new_database(settings)
    with _refuse_on_failure(settings):
        _refuse_other_database(database, settings)
        if trace and migrations.schema_state(database) == "none":
            raise _lost(settings, trace)
    return database


def _refuse_lost_file(settings: Settings, trace: str | None) -> None:
    """Refuse a SQLite file that is missing or empty beside a trace, before opening creates it. Its trace is
    read first: another process may be making the file."""
    file = settings.sqlite_file
    if file and trace and not (file.exists() and file.stat().st_size):
        raise _lost(settings, trace)


def _lost(settings: Settings, trace: str) -> CommandRefused:
    return CommandRefused(
        f"There is no database at {settings.database_shown}, but {trace}: is its disk mounted, its address "
        "right? Restore a backup; `migrate --new` begins an empty one on purpose."
    )


def retry_quarantine(database: Database) -> None:
    """Apply the quarantined operations that can be applied by now.

    After a restore, phones may have sent them before this command added the people, hamlets or households
    that they need; newer builds, before this release was installed. Raises `CommandRefused` if the database
    fails.
    """
    try:
        if count := retry_all(database, utc_now()):
            typer.echo(_("Đã nhận thêm %(n)s bản ghi đang chờ xử lý.", n=count))
    except Unavailable:
        raise CommandRefused(
            _("Cơ sở dữ liệu đang bận: còn bản ghi chờ xử lý, hãy chạy lại lệnh này.")
        ) from None


def refuse_unwritable(log: Path) -> None:
    """Raises `CommandRefused` unless the desk log can be written. Does not create it, because a restore
    reports that there is none."""
    try:
        os.close(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK))
    except FileNotFoundError:
        folder = next(path for path in log.absolute().parents if path.exists())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise CommandRefused(
                f"The desk log {log} cannot be written: may this user write in {folder}?"
            ) from None
    except PermissionError:
        raise CommandRefused(
            f"The desk log {log} cannot be written: does it belong to another user?"
        ) from None
    except OSError as error:
        raise CommandRefused(f"The desk log {log} cannot be written: {error.strerror}.") from None


def _new_database(settings: Settings) -> Database:
    _make_files_private(settings)
    log = DeskLog(settings.desk_log_file)
    return Database(settings.database, log, settings.threads, settings.key_file)


def _refuse_other_database(database: Database, settings: Settings) -> None:
    if reason := encoding_conflict(database) or mode_conflict(database, settings):
        raise CommandRefused(reason)


def _record_mode(database: Database, settings: Settings) -> None:
    """Record the settings' mode in the database; once a commune has started, the recorded mode stays."""
    mode = database.read(database_mode) or settings.mode

    def work(session: Session) -> None:
        session.get_one(ServerEpoch, 1).mode = mode

    if database.read(lambda session: session.get_one(ServerEpoch, 1).mode) != mode:
        database.write(work)


def make_folder(folder: Path) -> None:
    """Create a private folder unless it exists. Raises `CommandRefused`."""
    try:
        private_files.make_folder(folder)
    except OSError as error:
        reason = "it is a file" if error.errno == errno.EEXIST else error.strerror
        raise CommandRefused(f"The folder {folder} cannot be made: {reason}.") from None


def _make_files_private(settings: Settings) -> None:
    """Take every permission on the instance's files from all but their owner. Raises `CommandRefused`."""
    database = settings.sqlite_file
    suffixes = ("", "-wal", "-shm", "-journal", ".lock", ".server") if database else ()
    files = [*(Path(f"{database}{suffix}") for suffix in suffixes), settings.desk_log_file]
    for file in [*files, *([settings.key_file] if settings.key_file else [])]:
        if not private_files.make_private(file):
            raise CommandRefused(
                f"{file} may be read by others and is another user's: chmod go= it as its owner."
            )


@contextmanager
def refusals_of_maintenance() -> Iterator[None]:
    """Turn `MaintenanceRefused` into the command's refusal."""
    try:
        yield
    except MaintenanceRefused as refused:
        raise CommandRefused(refused.sentence) from None


@contextmanager
def _refuse_on_failure(settings: Settings | None = None) -> Iterator[None]:
    """Turn failures inside the block into one sentence, which quotes no content of the database."""
    address = f" {settings.database_shown}" if settings else ""
    try:
        yield
    except SettingRefused as refused:
        raise CommandRefused(refused.sentence) from None
    except OtherTimeline:
        raise CommandRefused(f"The database{address} {_PROMOTED}") from None
    except Unavailable as error:
        raise CommandRefused(f"The database{address} {_describe_failure(error.__cause__)}") from None
    except SchemaDiffers as error:
        raise CommandRefused(error.sentence) from None
    except DBAPIError as error:
        raise CommandRefused(f"The database{address} {_describe_failure(error)}") from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise CommandRefused(f"{error.filename or 'A file'}: {error.strerror or error}.") from None


def _describe_failure(error: BaseException | None) -> str:
    """The end of a sentence about the database. A driver's message is quoted only if the connection failed:
    then it names user and address. All others may contain values that were to be stored."""
    code, message = error_code(error), str(getattr(error, "orig", ""))
    if not code and message.startswith(("connection ", "failed to resolve host")):
        return f"does not answer: {_reason(message)}."
    known = (sentence for prefix, sentence in _FAILURES.items() if code.startswith(prefix))
    return next(known, f"cannot be used ({code or 'the connection was lost'}).")


def _reason(message: str) -> str:
    """*connection to server … failed: FATAL:  no such role* → *no such role*."""
    return " ".join(message.splitlines()[0].rsplit(": ", 1)[-1].split())
