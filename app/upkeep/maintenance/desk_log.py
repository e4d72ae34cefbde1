"""Completing the desk log's file: entries that it lacks are found in the database and appended.

A file may lack what was committed just before a crash, and what was decided on another machine. A mark beside
it says up to which entry it is complete, so that a start compares only the entries since
(`docs/decisions/0020-a-restore-begins-a-new-epoch.md`).
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby, islice
from pathlib import Path

from sqlmodel import Session, col, func, select

from app.core.audit.chain import HISTORY_BEGUN, AuditHead, Head
from app.core.db import Database
from app.core.desk_log import CHAIN, EPOCH_STARTED, DeskEntry, DeskLog, Entry, line_of, store
from app.core.epoch import ServerEpoch, server_epoch
from app.upkeep.audit.anchors import newest

# Numbers before the mark that are read again: of transactions that were open while later ones were committed.
OVERLAP = 1_000
_LINE = 1_000  # bytes; a line has about 200
_CHUNK = 10_000  # ids
_NO_END = 2**62  # above every number of an entry


@dataclass(frozen=True)
class Mark:
    """The file has all entries of `epoch` up to `number`, the last of them before `offset` bytes, or shortly
    after."""

    epoch: str
    number: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Caught:
    """How many entries were added, and the number of the newest one in the database."""

    added: int
    head: int


def catch_up(database: Database, *, is_whole: bool = False, up_to: int | None = None) -> Caught:
    """Append the entries that the file lacks since its mark, or all (`is_whole`), and store what only the
    file has because the database was away.

    `up_to`: a number; later entries may just be on their way from another thread to the file. Does nothing
    while another process does it. Raises `Unavailable` and `OSError`.
    """
    log = database.desk_log
    if log is None:
        return Caught(0, 0)
    epoch, head = database.read(_epoch_and_head)
    last = head if up_to is None else min(up_to, head)
    with _locked_mark(log) as file:
        if file is None:
            return Caught(0, head)
        size = log.path.stat().st_size if log.path.exists() else 0
        mark = Mark(epoch) if is_whole else _usable(_read(file), epoch, size)
        _store_waiting(database, log, max(0, mark.offset - OVERLAP * _LINE))
        missing = database.read(lambda session: _missing(session, log, mark, last))
        for first in range(0, len(missing), _CHUNK):
            numbers = missing[first : first + _CHUNK]
            log.append(database.read(partial(_entries, numbers=numbers)))
        _write(file, Mark(epoch, last, size))
    return Caught(len(missing), head)


def _store_waiting(database: Database, log: DeskLog, offset: int) -> None:
    """Store what was noted in the file while the database was away: each commune's by itself."""
    waiting = sorted(log.waiting(offset), key=_commune)
    for _commune_id, entries in groupby(waiting, key=_commune):
        database.write(partial(_store, entries=list(entries)))


def _store(session: Session, entries: list[Entry]) -> None:
    store(session, not_stored(session, entries))


def _commune(entry: Entry) -> str:
    return str(entry.get("commune_id", ""))


@dataclass(frozen=True)
class Lost:
    """What desk logs have and the database lacks: the entries. `highest_floor`: of all epochs in the logs,
    also of those with which communes were moved here. `heads`: the newest entry of each commune's chain in
    the logs."""

    entries: list[Entry]
    highest_floor: int = 0
    heads: dict[str, Head] = field(default_factory=dict)


def find_lost(database: Database, logs: Sequence[DeskLog], *, is_followed: bool = False) -> Lost:
    """The entries since the start of the database's epoch; `is_followed`: since the last start of an epoch
    that the log knows. What an earlier start reverted is in the database (`store`), whichever log has it.

    Of all else it reads the ids only. Call `not_stored` in the transaction that reverts it: what was written
    meanwhile is in the database by then.
    """
    epoch = database.read(lambda session: session.exec(select(ServerEpoch.epoch)).one())
    starts = [list(log.starts()) for log in logs]
    begins = [
        max((at for at, entry in found if is_followed or entry.get("epoch") == epoch), default=0)
        for found in starts
    ]
    missing: set[str] = set()
    for log, begin in zip(logs, begins, strict=True):
        missing |= database.read(partial(_written_only, log=log, begin=begin))
    floors = [entry.get("version_floor", 0) for found in starts for _at, entry in found]
    entries = (
        (id, line)
        for log, begin in zip(logs, begins, strict=True)
        for id, _at, line in log.lines(begin)
        if id in missing
    )
    lost = {id: json.loads(line) for id, line in entries}  # a line may have been written twice
    purged = database.read(_purged)
    lost = {id: entry for id, entry in lost.items() if not _is_purged(entry, purged)}
    floors += [entry.get("version_floor", 0) for entry in lost.values()]
    heads = newest(zip(logs, begins, strict=True))
    return Lost(list(lost.values()), max(floors, default=0), heads)


