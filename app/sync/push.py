"""Push: apply each operation once, in the order of its device, and remember it in the ledger."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from app.accounts.access import Actor, writable_hamlets
from app.accounts.author import Author
from app.accounts.models import Device
from app.core.batch import Batch
from app.core.db import Gone, is_passing
from app.core.errors import (
    CommuneUnknown,
    OperationInvalid,
    OperationReused,
    OperationTooLarge,
    Rejected,
    SignInRequired,
    TypeUnknown,
    Unappliable,
    VersionUnknown,
)
from app.core.shapes import Command
from app.households import commands as households
from app.households.models import Household, HouseholdVersion
from app.sync import ground, rows
from app.sync.models import LedgerEntry, RefusedOperation
from app.sync.protocol import MAX_OPERATION_BYTES, Operation, OperationResult, Request
from app.visits import commands as visits
from app.visits import follow_ups
from app.visits.models import FollowUp, Visit, VisitService, VisitVersion

Shape = TypeVar("Shape", bound=Command)

GIVE_UP_AFTER = 5


@dataclass(frozen=True)
class Handler:
    """What an operation's type means: the record it writes, the shape of its data, the command."""

    model: type[SQLModel]
    shape: type[Command]
    apply: Callable[[Batch, Author, Any], None]

    @property
    def kind(self) -> str:
        return str(self.model.__tablename__)


HANDLERS = {
    "household.add": Handler(Household, households.AddHousehold, households.add),
    "household.amend": Handler(Household, households.AmendHousehold, households.amend),
    "visit.record": Handler(Visit, visits.RecordVisit, visits.record),
    "visit.amend": Handler(Visit, visits.AmendVisit, visits.amend),
    "visit.withdraw": Handler(Visit, visits.WithdrawVisit, visits.withdraw),
}

# Tables in the order of their foreign keys.
# What left comes before what came: a phone that holds both hamlets must keep the row that moved.
WRITTEN = (Gone, Household, HouseholdVersion, Visit, VisitService, VisitVersion, FollowUp, LedgerEntry)


@dataclass(frozen=True)
class Sent:
    """One operation as it was sent: its id, its canonical payload, and that payload's hash."""

    op_id: str
    raw: dict[str, Any]
    payload: str
    payload_hash: str


@dataclass(frozen=True)
class Pusher:
    """Who pushes: the actor, the device, the instant of receipt, the phone's clock offset, the hamlets."""

    actor: Actor
    device_id: str
    received_at: datetime
    clock_offset: timedelta
    hamlet_ids: frozenset[str]


def push(session: Session, actor: Actor, request: Request, now: datetime) -> list[OperationResult]:
    """Apply the request's operations and note the device's contact; results in the order of `ops`.

    All in the caller's transaction: what a result calls `applied` is durable once that commits.
    """
    device = session.get(Device, (actor.commune_id, actor.device_id), with_for_update={"key_share": True})
    if device is None:
        raise SignInRequired
    offset = now - request.sent_at
    pusher = Pusher(actor, device.id, now, offset, writable_hamlets(session, actor, now))
    sent = [_as_sent(raw) for raw in request.ops]
    results = _apply_all(session, pusher, sent)
    _keep_refused(session, pusher, sent, results)
    _note_contact(device, request, now, offset)
    return [results[operation.op_id] for operation in sent]


def _as_sent(raw: dict[str, Any]) -> Sent:
    parts = {name: raw.get(name) for name in ("type", "v", "commune_id", "at", "data")}
    payload = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return Sent(str(raw["op_id"]), raw, payload, hashlib.sha256(payload.encode()).hexdigest())


def _apply_all(session: Session, pusher: Pusher, sent: list[Sent]) -> dict[str, OperationResult]:
    """Set by set in one savepoint; if the database refuses the set, one by one, a savepoint each."""
    if not sent:
        return {}
    try:
        with session.begin_nested():
            return _apply(session, pusher, sent)
    except DBAPIError as error:
        if is_passing(error):
            raise
    results: dict[str, OperationResult] = {}
    for operation in sorted(sent, key=_seq):
        results |= _apply_alone(session, pusher, operation, results)
    return results


