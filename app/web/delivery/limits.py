"""What deliveries may cost: how many files are read at once, and imported at once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from threading import Condition

from fastapi import FastAPI, Request

from app.commune.accounts import throttle
from app.commune.areas import refuse_off
from app.core import logs
from app.core.db import Database
from app.core.errors import Busy
from app.sync.export.importer import commune_of, import_file
from app.sync.export.refusals import FileRefused, PhoneUnknown
from app.web.middleware.active_limit import ActiveLimit

WAIT_SECONDS = 60  # for the import before; one takes seconds


class ImportPlaces:
    """One import of a commune at a time, `TOTAL` in all: a large file keeps only its own commune waiting."""

    TOTAL = 3  # each has a process that unpacks its file

    def __init__(self) -> None:
        self._changed = Condition()
        self._communes: set[str] = set()

    @contextmanager
    def slot(self, commune_id: str) -> Iterator[None]:
        """A place for the time of the block. Raises `Busy` after waiting too long."""

        def is_free() -> bool:
            return commune_id not in self._communes and len(self._communes) < self.TOTAL

        with self._changed:
            if not self._changed.wait_for(is_free, WAIT_SECONDS):
                raise Busy
            self._communes.add(commune_id)
        try:
            yield
        finally:
            with self._changed:
                self._communes.discard(commune_id)
                self._changed.notify_all()


class DeliveryLimits:
    """The places of one application. `public` is apart from `phones`, so that nobody who fills one keeps the
    other from delivering; files in memory are bounded by both."""

    def __init__(self) -> None:
        self.public = ActiveLimit(8, of_address=2)
        self.phones = ActiveLimit(8, of_address=1)
        self.communes = ActiveLimit(8, of_address=3)  # of the phones' places
        self._imports = ImportPlaces()

    def deliver(self, database: Database, file: bytes, now: datetime, via: str, address: str) -> None:
        """Import `file`. Raises `FileRefused`, `CommuneOff`, `Unavailable`, and `Busy` after a long wait.

        A file that names no known phone is answered like a delivered one: a stranger must not learn which
        phones and people there are.
        """
        try:
            commune_id = commune_of(database, file)
            database.read(lambda session: refuse_off(session, commune_id))
            with self._imports.slot(commune_id):
                import_file(database, file, now)
        except PhoneUnknown as refused:
            _log(refused.code, via, address)
        except FileRefused as refused:
            _log(refused.code, via, address)
            raise
        else:
            _log("", via, address)

    def import_slot(self, commune_id: str) -> AbstractContextManager[None]:
        """A place for another import of the commune. Raises `Busy` after a long wait."""
        return self._imports.slot(commune_id)


def delivery_limits(request: Request) -> DeliveryLimits:
    """Those of the application."""
    app: FastAPI = request.app
    limits: DeliveryLimits = app.state.delivery_limits
    return limits


def _log(code: str, via: str, address: str) -> None:
    network = throttle.truncate_address(address)
    if code:
        logs.event("export_file.refused", logs.WARNING, code=code, via=via, address=network)
    else:
        logs.event("export_file.delivered", via=via, address=network)
