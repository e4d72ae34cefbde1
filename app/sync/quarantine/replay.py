"""Replay: apply quarantined operations after all, as if their authors sent them now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.commune.accounts.access import AccessPeriod, access_periods, actor_for
from app.commune.accounts.devices import ids_of_phone
from app.commune.accounts.models import Account
from app.core.db import is_database_failure
from app.core.epoch import Epoch, current_epoch
from app.core.errors import FieldConflict, LabelErased, Rejected, Unappliable
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.sessions import note_sessions
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.commands import vouch
from app.fieldwork.visits.models import Visit
from app.review.citizen_requests.recording import note_recorded
from app.sync.applying import held, preload
from app.sync.applying.apply import WRITE_ORDER, created_ids, run, update_follow_ups
from app.sync.applying.erased import has_erased_label
from app.sync.applying.operations import from_payload, parse_envelope
from app.sync.applying.push_context import UNSIGNED, PushContext
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.sync.wire.protocol import Operation, OperationResult


def release_dependents(session: Session, context: PushContext, created: Sequence[str]) -> int:
    """Retry the operations that wait for the records just `created`, and those that wait for these in turn.

    Call it after the records are written, with the feed locked (see `held.dependency_arrived`). An operation
    that needs another missing record waits for that one; one that still cannot be applied stays in
    quarantine, with the error as its `code`. Returns how many operations were retried.
    """
    count = 0
    while created:
        created_next: list[str] = []
        waiting = held.find_waiting_for(session, context.commune_id, created)
        for quarantined in sorted(waiting, key=lambda row: (row.device_id, row.seq)):
            count += 1
            created_next += _release_or_record(session, quarantined, context.epoch, context.received_at)
        created = created_next
    return count


def release_proven(session: Session, context: PushContext, quarantined: QuarantinedOperation) -> list[str]:
    """Apply what an unsigned file brought, now that its own phone sends it; returns the ids of the records it
    created. What a revoked phone sends goes on waiting, as everything else of it does. A decision stands, but
    the author stands for what it has applied.

    If it cannot be applied it waits for the reason that follows from that.
    """
    if quarantined.state == "applied" and context.withheld:
        return []  # a revoked phone proves nothing: the supervisor goes on vouching
    quarantined.reason = context.withheld or "waiting"
    session.add(quarantined)
    session.flush()
    if quarantined.state == "applied":
        _end_vouching(session, quarantined)
    if quarantined.state != "open" or context.withheld:
        return []
    return _release_or_record(session, quarantined, context.epoch, context.received_at)


def _end_vouching(session: Session, quarantined: QuarantinedOperation) -> None:
    batch = preload.load_batch(session, quarantined.commune_id, [stored_operation(quarantined)])
    visit = batch.get(Visit, quarantined.record_id)
    if visit and visit["vouched_by"] and not visit["disowned_at"]:
        vouch(batch, quarantined.record_id, None)
        batch.write(session, WRITE_ORDER)


def proven_result(
    session: Session, quarantined: QuarantinedOperation
) -> tuple[OperationResult, tuple[str, str]]:
    """The result of an operation after `release_proven`, and the kind and id of its record."""
    entry = ledger_entry(session, quarantined)
    assert entry is not None, "the operation was found by it"
    result: OperationResult = {"op_id": entry.op_id, "status": entry.status, "kind": entry.kind}
    if entry.status == "applied":
        result["version"] = entry.version
    else:
        entry.status = result["status"] = "conflict" if quarantined.reason == "conflict" else "quarantined"
        result |= {"code": quarantined.reason, "fields": quarantined.fields}
    entry.seq = quarantined.seq
    session.add(entry)
    return result, (entry.kind, entry.record_id)


def retry(session: Session, quarantined: QuarantinedOperation, now: datetime) -> None:
    """Apply an open operation if that is possible by now, and then those that waited for the records that it
    creates."""
    epoch = current_epoch(session, quarantined.commune_id)
    if created := _release_or_record(session, quarantined, epoch, now):
        context = current_context(session, quarantined, epoch)
        release_dependents(session, replace(context, received_at=now), created)


def _release_or_record(
    session: Session, quarantined: QuarantinedOperation, epoch: Epoch, now: datetime
) -> list[str]:
    try:
        with session.begin_nested():
            return release(session, quarantined, current_context(session, quarantined, epoch), now)
    except Rejected as error:
        record_failure(session, quarantined, error, next_missing_id(session, quarantined, error))
    except DBAPIError as error:
        if is_database_failure(error):
            raise
        record_failure(session, quarantined, Unappliable())
    return []


def release(
    session: Session,
    quarantined: QuarantinedOperation,
    context: PushContext,
    now: datetime,
    decided_by: str | None = None,
    chosen: Operation | None = None,
) -> list[str]:
    """Apply one quarantined operation; returns the ids of the records it created.

    `chosen`: the part of the operation that `decided_by` chose. Raises the errors of its command, and without
    `decided_by` `LabelErased`; then nothing is written.
    """
    operation = chosen or stored_operation(quarantined)
    if decided_by is None:
        refuse_erased_label(session, operation)
    batch = preload.load_batch(session, quarantined.commune_id, [operation], context.account_id)
    visited, counted = follow_ups.households_visited(batch), derived.states(batch)
    written = run(batch, replace(context, applied_at=now), operation)
    if quarantined.reason == UNSIGNED and decided_by:
        vouch(batch, written.record_id, decided_by)
    update_follow_ups(session, batch, visited)
    entry = ledger_entry(session, quarantined)
    if entry:
        held.put_decision_tombstone(session, batch, quarantined, held.ACCEPTED)
    batch.write(session, WRITE_ORDER)
    derived.update(session, quarantined.commune_id, counted, derived.states(batch), now)
    note_sessions(session, batch)
    if entry:
        entry.status, entry.seq = "applied", quarantined.seq
        entry.kind, entry.record_id, entry.version = written
        session.add(entry)
    quarantined.state, quarantined.missing_id = "applied", ""
    quarantined.decided_by, quarantined.decided_at = decided_by, now
    session.add(quarantined)
    session.flush()
    note_recorded(session, batch, now)
    return created_ids(batch)


def refuse_erased_label(session: Session, operation: Operation) -> None:
    """Raises `LabelErased` for a household with the label of an erased one."""
    if has_erased_label(session, operation):
        raise LabelErased("head_name")


def ledger_entry(session: Session, quarantined: QuarantinedOperation) -> LedgerEntry | None:
    """The operation's ledger entry; None if the entry of this id belongs to another operation.

    It does not belong to what an unsigned file brought, if the phone has sent another one under the id.
    """
    entry = session.get(LedgerEntry, (quarantined.commune_id, quarantined.op_id))
    if entry is None or entry.payload_hash == quarantined.payload_hash:
        return entry
    if quarantined.reason == "op_reused":
        key = (quarantined.commune_id, quarantined.op_id, entry.payload_hash)
        holder = session.get(QuarantinedOperation, key)
        if holder is not None and holder.reason == UNSIGNED:
            entry.payload_hash = quarantined.payload_hash
            return entry
    return None


def original_context(
    quarantined: QuarantinedOperation,
    periods: Iterable[AccessPeriod],
    epoch: Epoch,
    devices: frozenset[str] = frozenset(),
    *,
    is_leader: bool = True,
) -> PushContext:
    """The context in which the operation was received, with other access periods.

    The day on which a visit counts was fixed at the first receipt: `received_at` and the clock offset stay.
    `is_leader`: of an operation that a supervisor decides on, nobody asks whether its author still leads.
    """
    return PushContext(
        commune_id=quarantined.commune_id,
        account_id=quarantined.account_id,
        device_id=quarantined.device_id,
        received_at=quarantined.received_at,
        clock_offset=timedelta(milliseconds=quarantined.clock_offset_ms),
        access_periods=tuple(periods),
        epoch=epoch,
        devices=devices,
        is_leader=is_leader,
    )


def current_context(session: Session, quarantined: QuarantinedOperation, epoch: Epoch) -> PushContext:
    """The original context, with the access periods and devices that its author has by now."""
    account = session.get(Account, (quarantined.commune_id, quarantined.account_id))
    assert account is not None, "a foreign key ensures it"
    periods = access_periods(session, actor_for(session, account), quarantined.received_at, lock=True)
    devices = ids_of_phone(session, quarantined.commune_id, quarantined.device_id)
    is_leader = account.role == "leader"
    return original_context(quarantined, periods, epoch, devices, is_leader=is_leader)


def stored_operation(quarantined: QuarantinedOperation) -> Operation:
    """The operation as its author sent it. Raises the errors of `operations.parse_envelope`."""
    raw = from_payload(
        quarantined.op_id,
        quarantined.seq,
        quarantined.payload,
        epoch=quarantined.epoch,
        acked_version=quarantined.acked_version,
    )
    return parse_envelope(raw, quarantined.commune_id)


def record_failure(
    session: Session, quarantined: QuarantinedOperation, error: Rejected, missing_id: str = ""
) -> None:
    """Store why the operation could not be applied, and the `reason` that follows from the error.

    `missing_id`: the record that it waits for. If a record is unknown and there is no
    `missing_id`, the record exists and its author may not write it: the operation waits for a decision.
    """
    quarantined.reason = "unappliable"
    if isinstance(error, FieldConflict):
        quarantined.reason = "conflict"
    elif isinstance(error, LabelErased):
        quarantined.reason = "erased_label"
    elif isinstance(error, held.RECORD_UNKNOWN):
        quarantined.reason = "waiting"
    quarantined.code, quarantined.fields, quarantined.missing_id = error.code, error.fields, missing_id
    session.add(quarantined)
    session.flush()


def next_missing_id(session: Session, quarantined: QuarantinedOperation, error: Rejected) -> str:
    """The id of another record that the operation needs and that does not exist; empty if there is none."""
    if not isinstance(error, held.RECORD_UNKNOWN):
        return ""
    operation = stored_operation(quarantined)
    batch = preload.load_batch(session, quarantined.commune_id, [operation])
    return held.missing_record_id(batch, operation, error)
