"""Refuses to go on when an engine's SQLite file was removed, replaced or unmounted while the server runs.

A process can go on writing to such a file, and all of that is gone when it ends. So every use of a connection
checks that the file at the address is still the one that was opened first.
"""

import os
import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

Identity = tuple[int, int]  # device and inode


def hold(engine: Engine) -> None:
    """From now on, fail uses of `engine` while its file is not the first one, with the error of a file that
    cannot be opened."""
    if path := engine.url.database:
        file = _File(path)
        event.listen(engine, "do_connect", file.before_connect)
        event.listen(engine, "connect", file.after_connect)
        event.listen(engine, "checkout", file.at_checkout)
        event.listen(engine, "engine_disposed", file.forget)


class _File:
    def __init__(self, path: str) -> None:
        self._path = path
        self._first: Identity | None = None

    def before_connect(self, *_connect: object) -> None:
        """A connection would create a file that is missing."""
        if not self._is_first():
            error = sqlite3.OperationalError("the database file is not the one that was opened first")
            error.sqlite_errorname = "SQLITE_CANTOPEN"
            raise error

    def after_connect(self, *_connection: object) -> None:
        self._first = self._first or self._present()

    def forget(self, *_engine: object) -> None:
        """The engine was closed: what it opens next is the first file again, such as a backup's."""
        self._first = None

    def at_checkout(self, *_connection: object) -> None:
        if not self._is_first():
            raise DisconnectionError("the database file was removed or replaced")

    def _is_first(self) -> bool:
        return self._first is None or self._present() == self._first

    def _present(self) -> Identity | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
