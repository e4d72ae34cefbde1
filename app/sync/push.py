"""Push: apply each operation once, in the order of its device, and remember it in the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.accounts.access import Actor, writable_hamlets
from app.accounts.author import Author
from app.accounts.models import Device
from app.core.batch import Batch, Row
from app.core.db import Gone, is_servers_fault
from app.core.errors import OperationReused, Rejected, SignInRequired, Unappliable
from app.households.models import Household, HouseholdVersion
from app.sync import ground, ledger, rows
from app.sync.models import LedgerEntry, RefusedOperation
from app.sync.operations import HANDLERS, Sent, as_sent, checked, envelope
from app.sync.protocol import Operation, OperationResult, Request
from app.visits import follow_ups
from app.visits.models import FollowUp, Visit, VisitService, VisitVersion

GIVE_UP_AFTER = 5

# Tables in the order of their foreign keys; `Gone` has none, and is first because it is numbered first:
# what left comes before what came: a phone that holds both hamlets must keep the row that moved.
WRITTEN = (Gone, Household, HouseholdVersion, Visit, VisitService, VisitVersion, FollowUp, LedgerEntry)


@dataclass(frozen=True)
class Pusher:
    """Who pushes: the actor, the device, the instant of receipt, the phone's clock offset, the hamlets."""

    actor: Actor
    device_id: str
    received_at: datetime
    clock_offset: timedelta
    hamlet_ids: frozenset[str]

    def author(self, operation: Operation) -> Author:
        """The author of one operation."""
        return Author(
            account_id=self.actor.account_id,
            device_id=self.device_id,
            seq=operation.seq,
            occurred_at=operation.at,
            received_at=self.received_at,
            clock_offset=self.clock_offset,
            hamlet_ids=self.hamlet_ids,
        )


def push(session: Session, actor: Actor, request: Request, now: datetime) -> list[OperationResult]:
    """Apply the request's operations and note the device's contact; results in the order of `ops`.

    All in the caller's transaction: what a result calls `applied` is durable once that commits.
    """
    device = session.get(Device, (actor.commune_id, actor.device_id), with_for_update={"key_share": True})
    if device is None:
        raise SignInRequired
    offset = now - request.sent_at
    pusher = Pusher(actor, device.id, now, offset, writable_hamlets(session, actor, now))
    sent = [as_sent(raw) for raw in request.ops]
    once = {operation.op_id: operation for operation in reversed(sent)}  # the first of each id
    results = _apply_all(session, pusher, list(once.values()))
    ledger.keep_refused(session, actor.commune_id, device.id, now, list(once.values()), results)
    _note_contact(device, request, now, offset)
    return [_result(operation, once[operation.op_id], results) for operation in sent]


def _apply_all(session: Session, pusher: Pusher, sent: list[Sent]) -> dict[str, OperationResult]:
    """Set by set in one savepoint; if the database refuses the set, one by one, a savepoint each."""
    if not sent:
        return {}
    try:
        with session.begin_nested():
            return _apply(session, pusher, sent)
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
    results: dict[str, OperationResult] = {}
    for operation in sorted(sent, key=lambda operation: operation.seq):
        results |= _apply_alone(session, pusher, operation)
    return results


def _apply_alone(session: Session, pusher: Pusher, operation: Sent) -> dict[str, OperationResult]:
    try:
        with session.begin_nested():
            return _apply(session, pusher, [operation])
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
        refused = session.get(RefusedOperation, (pusher.actor.commune_id, operation.op_id))
        if refused is not None and refused.failures >= GIVE_UP_AFTER:
            return {operation.op_id: _refusal(operation.op_id, Unappliable())}
        return {operation.op_id: {"op_id": operation.op_id, "status": "retry"}}


