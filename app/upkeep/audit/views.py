"""Writing views into the desk log, and finding that a process ended before it had written its last ones."""

import fcntl
import os
import secrets
from collections import Counter
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from app.commune.credentials.instance_people import NO_COMMUNE
from app.core import desk_log
from app.core.audit.views import VIEWED, View
from app.core.clock import Clock, wire_time
from app.core.db import Database
from app.core.errors import Unavailable

LOST = "views.lost"
"""The entry that a process ended without writing its last views: those after `after` may be missing."""
_PREFIX = "views-"
_AT_ONCE = 500  # views of an entry


class ViewRecorder:
    """Writes the views of one process into the desk log. A file beside the data says since when it may have
    some that are not written: it is locked as long as the process lives, and deleted by `finish`."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock
        self._path = folder / f"{_PREFIX}{secrets.token_hex(8)}"
        self._file: int | None = None

    def begin(self) -> None:
        """Note what processes lost that have ended otherwise, and make the file of this one. Raises
        `Unavailable` and `OSError`."""
        for path in sorted(self._folder.glob(f"{_PREFIX}*")):
            self._note_lost(path)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._say_written(self._clock())

    def write(self) -> None:
        """Write what was looked at since the last time: an entry for each commune. What the database does not
        take now is written the next time. Raises `OSError`."""
        now, is_whole = self._clock(), True
        for commune_id, counts in self._database.views.take().items():
            try:
                self._database.write(partial(_note, commune_id=commune_id, counts=counts, now=now))
            except Unavailable:
                is_whole = False
                for view, count in counts.items():
                    self._database.views.add(view, count)
        if is_whole:
            self._say_written(now)

    def finish(self) -> None:
        """Write the last views, and delete the file, unless the database is away: then the next process says
        that some may be missing."""
        self.write()
        if self._file is not None and not self._database.views.take():
            self._path.unlink(missing_ok=True)

    def _say_written(self, now: datetime) -> None:
        if self._file is not None:
            os.pwrite(self._file, wire_time(now).encode(), 0)

    def _note_lost(self, path: Path) -> None:
        file = os.open(path, os.O_RDWR)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                after = os.pread(file, 100, 0).decode("ascii", "replace")
                note = partial(desk_log.note, commune_id=NO_COMMUNE, what=LOST, now=self._clock())
                self._database.write(partial(note, after=after))
                path.unlink(missing_ok=True)
        finally:
            os.close(file)


def _note(session: Session, commune_id: str, counts: Counter[View], now: datetime) -> None:
    """`views`: for each person and page its id, empty for further ones, and how often."""
    rows = iter([view.by, view.page, view.id, count] for view, count in counts.items())
    while part := list(islice(rows, _AT_ONCE)):
        desk_log.note(session, commune_id, VIEWED, now, views=part)
