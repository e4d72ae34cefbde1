"""Push: apply each operation once, in the order of its device, and enter it in the ledger."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, cast

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.commune.accounts import devices
from app.commune.accounts.access import Actor
from app.commune.accounts.models import DeviceValues
from app.core.batch import Batch
from app.core.db import is_database_failure
from app.core.epoch import current_epoch
from app.core.errors import OperationReused, SignInRequired
from app.core.sql.savepoint import savepoint
from app.fieldwork.households.wire import HouseholdRow
from app.sync import signatures, stored_rows
from app.sync.applying import ledger, sequence
from app.sync.applying.apply import apply, quarantine_unappliable
from app.sync.applying.day_limit import store_days
from app.sync.applying.erased import ErasureGate
from app.sync.applying.operations import RawOperation, raw_operation
from app.sync.applying.outcome import Outcome, rejection
from app.sync.applying.push_context import UNSIGNED, PushContext, push_context
from app.sync.applying.quota import is_device_full
from app.sync.quarantine.replay import proven_result, release_dependents, release_proven
from app.sync.wire import rows
from app.sync.wire.models import RefusedOperation, Withheld
from app.sync.wire.protocol import Data, OperationResult, Request

MAX_FAILURES = 5  # of one operation, alone, before it is quarantined


class Pushed(NamedTuple):
    """Results in the order of a request's `ops`, and the device's row after them."""

    results: list[OperationResult]
    device: DeviceValues


def push(session: Session, actor: Actor, request: Request, now: datetime) -> Pushed:
    """Apply the request's operations and record the device's contact.

    Everything happens in the caller's transaction: an `applied` result is durable once that is committed.
    Raises `SignInRequired` if the device does not exist.
    """
    device = devices.lock(session, actor)
    if device is None:
        raise SignInRequired
    epoch = current_epoch(session, actor.commune_id)
    if signatures.is_to_register(actor, device, request.device_key):
        signatures.register_sent(session, device, request.device_key, now)
    context = push_context(session, actor, device, now, now - request.sent_at, epoch)
    results, stored_seqs = _process(session, actor, context, device, request.ops)
    _update_full_since(device, results, now)
    is_same_epoch = request.epoch in (None, epoch.id)
    sequence.record_contact(session, device, request, stored_seqs, now, is_same_epoch=is_same_epoch)
    return Pushed(results, device)


def push_exported(
    session: Session,
    actor: Actor,
    device: DeviceValues,
    ops: list[Data],
    now: datetime,
    clock_offset: timedelta,
    withheld: Withheld | Literal[""] = "",
) -> list[OperationResult]:
    """Apply operations of an export file; unlike `push` it records no contact, as there is no request.

    `device`: its locked row. `clock_offset`: the server's time minus the phone's. `withheld`: why everything
    is quarantined, or empty; an unsigned file changes nothing of the device.
    """
    epoch = current_epoch(session, actor.commune_id)
    context = replace(push_context(session, actor, device, now, clock_offset, epoch), withheld=withheld)
    results, stored_seqs = _process(session, actor, context, device, ops)
    if withheld != UNSIGNED:
        _update_full_since(device, results, now)
        sequence.advance_next_seq(session, device, stored_seqs)
    return results


def _update_full_since(device: DeviceValues, results: list[OperationResult], now: datetime) -> None:
    """Note when the device first sent more than its quota; cleared once everything that it sends fits."""
    if any(is_device_full(result) for result in results):
        device["full_since"] = device["full_since"] or now
    elif results:
        device["full_since"] = None


def _process(
    session: Session, actor: Actor, context: PushContext, device: DeviceValues, ops: list[Data]
) -> tuple[list[OperationResult], set[int]]:
    """Returns the results in the order of `ops`, and the sequence numbers that the server has now."""
    sent = [raw_operation(raw) for raw in ops]
    first_by_id = {operation.op_id: operation for operation in reversed(sent)}
    operations = list(first_by_id.values())
    is_unsigned = context.withheld == UNSIGNED
    reused_ids = set() if is_unsigned else sequence.find_reused(session, device, operations)
    gate = ErasureGate(session, context.commune_id)
    outcome = _apply_all(session, _with_devices_of_phone(session, context, operations), operations, gate)
    if _release_others(session, context, outcome):
        # The released operations may have changed these rows: they are read again.
        outcome.batch = Batch(context.commune_id)
    if not actor.moved_to:  # what was the commune's here is not its newest
        _attach_rows(session, actor, outcome)
    results = outcome.results
    tried = [operation for operation in operations if operation.op_id not in outcome.skipped_ids]
    if not is_unsigned:
        ledger.store_refused(session, context, tried, results, gate)
    gate.note_recognised(context.received_at)
    if context.day_limit:
        store_days(device, context.day_limit, results)
    stored = [operation for operation in operations if results[operation.op_id]["status"] != "retry"]
    reused = sum(_is_new(results[op_id]) for op_id in reused_ids & {one.op_id for one in stored})
    sequence.count_reused(device, reused, context.received_at)
    stored_seqs = {operation.seq for operation in stored}
    return [_result(operation, first_by_id[operation.op_id], results) for operation in sent], stored_seqs


def _is_new(result: OperationResult) -> bool:
    return result["status"] != "duplicate"


def _release_others(session: Session, context: PushContext, outcome: Outcome) -> bool:
    """Apply what was quarantined before and can be applied by now; returns whether there was anything."""
    for quarantined in outcome.proven:
        is_decided = quarantined.state != "open"
        outcome.created += release_proven(session, context, quarantined)
        if is_decided:
            continue
        result, record = proven_result(session, quarantined)
        outcome.results[quarantined.op_id] = result
        outcome.records[quarantined.op_id] = record
    released = release_dependents(session, context, outcome.created) if outcome.created else 0
    return released > 0 or bool(outcome.proven)


def _with_devices_of_phone(session: Session, context: PushContext, sent: list[RawOperation]) -> PushContext:
    """For amendments, the context with all devices of the phone: its earlier writes are compared."""
    if not any(str(operation.raw.get("type")).endswith(".amend") for operation in sent):
        return context
    return replace(context, devices=devices.ids_of_phone(session, context.commune_id, context.device_id))


def _apply_all(
    session: Session, context: PushContext, sent: list[RawOperation], gate: ErasureGate
) -> Outcome:
    """Apply all in one savepoint; if the database refuses that, each in a savepoint of its own.

    An operation to be retried holds back the later ones of the same record.
    """
    if not sent:
        return Outcome(Batch(context.commune_id))
    try:
        with savepoint(session, "operations"):
            return apply(session, context, sent, gate)
    except DBAPIError as error:
        if is_database_failure(error):
            raise
    total = Outcome(Batch(context.commune_id))
    unfinished: set[str] = set()
    for operation in sorted(sent, key=lambda operation: operation.seq):
        if operation.record_id in unfinished:
            total.hold_back(operation)
            continue
        total.add(_apply_alone(session, context, operation, gate))
        if total.results[operation.op_id]["status"] == "retry":
            unfinished |= {operation.record_id} - {""}
    return total


def _apply_alone(
    session: Session, context: PushContext, operation: RawOperation, gate: ErasureGate
) -> Outcome:
    try:
        with savepoint(session, "operations"):
            return apply(session, context, [operation], gate)
    except DBAPIError as error:
        if is_database_failure(error):
            raise
    refused = session.get(RefusedOperation, (context.commune_id, operation.op_id))
    if refused is not None and refused.failures >= MAX_FAILURES:
        return quarantine_unappliable(session, context, operation, gate)
    outcome = Outcome(Batch(context.commune_id))
    outcome.retry(operation)
    return outcome


def _attach_rows(session: Session, actor: Actor, outcome: Outcome) -> None:
    """Add the server's current row to each result, if it is in the actor's scope."""
    current = rows.current_rows(session, outcome.batch, actor, set(outcome.records.values()))
    households = [row for (kind, _), row in current.items() if kind == "household"]
    stored_rows.hide_numbers(session, actor, cast(list[HouseholdRow], households))
    for op_id, record in outcome.records.items():
        if record in current and outcome.results[op_id]["status"] in ("applied", "duplicate", "conflict"):
            outcome.results[op_id]["row"] = current[record]


def _result(
    operation: RawOperation, first: RawOperation, results: dict[str, OperationResult]
) -> OperationResult:
    is_same = operation.payload_hash == first.payload_hash
    return results[first.op_id] if is_same else rejection(first.op_id, OperationReused("op_id"))
