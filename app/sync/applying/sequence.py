"""Sequence numbers: the queue that a phone reports, and the numbers that were lost or used twice.

A phone numbers its operations without gaps. A number below its next one that the server does not have and the
phone does not hold belonged to a record that is lost; the desk lists the phone the same day. It also lists a
phone that used a number for two records: its storage was replaced by an older copy (a system image, a copied
profile), which lost the records that were not sent.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, select, union
from sqlmodel import Session

from app.commune.accounts import devices
from app.commune.accounts.models import DeviceValues
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.visits.models import Visit
from app.sync.applying.operations import RawOperation
from app.sync.applying.push_context import UNSIGNED
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from app.sync.wire.protocol import Request

Span = list[int]  # first and last number, as stored in JSON
NumberedModel = type[LedgerEntry] | type[QuarantinedOperation] | type[RefusedOperation]

_MODELS: tuple[NumberedModel, ...] = (LedgerEntry, QuarantinedOperation, RefusedOperation)


def _of_device(model: NumberedModel) -> list[ColumnElement[bool]]:
    """An unsigned file proves no number of the device that it names."""
    table = table_of(model)
    is_device = [
        table.c.commune_id == bindparam("commune_id"), table.c.device_id == bindparam("device_id")
    ]  # fmt: skip
    is_proven = [table.c.reason != UNSIGNED] if model is QuarantinedOperation else []
    return [*is_device, *is_proven]


def _seqs_in_range(model: NumberedModel) -> Select[tuple[int]]:
    table = table_of(model)
    return select(table.c.seq).where(
        *_of_device(model),
        table.c.seq >= bindparam("first"),
        table.c.seq < bindparam("last"),
    )


def _ids_of_seqs(model: NumberedModel) -> Select[tuple[int, str]]:
    table = table_of(model)
    return select(table.c.seq, table.c.op_id).where(
        *_of_device(model),
        in_list(table.c.seq, "seqs"),
    )


_VISIT = table_of(Visit)
# By its author, because no index has the numbers.
_FIND_VISITS = Prepared(
    select(_VISIT.c.seq, _VISIT.c.id).where(
        _VISIT.c.commune_id == bindparam("commune_id"),
        _VISIT.c.recorded_by == bindparam("account_id"),
        _VISIT.c.withdrawn_at.is_(None),
        _VISIT.c.device_id == bindparam("device_id"),
        in_list(_VISIT.c.seq, "seqs"),
    )
)
_FIND_SEQS = Prepared(union(*(_seqs_in_range(model) for model in _MODELS)))
_FIND_IDS = Prepared(union(*(_ids_of_seqs(model) for model in _MODELS)))
MAX_RANGE = 100_000  # numbers that are checked at once: a phone may claim any
MAX_GAPS = 1_000  # gaps that are stored; those beyond are found once these are closed


def record_contact(
    session: Session, device: DeviceValues, request: Request, stored_seqs: set[int], now: datetime, *,
    is_same_epoch: bool,
) -> None:  # fmt: skip
    """Store what the phone reports, and count its lost numbers.

    `stored_seqs`: the numbers of this request that the server has now, which the phone counted as unsent.
    `is_same_epoch`: whether the phone knows the server's epoch. If not, no lost numbers are counted, because
    it was the server that lost them, in a restore.
    """
    unsent = max(request.queue.count - len(stored_seqs), 0)
    device |= {
        "next_seq": max([device["next_seq"], request.queue.next_seq, *(seq + 1 for seq in stored_seqs)]),
        "last_contact_at": now,
        "queue_count": unsent,
        "queue_oldest_at": request.queue.oldest_at if unsent else None,
        "build": request.build,
        "clock_offset_ms": round((now - request.sent_at).total_seconds() * 1000),
    }
    if is_same_epoch and request.guide_cursor is not None:
        device["guide_seq"] = request.guide_cursor
    if is_same_epoch:
        _count_lost(session, device, request, stored_seqs, now)
    devices.update_after_exchange(session, device)


def advance_next_seq(session: Session, device: DeviceValues, stored_seqs: set[int]) -> None:
    """Move the device's next number beyond those of an export file."""
    device["next_seq"] = max([device["next_seq"], *(seq + 1 for seq in stored_seqs)])
    devices.update_after_exchange(session, device)


