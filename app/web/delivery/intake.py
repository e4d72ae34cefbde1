"""What deliveries may cost: how many files are read at once, and imported one after the other."""

from datetime import datetime
from threading import Semaphore

from fastapi import FastAPI, Request

from app.accounts import throttle
from app.core import logs
from app.core.db import Database
from app.core.errors import Busy
from app.sync.export.importer import import_file
from app.sync.export.refusals import FileRefused, PhoneUnknown
from app.web.middleware.active_limit import ActiveLimit

WAIT_SECONDS = 60  # for the import before; one takes seconds


class Intake:
    """The places of one application. `public` is apart from `phones`, so that nobody who fills one keeps the
    other from delivering; files in memory are bounded by both."""

    def __init__(self) -> None:
        self.public = ActiveLimit(8, of_address=2)
        self.phones = ActiveLimit(8, of_address=1)
        self._import = Semaphore()

    def deliver(self, database: Database, file: bytes, now: datetime, via: str, address: str) -> None:
        """Import `file`. Raises `FileRefused`, `Unavailable`, and `Busy` after waiting too long.

        A file that names no known phone is answered like a delivered one: a stranger must not learn which
        phones and people there are.
        """
        if not self._import.acquire(timeout=WAIT_SECONDS):
            raise Busy
        try:
            import_file(database, file, now)
        except PhoneUnknown as refused:
            _log(refused.code, via, address)
        except FileRefused as refused:
            _log(refused.code, via, address)
            raise
        else:
            _log("", via, address)
        finally:
            self._import.release()


def intake_of(request: Request) -> Intake:
    """The intake of the application."""
    app: FastAPI = request.app
    intake: Intake = app.state.intake
    return intake


def _log(code: str, via: str, address: str) -> None:
    network = throttle.truncate_address(address)
    if code:
        logs.event("export_file.refused", logs.WARNING, code=code, via=via, address=network)
    else:
        logs.event("export_file.delivered", via=via, address=network)
