"""Push: apply each operation once, in the order of its device, and remember it in the ledger."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.accounts import devices
from app.accounts.access import Actor
from app.core.batch import Batch, Row
from app.core.db import history_of, is_servers_fault
from app.core.errors import OperationReused, SignInRequired
from app.sync import ledger, numbers, rows
from app.sync.apply import Outcome, apply, given_up, refusal
from app.sync.models import RefusedOperation
from app.sync.operations import Sent, as_sent
from app.sync.protocol import OperationResult, Request
from app.sync.pusher import Pusher, pusher_of
from app.sync.release import release_waiting
from app.sync.room import is_no_room

GIVE_UP_AFTER = 5


def push(session: Session, actor: Actor, request: Request, now: datetime) -> list[OperationResult]:
    """Apply the request's operations and note the device's contact; results in the order of `ops`.

    All in the caller's transaction: what a result calls `applied` is durable once that commits.
    """
    device = devices.lock(session, actor)
    if device is None:
        raise SignInRequired
    history = history_of(session)
    pusher = pusher_of(session, actor, device, now, now - request.sent_at, history)
    results, taken_in = _judge(session, actor, pusher, device, request.ops)
    _note_room(device, results, now)
    numbers.note_contact(
        session, device, request, taken_in, now, is_same_history=request.epoch in (None, history.epoch)
    )
    return results


def push_kept(
    session: Session, actor: Actor, device: Row, ops: list[dict[str, Any]], now: datetime, offset: timedelta
) -> list[OperationResult]:
    """The same for operations that did not come from the phone itself, which says nothing of itself then.

    `device` is locked; `offset` is its clock's. Whether what comes is kept apart, `actor` says.
    """
    pusher = pusher_of(session, actor, device, now, offset, history_of(session))
    pusher = replace(pusher, suspended=actor.suspended)
    results, taken_in = _judge(session, actor, pusher, device, ops)
    _note_room(device, results, now)
    numbers.note_given(session, device, taken_in)
    return results


def _note_room(device: Row, results: list[OperationResult], now: datetime) -> None:
    """Since when the device has brought what finds no room; not any more, once all of it did."""
    if any(is_no_room(result) for result in results):
        device["full_since"] = device["full_since"] or now
    elif results:
        device["full_since"] = None


def _judge(
    session: Session, actor: Actor, pusher: Pusher, device: Row, ops: list[dict[str, Any]]
) -> tuple[list[OperationResult], set[int]]:
    """Results in the order of `ops`, and the numbers that the server keeps now."""
    sent = [as_sent(raw) for raw in ops]
    once = {operation.op_id: operation for operation in reversed(sent)}  # the first of each id
    operations = list(once.values())
    again = numbers.used_again(session, device, operations)
    outcome = _apply_all(session, _with_own_devices(session, pusher, operations), operations)
    _bring_in_its_wake(session, pusher, outcome)
    _add_rows(session, actor, outcome)
    results = outcome.results
    ledger.keep_refused(
        session, pusher, [one for one in operations if one.op_id not in outcome.held_back], results
    )
    kept = [one for one in operations if results[one.op_id]["status"] != "retry"]
    numbers.note_reused(device, sum(one.op_id in again for one in kept), pusher.received_at)
    taken_in = {one.seq for one in kept}
    return [_result(operation, once[operation.op_id], results) for operation in sent], taken_in


def _with_own_devices(session: Session, pusher: Pusher, sent: list[Sent]) -> Pusher:
    """An amendment is compared with what the author's phone wrote before, also as another device."""
    if not any(str(one.raw.get("type")).endswith(".amend") for one in sent):
        return pusher
    return replace(pusher, devices=devices.of_same_phone(session, pusher.commune_id, pusher.device_id))


def _apply_all(session: Session, pusher: Pusher, sent: list[Sent]) -> Outcome:
    """Set by set in one savepoint; if the database refuses the set, one by one, a savepoint each.

    What follows upon one that is to be tried again, of the same record, is held back with it.
    """
    if not sent:
        return Outcome(Batch(pusher.commune_id))
    try:
        with session.begin_nested():
            return apply(session, pusher, sent)
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
    together = Outcome(Batch(pusher.commune_id))
    unfinished: set[str] = set()
    for operation in sorted(sent, key=lambda operation: operation.seq):
        if operation.record_id in unfinished:
            together.hold_back(operation)
            continue
        together.add(_apply_alone(session, pusher, operation))
        if together.results[operation.op_id]["status"] == "retry":
            unfinished |= {operation.record_id} - {""}
    return together


def _apply_alone(session: Session, pusher: Pusher, operation: Sent) -> Outcome:
    try:
        with session.begin_nested():
            return apply(session, pusher, [operation])
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
    refused = session.get(RefusedOperation, (pusher.commune_id, operation.op_id))
    if refused is not None and refused.failures >= GIVE_UP_AFTER:
        return given_up(session, pusher, operation)
    outcome = Outcome(Batch(pusher.commune_id))
    outcome.retry(operation)
    return outcome


def _bring_in_its_wake(session: Session, pusher: Pusher, outcome: Outcome) -> None:
    """What waited for the records that are new now. It may have changed them: their rows are read anew."""
    if outcome.created and release_waiting(session, pusher, outcome.created):
        outcome.batch = Batch(pusher.commune_id)


def _add_rows(session: Session, actor: Actor, outcome: Outcome) -> None:
    """Put the server's current row beside each result, where the actor's scope holds it."""
    current = rows.current(session, outcome.batch, actor, set(outcome.records.values()))
    for op_id, record in outcome.records.items():
        if record in current and outcome.results[op_id]["status"] in ("applied", "duplicate", "conflict"):
            outcome.results[op_id]["row"] = current[record]


def _result(operation: Sent, first: Sent, results: dict[str, OperationResult]) -> OperationResult:
    same = operation.payload_hash == first.payload_hash
    return results[first.op_id] if same else refusal(first.op_id, OperationReused("op_id"))