def _apply(session: Session, pusher: Pusher, sent: list[Sent]) -> dict[str, OperationResult]:
    """One set: known operations answered from the ledger, the others run in the order of `seq`."""
    known = ledger.entries(session, pusher.actor.commune_id, [operation.op_id for operation in sent])
    results: dict[str, OperationResult] = {}
    fresh: dict[str, tuple[Sent, Operation]] = {}
    for operation in sent:
        entry = known.get(operation.op_id)
        try:
            if entry is not None:
                results[operation.op_id] = ledger.repeat(operation, entry)
            else:
                fresh[operation.op_id] = (operation, envelope(operation, pusher.actor.commune_id))
        except Rejected as fault:
            results[operation.op_id] = _refusal(operation.op_id, fault)
    batch = ground.survey(session, pusher.actor.commune_id, [operation for _, operation in fresh.values()])
    if ledger.entries(session, pusher.actor.commune_id, list(fresh)):
        # Another device committed one of them while we waited for the locks: judge anew.
        return _apply(session, pusher, sent)
    visited = follow_ups.households_visited(batch)
    applied = _run(batch, pusher, sorted(fresh.values(), key=lambda pair: pair[1].seq), results)
    _settle_follow_ups(session, batch, visited)
    batch.write(session, WRITTEN)
    records = applied | {op_id: (entry.kind, entry.record_id) for op_id, entry in known.items()}
    _add_rows(session, batch, pusher.actor, results, records)
    return results


def _run(
    batch: Batch,
    pusher: Pusher,
    operations: Iterable[tuple[Sent, Operation]],
    results: dict[str, OperationResult],
) -> dict[str, tuple[str, str]]:
    """Run each command; returns the kind and id of the record each applied operation wrote."""
    applied: dict[str, tuple[str, str]] = {}
    for sent, operation in operations:
        handler = HANDLERS[operation.type]
        try:
            command = checked(handler.shape, operation.data)
            handler.apply(batch, pusher.author(operation), command)
        except Rejected as fault:
            results[sent.op_id] = _refusal(sent.op_id, fault)
            continue
        record_id: str = command.id  # type: ignore[attr-defined]
        row = batch.get(handler.model, record_id)
        assert row is not None, "a command that was applied has written its record"
        entry = batch.add(LedgerEntry, _entry(pusher, sent, operation, handler.kind, row))
        applied[sent.op_id] = (handler.kind, record_id)
        done: OperationResult = {"op_id": sent.op_id, "status": "applied"}
        results[sent.op_id] = done | {"kind": handler.kind, "version": entry["version"]}
    return applied


def _entry(pusher: Pusher, sent: Sent, operation: Operation, kind: str, row: Row) -> Row:
    return {
        "op_id": sent.op_id,
        "payload_hash": sent.payload_hash,
        "kind": kind,
        "record_id": row["id"],
        "version": row["version"],
        "device_id": pusher.device_id,
        "seq": operation.seq,
        "received_at": pusher.received_at,
    }


def _settle_follow_ups(session: Session, batch: Batch, visited_before: set[str]) -> None:
    """`visited_before`: a visit that moved away leaves a household whose promise may be open again."""
    touched = visited_before | follow_ups.households_visited(batch)
    homes = follow_ups.households_to_settle(batch, touched)
    follow_ups.settle(batch, ground.visits_at(session, batch, homes))


def _add_rows(
    session: Session,
    batch: Batch,
    actor: Actor,
    results: dict[str, OperationResult],
    records: dict[str, tuple[str, str]],
) -> None:
    """Put the server's current row beside each result, where the actor's scope holds it."""
    current = rows.current(session, batch, actor, set(records.values()))
    for op_id, record in records.items():
        if record in current and results[op_id]["status"] in ("applied", "duplicate"):
            results[op_id]["row"] = current[record]


def _note_contact(device: Device, request: Request, now: datetime, offset: timedelta) -> None:
    numbers = [op["seq"] for op in request.ops if isinstance(op.get("seq"), int)]
    device.next_seq = max([device.next_seq, *(number + 1 for number in numbers if 0 <= number < 2**53)])
    device.last_contact_at = now
    device.queue_count = request.queue.count
    device.queue_oldest_at = request.queue.oldest_at
    device.build = request.build
    device.clock_offset_ms = round(offset.total_seconds() * 1000)


def _result(operation: Sent, first: Sent, results: dict[str, OperationResult]) -> OperationResult:
    same = operation.payload_hash == first.payload_hash
    return results[first.op_id] if same else _refusal(first.op_id, OperationReused("op_id"))


def _refusal(op_id: str, fault: Rejected) -> OperationResult:
    return {"op_id": op_id, "status": "rejected", "code": fault.code, "fields": fault.fields}
