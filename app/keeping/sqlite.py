"""A SQLite database as an operator keeps it: copied while the server runs, replaced while it does not."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from app.core.db import Database
from app.keeping.files import Impossible, starts_with, sync

_MARK = b"SQLite format 3\x00"


class SqliteStore:
    """The database in one file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def save(self, part: Path) -> None:
        """One consistent copy; writers go on meanwhile."""
        if not self.file.exists():
            raise Impossible(f"There is no database at {self.file}.")
        try:
            with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        except sqlite3.Error as error:
            raise Impossible(f"The database could not be copied: {error}.") from None
        _examine(part)

    def inspect(self, file: Path) -> None:
        """Raises `Impossible` unless `file` is a whole database of this kind."""
        if not starts_with(file, _MARK):
            raise Impossible(f"{file} is no backup of a SQLite database.")
        _examine(file)

    def is_empty(self) -> bool:
        """Whether nobody has begun here."""
        if not self.file.exists() or self.file.stat().st_size == 0:
            return True
        try:
            with closing(sqlite3.connect(self.file)) as connection:
                return connection.execute("SELECT 1 FROM account LIMIT 1").fetchone() is None
        except sqlite3.OperationalError as error:
            return "no such table" in str(error)
        except sqlite3.DatabaseError:
            return False  # damaged: reason enough to restore, and to keep it aside

    def restore(self, file: Path, prepare: Callable[[Database], None], now: datetime) -> str | None:
        """Put the backup in the database's place once `prepare` has made it ready.

        Where what was there is kept, if anything was. Raises `Impossible` if a server is using the database;
        whatever fails, the old one stays in its place.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        was_empty = self.is_empty()
        with self._alone(), self._copied(file) as copy:
            database = Database(f"sqlite:///{copy}")
            try:
                prepare(database)
            finally:
                database.close()
            aside = self.file.with_name(f"{self.file.name}.before-{now:%Y%m%dT%H%M%S.%f}Z")
            if not was_empty:
                os.link(self.file, aside)
            self._switch(copy, aside)
        return None if was_empty else str(aside)

    def _switch(self, copy: Path, aside: Path) -> None:
        sync(copy)
        # SQLite would read the log that a lost or damaged database left behind into its successor.
        for log, kept in zip(_logs(self.file), _logs(aside), strict=True):
            if log.exists():
                log.rename(kept)
        sync(self.file.parent)
        copy.replace(self.file)
        sync(self.file.parent)

    @contextmanager
    def _copied(self, file: Path) -> Iterator[Path]:
        copy = self.file.with_name(f".{self.file.name}.restoring")
        names = [copy, *_logs(copy)]
        for name in names:
            name.unlink(missing_ok=True)
        try:
            shutil.copyfile(file, copy)
            copy.chmod(0o600)
            yield copy
        except OSError as error:
            raise Impossible(f"The backup could not be copied: {error.strerror}.") from None
        finally:
            for name in names:
                name.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else has the database open, and its log is emptied into it."""
        if not self.file.exists() or not starts_with(self.file, _MARK):
            yield
            return
        with closing(sqlite3.connect(self.file, timeout=1, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise Impossible("A server is using this database: stop it first.") from None
            except sqlite3.DatabaseError:
                pass  # damaged: nobody can be using it
            yield


def _logs(file: Path) -> list[Path]:
    """What SQLite writes beside a database."""
    return [file.with_name(f"{file.name}-{end}") for end in ("wal", "shm", "journal")]


def _examine(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error:
        verdict = "unreadable"
    if verdict != "ok":
        raise Impossible(f"{file} is damaged.")
