"""Completing the desk log's file: entries that it lacks are found in the database and appended.

A file may lack what was committed just before a crash, and what was decided on another machine. A mark beside
it says up to which entry it is complete, so that a start compares only the entries since
(`docs/decisions/0020-a-restore-begins-a-new-epoch.md`).
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlmodel import Session, col, func, select

from app.core.db import Database
from app.core.desk_log import DeskEntry, DeskLog
from app.core.epoch import current_epoch

# Numbers before the mark that are read again: of transactions that were open while later ones were committed.
OVERLAP = 1_000
_LINE = 1_000  # bytes; a line has about 200
_CHUNK = 10_000  # ids


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
    """Append the entries that the file lacks since its mark, or all (`is_whole`).

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
        missing = database.read(lambda session: _missing(session, log, mark, last))
        for first in range(0, len(missing), _CHUNK):
            numbers = missing[first : first + _CHUNK]
            log.append(database.read(partial(_entries, numbers=numbers)))
        _write(file, Mark(epoch, last, size))
    return Caught(len(missing), head)


def mark_file(log: DeskLog) -> Path:
    """The file of the mark."""
    return log.path.with_name(f"{log.path.name}.mark")


def _epoch_and_head(session: Session) -> tuple[str, int]:
    head = session.exec(select(func.max(DeskEntry.number))).one()
    return current_epoch(session).id, head or 0


def _missing(session: Session, log: DeskLog, mark: Mark, last: int) -> list[int]:
    """The numbers of the entries up to `last` that the file lacks."""
    after = max(0, mark.number - OVERLAP)
    missing = _differences(_numbers(session, after, last), log.ids(mark.offset - OVERLAP * _LINE))
    if missing and mark.offset:
        for id in log.ids():
            missing.pop(id, None)
    return sorted(missing.values())


def _differences(stored: Iterator[tuple[str, int]], written: Iterator[str]) -> dict[str, int]:
    """The entries that are stored and not written, by id.

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
    return only_stored


def _numbers(session: Session, after: int, last: int) -> Iterator[tuple[str, int]]:
    number = col(DeskEntry.number)
    chosen = select(DeskEntry.id, DeskEntry.number).where(number > after, number <= last).order_by(number)
    yield from session.execute(chosen.execution_options(yield_per=_CHUNK))


def _entries(session: Session, numbers: Iterable[int]) -> list[dict[str, object]]:
    chosen = select(DeskEntry).where(col(DeskEntry.number).in_(numbers)).order_by(col(DeskEntry.number))
    return [row.entry for row in session.exec(chosen)]


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
