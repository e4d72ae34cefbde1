"""Backup and restore of a SQLite database: copied while the server runs, replaced while it is stopped."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from app.core.db import Database
from app.upkeep.maintenance.files import MaintenanceRefused, fsync, starts_with

_MAGIC = b"SQLite format 3\x00"


class SqliteStore:
    """The SQLite database in one file."""

    extension = "sqlite3.gz"
    is_compressible = True

    def __init__(self, file: Path, key_file: Path | None = None) -> None:
        """`key_file`: where the id key is, for a backup that is made ready."""
        self.file, self._key_file = file, key_file

    def dump_size(self) -> int:
        """The most bytes that a copy and its compressed form take together. Raises `OSError`."""
        return 2 * self.file.stat().st_size

    def dump(self, part: Path) -> None:
        """Write a consistent copy to `part`, while other processes go on writing.

        Raises `MaintenanceRefused`, also if the copy is damaged.
        """
        if not self.file.exists():
            raise MaintenanceRefused(f"There is no database at {self.file}.")
        try:
            with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # a single file, without a write-ahead log
        except sqlite3.Error as error:
            raise MaintenanceRefused(f"The database could not be copied: {error}.") from None
        _check_integrity(part)

    def validate(self, file: Path) -> None:
        """Raises `MaintenanceRefused` unless `file` is an undamaged SQLite database."""
        if not starts_with(file, _MAGIC):
            raise MaintenanceRefused(f"{file} is no backup of a SQLite database.")
        _check_integrity(file)

    @contextmanager
    def scratch(self, file: Path) -> Iterator[str]:
        """The address of a scratch database with the content of a copy: the copy itself."""
        try:
            yield f"sqlite:///{file}"
        finally:
            for name in sidecar_files(file):
                name.unlink(missing_ok=True)

    def is_empty(self) -> bool:
        """Whether the database has no account yet."""
        if not self.file.exists() or self.file.stat().st_size == 0:
            return True
        try:
            with closing(sqlite3.connect(self.file)) as connection:
                return connection.execute("SELECT 1 FROM account LIMIT 1").fetchone() is None
        except sqlite3.OperationalError as error:
            return "no such table" in str(error)
        except sqlite3.DatabaseError:
            return False  # damaged: it may hold data, so a restore must keep it

    def restore(self, file: Path, prepare: Callable[[Database], None], now: datetime) -> str | None:
        """Replace the database by the backup, once `prepare` has been run on a copy of it.

        Returns where the previous database is now; None if it was empty. Raises `MaintenanceRefused` if a
        server is using the database. If anything fails, the previous database stays in place.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        was_empty = self.is_empty()
        with self._exclusive_lock(), self._temporary_copy(file) as copy:
            database = Database(f"sqlite:///{copy}", key_file=self._key_file)
            try:
                prepare(database)
            finally:
                database.close()
            previous = self.file.with_name(_previous_name(self.file, now))
            if not was_empty:
                os.link(self.file, previous)
            self._replace_by(copy, previous)
        return None if was_empty else str(previous)

    def _replace_by(self, copy: Path, previous: Path) -> None:
        fsync(copy)
        # SQLite would replay the log of a lost or damaged database into the restored one.
        for log, renamed in zip(sidecar_files(self.file), sidecar_files(previous), strict=True):
            if log.exists():
                log.rename(renamed)
        fsync(self.file.parent)
        copy.replace(self.file)
        fsync(self.file.parent)

    @contextmanager
    def _temporary_copy(self, file: Path) -> Iterator[Path]:
        copy = self.file.with_name(f".{self.file.name}.restoring")
        names = [copy, *sidecar_files(copy)]
        for name in names:
            name.unlink(missing_ok=True)
        try:
            shutil.copyfile(file, copy)
            copy.chmod(0o600)
            yield copy
        except OSError as error:
            raise MaintenanceRefused(f"The backup could not be copied: {error.strerror}.") from None
        finally:
            for name in names:
                name.unlink(missing_ok=True)

    @contextmanager
    def _exclusive_lock(self) -> Iterator[None]:
        """Lock the database against every other process, and merge its write-ahead log into it."""
        if not self.file.exists() or not starts_with(self.file, _MAGIC):
            yield
            return
        with closing(sqlite3.connect(self.file, timeout=1, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise MaintenanceRefused("A server is using this database: stop it first.") from None
            except sqlite3.DatabaseError:
                pass  # damaged: no server can be using it
            yield


def sidecar_files(file: Path) -> list[Path]:
    """The names of the log files that SQLite writes next to a database."""
    return [file.with_name(f"{file.name}-{end}") for end in ("wal", "shm", "journal")]


def begun_mark(file: Path) -> Path:
    """The file beside a SQLite database that locks its preparation, with content once there was one."""
    return file.with_name(f"{file.name}.lock")


def put_aside(file: Path, now: datetime) -> None:
    """Rename what is left of a database whose file is missing or empty: SQLite would delete its log."""
    if file.exists() and file.stat().st_size:
        return
    for left in (file, *sidecar_files(file)):
        if left.exists():
            left.rename(left.with_name(f"{_previous_name(file, now)}{left.name.removeprefix(file.name)}"))


def _previous_name(file: Path, now: datetime) -> str:
    return f"{file.name}.before-{now:%Y%m%dT%H%M%S.%f}Z"


def _check_integrity(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error:
        result = "unreadable"
    if result != "ok":
        raise MaintenanceRefused(f"{file} is damaged.")
