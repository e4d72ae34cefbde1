"""/healthz: whether the database can be written, checked at most once in a few seconds."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app import __version__
from app.core.db import Database
from app.core.errors import Unavailable

router = APIRouter()

FRESH = 5  # seconds for which the result of a check is used
MAX_AGE = 20  # seconds for which it is used while the next check runs
# An exchange adds its body, at most 512 KiB, to the SQLite file and to its log.
MIN_FREE_BYTES = 1 << 20


class HealthAnswer(TypedDict):
    """The answer to `GET /healthz`."""

    status: Literal["ok", "unavailable"]
    version: str


class Health:
    """The result of the last check. One caller runs the next check; the others do not wait for it."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._checking = threading.Lock()
        self._is_fine = False
        self._checked_at = -float("inf")

    def is_fine(self) -> bool:
        """Whether a row can be written, as of the last check; False if that is older than `MAX_AGE`."""
        if self._clock() - self._checked_at >= FRESH and self._checking.acquire(blocking=False):
            try:
                self._is_fine = self._check()
                self._checked_at = self._clock()
            finally:
                self._checking.release()
        return self._is_fine and self._clock() - self._checked_at < MAX_AGE

    def _check(self) -> bool:
        try:
            self._database.probe()
            return self._has_free_space()
        except (SQLAlchemyError, Unavailable, OSError):
            return False

    def _has_free_space(self) -> bool:
        """Whether a SQLite file can grow: the probe, which rewrites a row, works on a full disk too.

        PostgreSQL may run on another machine: its disk is not checked.
        """
        if not self._database.is_sqlite:
            return True
        folder = Path(self._database.engine.url.database or "").parent
        return shutil.disk_usage(folder).free >= MIN_FREE_BYTES


@router.get("/healthz", response_model=HealthAnswer, responses={503: {"model": HealthAnswer}})
def show_health(request: Request) -> JSONResponse:
    """200 if the database can be written, else 503."""
    health: Health = request.app.state.health
    is_fine = health.is_fine()
    answer: HealthAnswer = {"status": "ok" if is_fine else "unavailable", "version": __version__}
    return JSONResponse(answer, 200 if is_fine else 503)
