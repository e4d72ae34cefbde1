"""The desk log: a file outside the database with every decision made at the desk.

One JSON object a line, appended and never changed: ids, codes and instants, no name, phone number or note.
Each entry is also a row (`DeskEntry`) that is written in the transaction of the decision. So the entries of
the file that a restored database lacks are the decisions made after its backup, whatever the clocks said: the
restore lists them. Entries that the file lacks because of a crash are added later.
"""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import JSON, BigInteger, ColumnElement, Index
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Field, Session, SQLModel, col, select

from app.core import logs
from app.core.clock import wire_time
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.types import JsonObject

Entry = JsonObject

_SESSION_KEY = "desk_log"
CHAIN = "chain"  # of a line: the number and the hash of its row
# What was read while the database was away: the file has it first (`maintenance/desk_log.py` stores it).
WAITS: Entry = {"waits": True}
_WAITING = b'"waits":true'
EPOCH_STARTED = "epoch.started"  # the line of a start; later lines belong to that epoch
_BEGINNING, _START = b'{"id":"', b'"what":"epoch.started"'
_ACCESS_EVENTS = ("device.", "account.", "password.", "operator.", "viewer.", "factor.")
_ACCESS_IDS = ("account", "device", "operator", "viewer", "by")
_log = logging.getLogger(__name__)


class _NextNumber(ColumnElement[int]):
    """The number of a new entry. PostgreSQL has a sequence; with SQLite there is one writer at a time."""

    inherit_cache = True
    type = BigInteger()


@compiles(_NextNumber, "sqlite")
def _above_all(_element: _NextNumber, _compiler: SQLCompiler, **_options: object) -> str:
    return "(SELECT coalesce(max(number), 0) + 1 FROM desk_entry)"


@compiles(_NextNumber, "postgresql")
def _of_sequence(_element: _NextNumber, _compiler: SQLCompiler, **_options: object) -> str:
    return "nextval('desk_entry_number_seq')"