def _purged(session: Session) -> dict[str, int]:
    return {head.commune_id: head.purged_seq for head in session.exec(select(AuditHead))}


def _is_purged(entry: Entry, purged: Mapping[str, int]) -> bool:
    """Whether the entry is missing because it was old (`audit/purge.py`)."""
    return CHAIN in entry and entry[CHAIN][0] <= purged.get(_commune(entry), 0)


def not_stored(session: Session, entries: Iterable[Entry]) -> list[Entry]:
    """Those of these entries that the database lacks."""
    return [entry for entry in entries if not _is_stored(session, entry)]


def _is_stored(session: Session, entry: Entry) -> bool:
    of_commune = DeskEntry.commune_id == entry.get("commune_id", "")
    found = session.exec(select(DeskEntry.id).where(of_commune, DeskEntry.id == entry["id"]))
    return found.first() is not None


def _written_only(session: Session, log: DeskLog, begin: int) -> set[str]:
    written = (id for id, _at, line in log.lines(begin) if EPOCH_STARTED.encode() not in line)
    return _differences(_numbers(session, 0, _NO_END), written)[1]


def mark_file(log: DeskLog) -> Path:
    """The file of the mark."""
    return log.path.with_name(f"{log.path.name}.mark")


def newest_number(session: Session) -> int:
    """The number of the newest entry in the database; 0 if there is none."""
    return session.exec(select(func.max(DeskEntry.number))).one() or 0


def histories_begun(session: Session, after: int) -> list[Entry]:
    """The lines of what a restore wrote into the chains: the entries since the number `after`."""
    newer = select(DeskEntry).where(col(DeskEntry.number) > after).order_by(col(DeskEntry.number))
    rows = (row for row in session.exec(newer) if row.entry["what"] == HISTORY_BEGUN)
    return [line_of(row.entry, row.seq, row.hash) for row in rows]


def _epoch_and_head(session: Session) -> tuple[str, int]:
    return server_epoch(session), newest_number(session)


def _missing(session: Session, log: DeskLog, mark: Mark, last: int) -> list[int]:
    """The numbers of the entries up to `last` that the file lacks."""
    after = max(0, mark.number - OVERLAP)
    missing, _others = _differences(
        _numbers(session, after, last), log.ids(max(0, mark.offset - OVERLAP * _LINE))
    )
    if missing and mark.offset:
        for id in log.ids():
            missing.pop(id, None)
    return sorted(missing.values())


def _differences(
    stored: Iterator[tuple[str, int]], written: Iterator[str]
) -> tuple[dict[str, int], set[str]]:
    """The entries that are stored and not written, by id; and the ids of those that are written only.

    Both come in about the same order: what was found in both is forgotten at once, so that only differences
    take memory.
    """
    only_stored: dict[str, int] = {}
    only_written: set[str] = set()
    is_left = True
    while is_left:
        ids = list(islice(written, _CHUNK))
        chunk = dict(islice(stored, _CHUNK))
        only_stored |= chunk
        only_written.update(ids)
        found = only_stored.keys() & only_written
        only_written -= found
        for id in found:
            del only_stored[id]
        is_left = bool(ids or chunk)
    return only_stored, only_written


def _numbers(session: Session, after: int, last: int) -> Iterator[tuple[str, int]]:
    number = col(DeskEntry.number)
    chosen = select(DeskEntry.id, DeskEntry.number).where(number > after, number <= last).order_by(number)
    yield from session.execute(chosen.execution_options(yield_per=_CHUNK))


def _entries(session: Session, numbers: Iterable[int]) -> list[dict[str, object]]:
    chosen = select(DeskEntry).where(col(DeskEntry.number).in_(numbers)).order_by(col(DeskEntry.number))
    return [line_of(row.entry, row.seq, row.hash) for row in session.exec(chosen)]


@contextmanager
def _locked_mark(log: DeskLog) -> Iterator[int | None]:
    """The opened file of the mark; None if another process has it."""
    log.path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(mark_file(log), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    except BlockingIOError:
        yield None
    finally:
        os.close(file)


def _read(file: int) -> Mark | None:
    try:
        return Mark(**json.loads(os.pread(file, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _usable(mark: Mark | None, epoch: str, size: int) -> Mark:
    """The mark, unless it is of a database before a restore or of a file that was longer."""
    is_usable = mark is not None and mark.epoch == epoch and mark.offset <= size
    return mark if is_usable and mark else Mark(epoch)


def _write(file: int, mark: Mark) -> None:
    """A crash in between leaves a mark that is no JSON: then everything is read once."""
    content = json.dumps(asdict(mark)).encode()
    os.ftruncate(file, 0)
    os.pwrite(file, content, 0)
    os.fsync(file)
