"""Numbers: what a phone says of its queue, and whether a number it once gave out is nowhere any more.

A phone numbers its operations without gaps. A number below its next one that was neither taken in nor is
held by the phone belonged to a record that is lost; the commune should hear of it the same day. It should
also hear of a number that names two records: a phone whose storage was set back, by a system image or a
copied profile, gives its numbers out again, and has forgotten what it had not sent.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, union
from sqlmodel import Session

from app.accounts import devices
from app.core.batch import Row
from app.core.prepared import Prepared, among
from app.sync.models import LedgerEntry, Quarantined, RefusedOperation
from app.sync.operations import Sent
from app.sync.protocol import Request

_NUMBERED = (LedgerEntry, Quarantined, RefusedOperation)


def _numbered(model: Any) -> Any:
    table = model.__table__
    return select(table.c.seq).where(
        table.c.commune_id == bindparam("commune_id"),
        table.c.device_id == bindparam("device_id"),
        table.c.seq >= bindparam("first"),
        table.c.seq < bindparam("last"),
    )


def _named(model: Any) -> Any:
    table = model.__table__
    return select(table.c.seq, table.c.op_id).where(
        table.c.commune_id == bindparam("commune_id"),
        table.c.device_id == bindparam("device_id"),
        among(table.c.seq, "numbers"),
    )


_KNOWN = Prepared(union(*(_numbered(model) for model in _NUMBERED)))
_NAMED = Prepared(union(*(_named(model) for model in _NUMBERED)))
# A phone that says it gave out a million numbers more is not believed at once.
WIDEST = 100_000
# Stretches of lost numbers that are told; the next ones are, once these are settled.
MOST_GAPS = 1_000


def note_contact(
    session: Session, device: Row, request: Request, taken_in: set[int], now: datetime, *,
    is_same_history: bool,
) -> None:  # fmt: skip
    """Write down what the phone says of itself; count its lost numbers, unless it comes from another
    history of this server (after a restore it is the server that forgot). `taken_in`: the numbers of this
    exchange that the server keeps now, whatever became of them; the phone counted them as unsent."""
    unsent = max(request.queue.count - len(taken_in), 0)
    next_seq = max([device["next_seq"], request.queue.next_seq, *(number + 1 for number in taken_in)])
    device |= {
        "next_seq": next_seq,
        "last_contact_at": now,
        "queue_count": unsent,
        "queue_oldest_at": request.queue.oldest_at if unsent else None,
        "build": request.build,
        "clock_offset_ms": round((now - request.sent_at).total_seconds() * 1000),
    }
    if is_same_history:
        _count_lost(session, device, request, taken_in, now)
    devices.note(session, device)


def note_given(session: Session, device: Row, taken_in: set[int]) -> None:
    """The device has given out these numbers, though it did not say so itself."""
    device["next_seq"] = max([device["next_seq"], *(number + 1 for number in taken_in)])
    devices.note(session, device)


def used_again(session: Session, device: Row, operations: Iterable[Sent]) -> set[str]:
    """The ids of those of the operations about to be judged that come under the number of another one."""
    numbered = [one for one in operations if one.seq > 0]
    known = _ids_by_number(session, device, {one.seq for one in numbered if one.seq < device["next_seq"]})
    again = set()
    for one in numbered:
        ids = known.setdefault(one.seq, set())
        if ids and one.op_id not in ids:
            again.add(one.op_id)
        ids.add(one.op_id)
    return again


def note_reused(device: Row, count: int, now: datetime) -> None:
    """So many records were taken in under the numbers of others."""
    if count:
        device |= {"reused": device["reused"] + count, "reused_at": device["reused_at"] or now}


def _ids_by_number(session: Session, device: Row, numbers: set[int]) -> dict[int, set[str]]:
    """The ids of the operations that the server knows under these numbers of the device's."""
    known: dict[int, set[str]] = {}
    if numbers:
        asked = {"commune_id": device["commune_id"], "device_id": device["id"], "numbers": sorted(numbers)}
        for row in _NAMED.rows(session, **asked):
            known.setdefault(row["seq"], set()).add(row["op_id"])
    return known


def _count_lost(session: Session, device: Row, request: Request, taken_in: set[int], now: datetime) -> None:
    settled: int = device["settled_seq"]
    given_out = range(settled, min(device["next_seq"], settled + WIDEST))
    here = [*_each(taken_in), *device["given_up"]]
    held = _each(number for number in request.queue.held if number in given_out)
    if gaps(given_out, [*here, *held]):
        here += _each(_taken_in(session, device, given_out))
    lost = gaps(given_out, [*here, *held])[:MOST_GAPS]
    unsettled = gaps(given_out, here)
    settled = unsettled[0][0] if unsettled else given_out.stop
    device |= {
        "settled_seq": settled,
        "lost": sum(last - first + 1 for first, last in lost),
        "lost_at": (device["lost_at"] or now) if lost else None,
        "lost_numbers": lost,
        "given_up": [span for span in device["given_up"] if span[1] >= settled],
    }


def gaps(numbers: range, known: Iterable[list[int]]) -> list[list[int]]:
    """The stretches of `numbers`, first and last, that no stretch of `known` holds.

    Stretches, because a phone may claim any number: the work grows with what is known, not with that."""
    found, expected = [], numbers.start
    for first, last in sorted(known):
        if first >= numbers.stop:
            break
        if expected < first:
            found.append([expected, first - 1])
        expected = max(expected, last + 1)
    if expected < numbers.stop:
        found.append([expected, numbers.stop - 1])
    return found


def _each(numbers: Iterable[int]) -> list[list[int]]:
    """Every number as a stretch of its own."""
    return [[number, number] for number in numbers]


def _taken_in(session: Session, device: Row, numbers: range) -> set[int]:
    """The device's numbers in this range that the server knows, whatever became of them."""
    asked = {"commune_id": device["commune_id"], "device_id": device["id"]}
    rows = _KNOWN.rows(session, **asked, first=numbers.start, last=numbers.stop)
    return {row["seq"] for row in rows}