def find_reused(session: Session, device: DeviceValues, operations: Iterable[RawOperation]) -> set[str]:
    """The ids of the operations whose sequence number belongs to another operation of the device.

    Also those of repeats of visits whose ledger entries are purged.
    """
    numbered = [operation for operation in operations if operation.seq > 0]
    seqs = {operation.seq for operation in numbered if operation.seq < device["next_seq"]}
    known = _find_ids(session, device, seqs)
    reused = set()
    for operation in numbered:
        ids = known.setdefault(operation.seq, set())
        if ids and operation.op_id not in ids:
            reused.add(operation.op_id)
        ids.add(operation.op_id)
    return reused


def count_reused(device: DeviceValues, count: int, now: datetime) -> None:
    """Add `count` operations that were stored under numbers of other operations to the device's row."""
    if count:
        device |= {"reused_count": device["reused_count"] + count, "reused_at": device["reused_at"] or now}


def _find_ids(session: Session, device: DeviceValues, seqs: set[int]) -> dict[int, set[str]]:
    """The ids of the device's operations with these numbers, by number; of an operation whose ledger entry is
    purged the id of its visit."""
    known: dict[int, set[str]] = {}
    values = {"commune_id": device["commune_id"], "device_id": device["id"]}
    if seqs:
        for row in _FIND_IDS.rows(session, **values, seqs=sorted(seqs)):
            known.setdefault(row["seq"], set()).add(row["op_id"])
    if unknown := {seq for seq in seqs - known.keys() if seq < device["settled_seq"]}:
        values["account_id"] = device["account_id"]
        for row in _FIND_VISITS.rows(session, **values, seqs=sorted(unknown)):
            known.setdefault(row["seq"], set()).add(row["id"])
    return known


def _count_lost(
    session: Session, device: DeviceValues, request: Request, stored_seqs: set[int], now: datetime
) -> None:
    settled: int = device["settled_seq"]
    used = range(settled, min(device["next_seq"], settled + MAX_RANGE))
    known = [*_spans(stored_seqs), *device["abandoned_seqs"]]
    held = _spans(seq for seq in request.queue.held if seq in used)
    if find_gaps(used, [*known, *held]):
        known += _spans(_find_seqs(session, device, used))
    lost = find_gaps(used, [*known, *held])[:MAX_GAPS]
    unsettled = find_gaps(used, known)
    settled = unsettled[0][0] if unsettled else used.stop
    device |= {
        "settled_seq": settled,
        "lost_count": sum(last - first + 1 for first, last in lost),
        "lost_at": (device["lost_at"] or now) if lost else None,
        "lost_seqs": lost,
        "abandoned_seqs": [span for span in device["abandoned_seqs"] if span[1] >= settled],
    }


def find_gaps(numbers: range, known: Iterable[Span]) -> list[Span]:
    """The spans of `numbers` that no span of `known` covers.

    The time that it takes grows with `known`, not with `numbers`, whose end the phone claims.
    """
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


def _spans(numbers: Iterable[int]) -> list[Span]:
    """Every number as a span of its own."""
    return [[number, number] for number in numbers]


def _find_seqs(session: Session, device: DeviceValues, numbers: range) -> set[int]:
    """The device's numbers in this range that the server has: committed, quarantined or refused."""
    values = {"commune_id": device["commune_id"], "device_id": device["id"]}
    rows = _FIND_SEQS.rows(session, **values, first=numbers.start, last=numbers.stop)
    return {row["seq"] for row in rows}
