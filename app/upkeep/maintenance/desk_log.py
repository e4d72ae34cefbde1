"""Completing the desk log's file: entries that it lacks are found in the database and appended.

A file may lack what was committed just before a crash, and what was decided on another machine. A mark beside
it says up to which entry it is complete, so that a start compares only the entries since
(`docs/decisions/0020-a-restore-begins-a-new-epoch.md`).
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from pathlib import Path

from sqlmodel import Session, col, func, select

from app.commune.credentials.instance_people import NO_COMMUNE
from app.core.audit.chain import HISTORY_BEGUN, Head
from app.core.clock import wire_time
from app.core.db import Database
from app.core.desk_log import CHAIN, EPOCH_STARTED, DeskEntry, DeskLog, Entry, line_of, note, store
from app.core.epoch import ServerEpoch, server_epoch
from app.upkeep.audit.checks import REWRITTEN
from app.upkeep.audit.file_index import newest

# Numbers before the mark that are read again: of transactions that were open while later ones were committed.
OVERLAP = 1_000
_MARK_LENGTH = 256
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
    """How many entries were added, and the number of the newest one in the database. `missing`: how many the
    file lacks that were not added, because nothing says that it had all before them. `is_shorter`: than its
    mark says."""

    added: int
    head: int
    missing: int = 0
    is_shorter: bool = False


def catch_up(database: Database, *, is_whole: bool = False, up_to: int | None = None) -> Caught:
    """Append the entries that the file lacks since its mark, and store what only the file has because the
    database was away.

    Without a mark, and if the file is shorter than the mark says, nothing is added: somebody may have deleted
    lines, and would have them replaced by what is in the database now. `is_whole`: everything is added, as a
    restore does. `up_to`: a number; later entries may just be on their way from another thread to the file.
    Raises `Unavailable` and `OSError`.
    """
    log = database.desk_log
    if log is None:
        return Caught(0, 0)
    epoch, head = database.read(_epoch_and_head)
    last = head if up_to is None else min(up_to, head)
    with _locked_mark(log) as file:
        size = log.path.stat().st_size if log.path.exists() else 0
        mark = _read(file)
        is_shorter = mark is not None and mark.offset > size
        since = mark if mark and mark.epoch == epoch and not is_shorter and not is_whole else Mark(epoch)
        _store_waiting(database, log, max(0, since.offset - OVERLAP * _LINE))
        missing = database.read(lambda session: _missing(session, log, since, last))
        added: list[int] = missing if is_whole else []
        if not is_whole and mark is not None and not is_shorter:
            newer = [number for number in missing if mark.epoch == epoch and number > mark.number]
            others = missing[: len(missing) - len(newer)]
            added = database.read(partial(_following, log=log, numbers=others)) + newer
        for first in range(0, len(added), _CHUNK):
            numbers = added[first : first + _CHUNK]
            log.append(database.read(partial(_entries, numbers=numbers)))
        if len(added) == len(missing) and not (is_shorter and not is_whole):
            _write(file, Mark(epoch, last, size))
    return Caught(len(added), head, len(missing) - len(added), is_shorter and not is_whole)


def rewrite(database: Database, now: datetime) -> Path | None:
    """Write the file anew from the database, and note that (`audit/checks.py` `REWRITTEN`). Returns where the
    file before is; None if there was none. Raises `Unavailable` and `OSError`."""
    log = database.desk_log
    assert log is not None, "the command has opened it"
    replaced = log.path.with_name(f"{log.path.name}.before-{now:%Y%m%dT%H%M%S%f}")
    with _locked_mark(log) as file:
        had_file = log.path.exists()
        if had_file:
            with log.path.open("rb") as before:
                digest = hashlib.file_digest(before, "sha256").hexdigest()
            log.path.rename(replaced)
        epoch, head = database.read(_epoch_and_head)
        started = database.read(lambda session: session.exec(select(ServerEpoch)).one())
        line = {"id": secrets.token_urlsafe(12), "at": wire_time(now), "what": EPOCH_STARTED}
        log.append([line | {"epoch": epoch, "version_floor": started.version_floor}], is_strict=True)
        size = log.path.stat().st_size
        numbers = sorted(database.read(lambda session: dict(_numbers(session, 0, head))).values())
        for first in range(0, len(numbers), _CHUNK):
            chunk = numbers[first : first + _CHUNK]
            log.append(database.read(partial(_entries, numbers=chunk)), is_strict=True)
        _write(file, Mark(epoch, head, size))
    details = {"lines": len(numbers), "replaced": digest if had_file else ""}
    database.write(lambda session: note(session, NO_COMMUNE, REWRITTEN, now, **details))
    return replaced if had_file else None


def _following(session: Session, log: DeskLog, numbers: list[int]) -> list[int]:
    """Those of the entries that come behind the newest line of their commune: somebody who deleted lines
    would have deleted others."""
    heads = newest([(log, 0)]) if numbers else {}
    found = []
    for first in range(0, len(numbers), _CHUNK):
        chosen = select(DeskEntry.number, DeskEntry.commune_id, DeskEntry.seq)
        rows = session.execute(chosen.where(col(DeskEntry.number).in_(numbers[first : first + _CHUNK])))
        found += [number for number, id, seq in rows if seq > heads.get(id, Head()).seq]
    return sorted(found)


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
    first = select(DeskEntry.commune_id, func.min(DeskEntry.seq)).group_by(col(DeskEntry.commune_id))
    return {commune_id: seq - 1 for commune_id, seq in session.execute(first)}


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
def _locked_mark(log: DeskLog) -> Iterator[int]:
    """The opened file of the mark, once no other process has it."""
    log.path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(mark_file(log), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _read(file: int) -> Mark | None:
    try:
        return Mark(**json.loads(os.pread(file, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _write(file: int, mark: Mark) -> None:
    """In one write of always the same length: a crash leaves this one or the one before."""
    os.pwrite(file, json.dumps(asdict(mark)).encode().ljust(_MARK_LENGTH), 0)
    os.fsync(file)
