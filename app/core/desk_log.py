"""The desk log: what was decided, on a file outside the database, so that a restore can say what it undid.

Lines of JSON, appended and never changed: ids, codes and instants, no name, number or note. Each entry is
also a row (`DeskEntry`) of the transaction that it tells of. So what a restored database does not know is
exactly what was decided after its backup, whatever the clocks said; and what a crash kept from the file is
added later.
"""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, select

from app.core import logs
from app.core.clock import wire_time

Entry = dict[str, Any]

_NOTED = "desk_log"
_OF_ACCESS = ("device.", "account.", "password.")
_log = logging.getLogger(__name__)


class DeskEntry(SQLModel, table=True):
    """One entry of the desk log, as its line says it."""

    __tablename__ = "desk_entry"

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    entry: Entry = Field(sa_type=JSON)


def note(session: Session, commune_id: str, what: str, now: datetime, **details: Any) -> None:
    """Have what this transaction decides written down once it is committed.

    `what`: noun and verb (*visit.accepted*); `details`: ids and codes, never what anybody typed.
    """
    entry = {"id": secrets.token_urlsafe(12), "commune_id": commune_id, "at": wire_time(now), "what": what}
    entry |= details
    session.add(DeskEntry(commune_id=commune_id, id=entry["id"], entry=entry))
    session.info.setdefault(_NOTED, []).append(entry)


def log_access(entries: Iterable[Entry]) -> None:
    """Write to the server's log, too, what changes who may come in: phones, accounts, passwords."""
    for entry in entries:
        if entry["what"].startswith(_OF_ACCESS):
            ids = {name: entry[name] for name in ("account", "device", "by") if entry.get(name)}
            logs.event(entry["what"], **ids)


def noted(session: Session) -> list[Entry]:
    """What this session's transaction noted."""
    found: list[Entry] = session.info.get(_NOTED, [])
    return found


def stored(session: Session) -> list[Entry]:
    """Every entry that the database knows, oldest first."""
    found = [row.entry for row in session.exec(select(DeskEntry))]
    return sorted(found, key=lambda entry: (entry["at"], entry["id"]))


class DeskLog:
    """The file. Several processes may append to it; a line is whole or not there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: Iterable[Entry]) -> None:
        """Write entries down durably. What they tell of is committed already: if the file cannot be written,
        that is logged, and `add_missing` makes up for it."""
        lines = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
        if not lines:
            return
        try:
            self._write(lines.encode())
        except OSError as error:
            _log.error("the desk log could not be written: %s", error.strerror)

    def entries(self) -> Iterator[Entry]:
        """The entries in the order in which they were written. A line cut short is passed over."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict) and "what" in entry:
                    yield entry

    def add_missing(self, stored: Iterable[Entry]) -> int:
        """Append those of the database's entries that the file lacks; how many."""
        known = {entry.get("id") for entry in self.entries()}
        missing = [entry for entry in stored if entry["id"] not in known]
        self.append(missing)
        return len(missing)

    def _write(self, lines: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                lines = b"\n" + lines  # the end of a line that a crash cut short
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)