@stores(rows.LOG, {rows.LOG: "entry", rows.TECHNICAL: "previous hash"})
class DeskEntry(SQLModel, table=True):
    """One entry of the desk log, with the content of its line. Triggers refuse to change or delete it.

    `seq` numbers the entries of its commune from 1; `previous` is the `hash` of the entry before, empty for
    the first (`audit/chain.py`). `number` grows with each entry of the instance; those of transactions that
    were open at the same time may be committed in another order.
    """

    __tablename__ = "desk_entry"
    __table_args__ = (
        Index("ix_desk_entry_number", "number"),
        Index("ix_desk_entry_seq", "commune_id", "seq", unique=True),
    )
    # An insert that returns its numbers is one statement for all rows, and with SQLite one number for all.
    __mapper_args__ = {"eager_defaults": False}

    commune_id: str = Field(primary_key=True)  # empty: an operator's, of no commune
    id: str = Field(primary_key=True)
    number: int | None = Field(
        default=None, nullable=False, sa_type=BigInteger, sa_column_kwargs={"default": _NextNumber()}
    )
    entry: Entry = Field(sa_type=JSON)
    seq: int = Field(sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    previous: str = Field(sa_column_kwargs={"server_default": ""})
    hash: str = Field(sa_column_kwargs={"server_default": ""})


@dataclass(frozen=True)
class Pending:
    """An entry that is stored when its transaction is committed; `is_written`: the file has it already."""

    entry: Entry
    is_written: bool

    @property
    def commune_id(self) -> str:
        return str(self.entry.get("commune_id", ""))


def note(session: Session, commune_id: str, what: str, now: datetime, **details: object) -> None:
    """Add an entry to the desk log once this transaction is committed.

    `what`: noun and verb (*visit.accepted*); `details`: ids and codes, never typed text.
    """
    _pend(session, Pending(new_entry(commune_id, what, now, **details), is_written=False))


def store(session: Session, entries: Iterable[Entry]) -> None:
    """Store entries that the file has already, once this transaction is committed: behind all that their
    communes have, without the place that they had in another chain."""
    for entry in entries:
        without_place = {name: value for name, value in entry.items() if name != CHAIN}
        _pend(session, Pending(without_place, is_written=True))


def _pend(session: Session, pending: Pending) -> None:
    session.info.setdefault(_SESSION_KEY, []).append(pending)


def new_entry(commune_id: str, what: str, now: datetime, **details: object) -> Entry:
    """An entry as `note` makes it, that is stored nowhere yet."""
    entry: Entry = {"id": secrets.token_urlsafe(12), "commune_id": commune_id, "at": wire_time(now)}
    return entry | {"what": what} | details


def by(account_id: str) -> dict[str, str]:
    """The detail that says which supervisor decided; none if it was an operator's command."""
    return {"by": account_id} if account_id else {}


def log_access(entries: Iterable[Entry]) -> None:
    """Write entries that change access (of devices, accounts, operators, viewers) to the server's log too."""
    for entry in entries:
        if entry["what"].startswith(_ACCESS_EVENTS):
            ids = {name: entry[name] for name in _ACCESS_IDS if entry.get(name)}
            logs.event(entry["what"], **ids)


def take_pending(session: Session) -> list[Pending]:
    """The entries that are to be stored with this session's transaction; afterwards there are none."""
    pending: list[Pending] = session.info.pop(_SESSION_KEY, [])
    return pending


def line_of(entry: Entry, seq: int, hash: str) -> Entry:
    """What the file has of a stored entry."""
    return entry | {CHAIN: [seq, hash]}


def stored_entries(session: Session) -> list[Entry]:
    """Every entry in the database, oldest first. It may be of a revision before the entries were a chain."""
    entries: list[Entry] = [dict(entry) for entry in session.exec(select(DeskEntry.entry))]
    return sorted(entries, key=lambda entry: (entry["at"], entry["id"]))


def stored_lines(session: Session) -> list[Entry]:
    """What the file has of every entry in the database, oldest first."""
    rows = session.exec(select(DeskEntry).order_by(col(DeskEntry.number)))
    return [line_of(row.entry, row.seq, row.hash) for row in rows]


class DeskLog:
    """The file. Several processes may append to it; a line is written as a whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: Iterable[Entry], *, is_strict: bool = False) -> None:
        """Append entries and sync the file to disk.

        The decisions are committed already: an error of the file is only logged, and `add_missing` adds the
        entries later. `is_strict`: it raises `OSError`.
        """
        lines = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
        if not lines:
            return
        try:
            self._write(lines.encode())
        except OSError as error:
            if is_strict:
                raise
            _log.error("the desk log could not be written: %s", error.strerror)

    def entries(self) -> Iterator[Entry]:
        """The entries in the order in which they were written. A truncated line is skipped."""
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

    def ids(self, offset: int = 0) -> Iterator[str]:
        """The ids of the complete lines from `offset` bytes on; the rest of a line is not read as JSON."""
        return (id for id, _position, _line in self.lines(offset))

    def lines(self, offset: int = 0) -> Iterator[tuple[str, int, bytes]]:
        """The complete lines from `offset` bytes on: id, position, and the line itself.

        A line is complete if its braces are: what was written holds no typed text.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            if offset > 0:
                file.seek(offset - 1)
                offset += len(file.readline()) - 1
            for line in file:
                if line.startswith(_BEGINNING) and line.count(b"{") == line.count(b"}"):
                    yield line[len(_BEGINNING) :].split(b'"', 1)[0].decode("utf-8", "replace"), offset, line
                offset += len(line)

    def starts(self) -> Iterator[tuple[int, Entry]]:
        """The lines that say that an epoch has started, each with its position."""
        for _id, position, line in self.lines():
            if _START in line:
                yield position, json.loads(line)

    def waiting(self, offset: int) -> list[Entry]:
        """The entries from `offset` bytes on that were written before they were stored."""
        found = {id: line for id, _position, line in self.lines(offset) if _WAITING in line}
        return [json.loads(line) for line in found.values()]

    def add_missing(self, stored: Iterable[Entry]) -> int:
        """Append those of the database's entries that the file lacks. Returns how many."""
        known = set(self.ids())
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
                lines = b"\n" + lines  # a crash truncated the last line
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)