def _apply_alone(
    session: Session, pusher: Pusher, operation: Sent, earlier: dict[str, OperationResult]
) -> dict[str, OperationResult]:
    try:
        with session.begin_nested():
            return _apply(session, pusher, [operation])
    except DBAPIError as error:
        if is_passing(error):
            raise
        refused = session.get(RefusedOperation, (pusher.actor.commune_id, operation.op_id))
        if refused is not None and refused.failures >= GIVE_UP_AFTER:
            return {operation.op_id: _refusal(operation.op_id, Unappliable())}
        return earlier | {operation.op_id: {"op_id": operation.op_id, "status": "retry"}}


def _apply(session: Session, pusher: Pusher, sent: list[Sent]) -> dict[str, OperationResult]:
    """One set: known operations answered from the ledger, the others run in the order of `seq`."""
    ledger = _ledger(session, pusher.actor.commune_id, [operation.op_id for operation in sent])
    results: dict[str, OperationResult] = {}
    fresh: dict[str, tuple[Sent, Operation]] = {}
    for operation in sent:
        entry = ledger.get(operation.op_id)
        try:
            if entry is not None:
                results[operation.op_id] = _repeat(operation, entry)
            elif operation.op_id in fresh:
                _same(operation, fresh[operation.op_id][0].payload_hash)
            else:
                fresh[operation.op_id] = (operation, _envelope(pusher, operation))
        except Rejected as fault:
            results[operation.op_id] = _refusal(operation.op_id, fault)
    batch = ground.survey(session, pusher.actor.commune_id, [envelope for _, envelope in fresh.values()])
    applied = _run(batch, pusher, sorted(fresh.values(), key=lambda pair: pair[1].seq), results)
    _settle_follow_ups(session, batch)
    batch.write(session, WRITTEN)
    _add_rows(session, batch, pusher.actor, results, ledger, applied)
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
        author = Author(
            account_id=pusher.actor.account_id,
            device_id=pusher.device_id,
            seq=operation.seq,
            occurred_at=operation.at,
            received_at=pusher.received_at,
            clock_offset=pusher.clock_offset,
            hamlet_ids=pusher.hamlet_ids,
        )
        try:
            command = _checked(handler.shape, operation.data)
            handler.apply(batch, author, command)
        except Rejected as fault:
            results[sent.op_id] = _refusal(sent.op_id, fault)
            continue
        record_id = str(command.id)  # type: ignore[attr-defined]
        applied[sent.op_id] = (handler.kind, record_id)
        version = (batch.get(handler.model, record_id) or {})["version"]
        _enter(batch, pusher, sent, operation, handler.kind, record_id, version)
        results[sent.op_id] = {
            "op_id": sent.op_id,
            "status": "applied",
            "kind": handler.kind,
            "version": version,
        }
    return applied


def _enter(
    batch: Batch, pusher: Pusher, sent: Sent, operation: Operation, kind: str, record_id: str, version: int
) -> None:
    what = {"op_id": sent.op_id, "payload_hash": sent.payload_hash, "kind": kind, "record_id": record_id}
    device = {"version": version, "device_id": pusher.device_id, "seq": operation.seq}
    batch.add(LedgerEntry, what | device | {"received_at": pusher.received_at})


def _envelope(pusher: Pusher, sent: Sent) -> Operation:
    """The operation's outer part, checked: size, shape, commune, type, version."""
    if len(sent.payload) > MAX_OPERATION_BYTES:
        raise OperationTooLarge
    operation = _checked(Operation, sent.raw)
    if operation.commune_id != pusher.actor.commune_id:
        raise CommuneUnknown("commune_id")
    if operation.type not in HANDLERS:
        raise TypeUnknown("type")
    if operation.v != 1:
        raise VersionUnknown("v")
    return operation


