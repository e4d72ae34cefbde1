"""Health: whether something could be stored now, asked of the database at most once in a few seconds."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app import __version__
from app.core.db import Database
from app.core.errors import Unavailable

KEPT = 5  # seconds
OLDEST = 20  # seconds: the longest that an answer stands while the next one is waited for
# A SQLite file and its log each grow by what one exchange brings, at most 512 KiB.
ROOM = 1 << 20


class Health:
    """What was found out last. However many ask, one of them looks, and no other waits for it."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._looking = threading.Lock()
        self._fine = False
        self._at = -float("inf")

    def is_fine(self) -> bool:
        """Whether a row can be written; the answer is up to `KEPT` seconds old."""
        if self._clock() - self._at >= KEPT and self._looking.acquire(blocking=False):
            try:
                self._fine = self._look()
                self._at = self._clock()
            finally:
                self._looking.release()
        return self._fine and self._clock() - self._at < OLDEST

    def _look(self) -> bool:
        try:
            self._database.probe()
            return self._has_room()
        except (SQLAlchemyError, Unavailable, OSError):
            return False

    def _has_room(self) -> bool:
        """A SQLite file takes the same row again where nothing new fits; PostgreSQL watches its own disk."""
        if not self._database.is_sqlite:
            return True
        folder = Path(self._database.engine.url.database or "").parent
        return shutil.disk_usage(folder).free >= ROOM


def health(request: Request) -> JSONResponse:
    """200 when the database takes what is written, else 503."""
    known: Health = request.app.state.health
    if known.is_fine():
        return JSONResponse({"status": "ok", "version": __version__})
    return JSONResponse({"status": "unavailable", "version": __version__}, 503)
