"""What all of the operator's commands share: how they refuse, and how they open the database."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from app import demo, migrations
from app.core import private
from app.core.clock import utc_now
from app.core.config import SettingRefused, Settings
from app.core.db import Database, ServerEpoch, error_code
from app.core.desk_log import DeskLog
from app.core.errors import Unavailable
from app.core.strings import _
from app.sync.retry import retry_kept

_DAMAGED = "is damaged: restore a backup."
_FULL = "has no room: its disk is full."
_TROUBLES = {
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


class Refused(typer.Exit):
    """A command that cannot be done: one sentence on standard error, exit code 2."""

    def __init__(self, sentence: str) -> None:
        typer.echo(sentence, err=True)
        super().__init__(2)


class Commands(TyperGroup):
    """The commands: none begins with settings that are not understood, none ends in a traceback because of
    the database or a file."""

    def invoke(self, ctx: Any) -> Any:
        with _refusing():
            Settings.from_environment()
            return super().invoke(ctx)


def open_database(settings: Settings) -> Database:
    """The instance's database with the newest schema; the folder of a SQLite file is made.

    Raises `Refused` if it cannot be opened, is of a newer version, was begun in the other mode, or may be
    read by others and this user cannot change that.
    """
    if not settings.database_url:
        _make_folder(settings.data_dir)
    refuse_unwritable(settings.desk_log_file)
    database = _open(settings)
    with _refusing(settings):
        if migrations.standing(database) == "newer":
            raise Refused("The database is of a newer version of the application: update it first.")
        migrations.upgrade(database)
        _write_down_mode(database, settings)
    return database


def open_as_it_is(settings: Settings) -> Database:
    """The instance's database, which must be there; its schema stays what it is. Raises `Refused` too."""
    file = sqlite_file(settings)
    if file and not file.exists():
        raise Refused(f"There is no database at {file}.")
    if not settings.database_url:
        _make_folder(settings.data_dir)
    return _open(settings)


def retry_kept_apart(database: Database) -> None:
    """Count what phones sent again after a restore before this was there."""
    try:
        if count := retry_kept(database, utc_now()):
            typer.echo(_("Đã nhận thêm %(n)s bản ghi đang chờ xử lý.", n=count))
    except Unavailable:
        raise Refused(_("Cơ sở dữ liệu đang bận: còn bản ghi chờ xử lý, hãy chạy lại lệnh này.")) from None


def sqlite_file(settings: Settings) -> Path | None:
    """The file of a SQLite database, None for another kind."""
    url = make_url(settings.database)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def other_mode(database: Database, settings: Settings, what: str = "database") -> str | None:
    """Why `database` may not be used in this mode: it was begun in the other one. None if it may."""
    mode = database.read(demo.mode_of)
    if mode is None or mode == settings.mode:
        return None
    if mode == "demo":
        return (
            f"This {what} was begun in demo mode, whose passwords are public: "
            "begin with another TUNGNHA_DATA_DIR or TUNGNHA_DATABASE_URL."
        )
    return f"This {what} is a real commune's: set TUNGNHA_MODE=production."


def refuse_unwritable(log: Path) -> None:
    """Raises `Refused` unless the desk log can be written. It is not made: that there is none tells a restore
    that nothing is known."""
    try:
        os.close(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK))
    except FileNotFoundError:
        folder = next(path for path in log.absolute().parents if path.exists())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Refused(f"The desk log {log} cannot be written: may this user write in {folder}?") from None
    except PermissionError:
        raise Refused(f"The desk log {log} cannot be written: does it belong to another user?") from None
    except OSError as error:
        raise Refused(f"The desk log {log} cannot be written: {error.strerror}.") from None


def _open(settings: Settings) -> Database:
    _close_files(settings)
    database = Database(settings.database, DeskLog(settings.desk_log_file))
    with _refusing(settings):
        if reason := other_mode(database, settings):
            raise Refused(reason)
    return database


def _write_down_mode(database: Database, settings: Settings) -> None:
    """Until a commune begins a database is of the mode in which it was last opened; from then on it stays."""
    mode = database.read(demo.mode_of) or settings.mode

    def work(session: Any) -> None:
        session.get(ServerEpoch, 1).mode = mode

    if database.read(lambda session: session.get(ServerEpoch, 1).mode) != mode:  # type: ignore[union-attr]
        database.write(work)


def _make_folder(folder: Path) -> None:
    try:
        private.make_folder(folder)
    except OSError as error:
        reason = "it is a file" if error.errno == errno.EEXIST else error.strerror
        raise Refused(f"The folder {folder} cannot be made: {reason}.") from None


def _close_files(settings: Settings) -> None:
    """Close the instance's files to everybody but their owner."""
    database = sqlite_file(settings)
    ends = ("", "-wal", "-shm", "-journal") if database else ()
    for file in [*(Path(f"{database}{end}") for end in ends), settings.desk_log_file]:
        if not private.close_file(file):
            raise Refused(f"{file} may be read by others and is another user's: chmod go= it as its owner.")


@contextmanager
def _refusing(settings: Settings | None = None) -> Iterator[None]:
    """What goes wrong around the block is said in one sentence, which quotes nothing of the database's."""
    address = f" {settings.database_shown}" if settings else ""
    try:
        yield
    except SettingRefused as refused:
        raise Refused(refused.sentence) from None
    except Unavailable as error:
        raise Refused(f"The database{address} {_trouble(error.__cause__)}") from None
    except DBAPIError as error:
        raise Refused(f"The database{address} {_trouble(error)}") from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise Refused(f"{error.filename or 'A file'}: {error.strerror or error}.") from None


def _trouble(error: BaseException | None) -> str:
    """What is the matter with the database. The message of a connection that failed names user and address;
    any other may hold what was to be stored."""
    code, message = error_code(error), str(getattr(error, "orig", ""))
    if not code and message.startswith(("connection ", "failed to resolve host")):
        return f"does not answer: {_reason(message)}."
    known = (said for prefix, said in _TROUBLES.items() if code.startswith(prefix))
    return next(known, f"cannot be used ({code or 'the connection was lost'}).")


def _reason(message: str) -> str:
    """*connection to server … failed: FATAL:  no such role* → *no such role*."""
    return " ".join(message.splitlines()[0].rsplit(": ", 1)[-1].split())