def _checked(shape: type[Shape], data: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        known = set(shape.model_fields)
        names = {str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"]}
        raise OperationInvalid(*sorted(names & known)) from None


def _repeat(operation: Sent, entry: LedgerEntry) -> OperationResult:
    _same(operation, entry.payload_hash)
    return {"op_id": operation.op_id, "status": "duplicate", "kind": entry.kind, "version": entry.version}


def _same(operation: Sent, payload_hash: str) -> None:
    if operation.payload_hash != payload_hash:
        raise OperationReused("op_id")


def _ledger(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, LedgerEntry]:
    entries: Any = LedgerEntry
    found = session.scalars(
        select(LedgerEntry).where(entries.commune_id == commune_id, entries.op_id.in_(op_ids))
    )
    return {entry.op_id: entry for entry in found}


def _settle_follow_ups(session: Session, batch: Batch) -> None:
    touched = {str(row["household_id"]) for row in batch.rows(Visit)}
    homes = follow_ups.households_to_settle(batch, touched)
    follow_ups.settle(batch, ground.visits_at(session, batch, homes))


def _add_rows(
    session: Session,
    batch: Batch,
    actor: Actor,
    results: dict[str, OperationResult],
    ledger: dict[str, LedgerEntry],
    applied: dict[str, tuple[str, str]],
) -> None:
    """Put the server's current row beside each result, where the actor's scope holds it."""
    wanted = applied | {op_id: (entry.kind, entry.record_id) for op_id, entry in ledger.items()}
    known = rows.current(session, batch, actor, set(wanted.values()))
    for op_id, record in wanted.items():
        if record in known and results[op_id]["status"] in ("applied", "duplicate"):
            results[op_id]["row"] = known[record]


def _refusal(op_id: str, fault: Rejected) -> OperationResult:
    return {"op_id": op_id, "status": "rejected", "code": fault.code, "fields": fault.fields}


def _keep_refused(
    session: Session, pusher: Pusher, sent: list[Sent], results: dict[str, OperationResult]
) -> None:
    """Outside the savepoints: what was not applied is kept as it was sent, and how often it came."""
    refused = {op.op_id: op for op in sent if results[op.op_id]["status"] in ("rejected", "retry")}
    known = _refused(session, pusher.actor.commune_id, list(refused)) if refused else {}
    for op_id, operation in refused.items():
        row = known.get(op_id) or RefusedOperation(
            commune_id=pusher.actor.commune_id, op_id=op_id, device_id=pusher.device_id, code="", payload="",
            failures=0, received_at=pusher.received_at,
        )  # fmt: skip
        row.code = results[op_id].get("code", results[op_id]["status"])
        row.payload = operation.payload[:MAX_OPERATION_BYTES]
        row.failures += 1
        row.received_at = pusher.received_at
        session.add(row)


def _refused(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, RefusedOperation]:
    rows: Any = RefusedOperation
    found = session.scalars(
        select(RefusedOperation).where(rows.commune_id == commune_id, rows.op_id.in_(op_ids))
    )
    return {row.op_id: row for row in found}


def _note_contact(device: Device, request: Request, now: datetime, offset: timedelta) -> None:
    numbers = [op["seq"] for op in request.ops if isinstance(op.get("seq"), int)]
    device.next_seq = max([device.next_seq, *(number + 1 for number in numbers if 0 <= number < 2**53)])
    device.last_contact_at = now
    device.queue_count = request.queue.count
    device.queue_oldest_at = request.queue.oldest_at
    device.build = request.build
    device.clock_offset_ms = round(offset.total_seconds() * 1000)


def _seq(operation: Sent) -> int:
    number = operation.raw.get("seq")
    return number if isinstance(number, int) else 0
