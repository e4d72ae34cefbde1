"""Apply: validate, run and write one set of operations, and quarantine those that have to wait."""

from dataclasses import replace

from sqlmodel import Session

from app.core.batch import Batch
from app.core.errors import OperationReused, Rejected, Unappliable
from app.core.feed import Tombstone
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.sessions import note_sessions
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.models import FollowUp, Visit, VisitService, VisitVersion
from app.review.citizen_requests.models import CitizenRequest
from app.review.citizen_requests.recording import note_recorded
from app.sync.applying import held, ledger, preload, purged
from app.sync.applying.day_limit import TOO_MANY
from app.sync.applying.erased import ADDS, ErasureGate
from app.sync.applying.held import QuarantineCandidate
from app.sync.applying.known import answer_known
from app.sync.applying.operations import HANDLERS, RawOperation, WrittenRecord, parse_envelope
from app.sync.applying.outcome import Outcome
from app.sync.applying.push_context import PushContext
from app.sync.applying.quota import device_full_result, remaining_quota
from app.sync.wire.models import (
    LedgerEntry,
    QuarantinedOperation,
)
from app.sync.wire.protocol import Operation

# Tables in the order of their foreign keys. `Tombstone` has none and gets the lowest feed numbers: a phone
# that holds both hamlets must delete the row of the old one before it stores the row of the new one.
WRITE_ORDER = (
    Tombstone, Household, HouseholdVersion, HouseholdConsent, Visit, VisitService, VisitVersion, FollowUp,
    OutreachSession, OutreachVersion, ReportRemark, RemarkVersion, CitizenRequest, LedgerEntry,
    QuarantinedOperation,
)  # fmt: skip


def apply(session: Session, context: PushContext, sent: list[RawOperation], gate: ErasureGate) -> Outcome:
    """Apply one set: repeats are answered from the ledger, new operations run in the order of `seq`.

    Everything is written, in the caller's savepoint. Raises `DBAPIError` if the database refuses any of it.
    """
    outcome = Outcome(Batch(context.commune_id))
    new = answer_known(session, context, _within_limits(sent, outcome), outcome)
    is_recognised, labels = gate.recognise(new, context)
    if is_recognised:
        return apply(session, context, sent, gate)  # what the ledger said of them is different by now
    context = replace(context, erased_labels=labels)
    new = _forget_added(context, new, outcome, gate)
    operations = [] if context.withheld else _parse_envelopes(context, new, outcome)
    if context.withheld:
        _quarantine_all(session, context, new, outcome)
    batch = preload.load_batch(
        session, context.commune_id, [operation for _, operation in operations], context.account_id
    )
    outcome.batch = batch
    visited, counted = follow_ups.households_visited(batch), derived.states(batch)
    for raw, operation in sorted(operations, key=lambda pair: pair[1].seq):
        _run(context, raw, operation, outcome)
    if _was_overtaken(session, context, new, outcome):
        return apply(session, context, sent, gate)
    _forget_refused(context, sent, outcome, gate)
    update_follow_ups(session, batch, visited)
    _store_quarantined(session, context, outcome)
    ledger.empty_refused(session, context.commune_id, [entry["op_id"] for entry in outcome.forgotten])
    batch.write(session, WRITE_ORDER)
    derived.update(session, context.commune_id, counted, derived.states(batch), context.received_at)
    note_sessions(session, batch)
    outcome.created = created_ids(batch)
    note_recorded(session, batch, context.received_at)
    return outcome


def created_ids(batch: Batch) -> list[str]:
    """The ids of the records that the batch's operations made; others may wait for these."""
    return [
        id for model in (Household, Visit, OutreachSession, ReportRemark) for id in batch.added_ids(model)
    ]


def quarantine_unappliable(
    session: Session, context: PushContext, operation: RawOperation, gate: ErasureGate
) -> Outcome:
    """Quarantine an operation that the database refused repeatedly while it stored others."""
    outcome = Outcome(Batch(context.commune_id))
    outcome.quarantine(QuarantineCandidate(operation, "unappliable", Unappliable()))
    for raw in gate.find_all([operation], context):
        outcome.forget(raw, context)
    _store_quarantined(session, context, outcome)
    outcome.batch.write(session, WRITE_ORDER)
    return outcome


def update_follow_ups(session: Session, batch: Batch, visited_before: set[str]) -> None:
    """Recompute the follow-ups of the households whose visits changed.

    `visited_before`: the households of the loaded visits before the commands ran. A visit that moved to
    another household may reopen a follow-up of the one it left.
    """
    touched = visited_before | follow_ups.households_visited(batch)
    if not touched:
        return
    since = follow_ups.first_day(batch)
    preload.load_follow_ups_since(session, batch, touched, since)
    if households := follow_ups.households_to_update(batch, touched):
        follow_ups.update(batch, preload.load_visits_since(session, batch, households, since))


def run(batch: Batch, context: PushContext, operation: Operation) -> WrittenRecord:
    """Run one operation's command; returns the record that it wrote, for a merged household the survivor.

    Raises `OperationInvalid`, `TextRefused` and the errors of the command.
    """
    handler = HANDLERS[operation.type]
    version = handler.apply(batch, context.author(operation), operation.data)
    record_id = str(operation.data["id"])
    if handler.model is Household:
        household = batch.get(Household, record_id)
        assert household is not None, "the command has loaded or added it"
        record_id = household.get("merged_into") or record_id
    return WrittenRecord(handler.kind, record_id, version)


def _within_limits(sent: list[RawOperation], outcome: Outcome) -> list[RawOperation]:
    """Reject what is too large or nested too deeply, even under a known id; returns the other operations."""
    for raw in sent:
        if raw.error:
            outcome.reject(raw, raw.error)
    return [raw for raw in sent if not raw.error]


def _quarantine_all(
    session: Session, context: PushContext, new: list[RawOperation], outcome: Outcome
) -> None:
    """Of a push of which nothing is applied. Invalid operations too: nobody can correct them on a suspended
    phone, or in a file."""
    repeated = purged.find_repeats(session, context.commune_id, new)
    for raw in new:
        if raw.op_id in repeated:
            outcome.repeat(raw)
        elif context.withheld:
            outcome.quarantine(QuarantineCandidate(raw, context.withheld))


def _forget_added(
    context: PushContext, new: list[RawOperation], outcome: Outcome, gate: ErasureGate
) -> list[RawOperation]:
    """Answer what would make an erased household anew; returns the other operations."""
    forgotten = gate.find([raw for raw in new if raw.raw.get("type") == ADDS])
    for raw in forgotten:
        outcome.forget(raw, context)
    return [raw for raw in new if raw not in forgotten]


def _forget_refused(
    context: PushContext, sent: list[RawOperation], outcome: Outcome, gate: ErasureGate
) -> None:
    """Answer what cannot be applied because its household was erased: it is not stored as it was sent."""
    refused = [
        raw
        for raw in sent
        if outcome.results[raw.op_id]["status"] == "rejected" and raw.op_id not in outcome.skipped_ids
    ]
    waiting = [candidate.operation for candidate in outcome.candidates]
    for raw in gate.find([*refused, *waiting]):
        outcome.forget(raw, context)


def _parse_envelopes(
    context: PushContext, new: list[RawOperation], outcome: Outcome
) -> list[tuple[RawOperation, Operation]]:
    """Each new operation with its parsed form. Those of newer builds wait, the others are rejected."""
    parsed = []
    for raw in new:
        try:
            operation = parse_envelope(raw, context.commune_id)
        except held.NEWER_ERRORS as error:
            outcome.quarantine(QuarantineCandidate(raw, held.NEWER, error))
        except Rejected as error:
            outcome.reject(raw, error)
        else:
            parsed.append((raw, operation))
    return parsed


def _was_overtaken(session: Session, context: PushContext, new: list[RawOperation], outcome: Outcome) -> bool:
    """Whether another push, which committed after the ledger was read, makes these results wrong.

    It may have applied an operation that is rejected here, or created a record that a candidate waits for.
    """
    rejected = [raw.op_id for raw in new if outcome.results[raw.op_id]["status"] == "rejected"]
    if rejected and ledger.find_entries(session, context.commune_id, rejected):
        return True
    return held.dependency_arrived(session, context.commune_id, outcome.candidates)


def _run(context: PushContext, raw: RawOperation, operation: Operation, outcome: Outcome) -> None:
    if purged.is_repeat(outcome.batch, operation):
        outcome.repeat(raw)
        return
    limit = context.day_limit
    if limit and not limit.admits(operation):
        outcome.quarantine(QuarantineCandidate(raw, TOO_MANY))
        outcome.records[raw.op_id] = (held.record_kind(raw), str(operation.data.get("id")))
        return
    try:
        written = run(outcome.batch, context, operation)
    except Rejected as error:
        candidate = held.candidate_for(outcome.batch, context, raw, operation, error)
        if candidate:
            outcome.quarantine(candidate)
            outcome.records[raw.op_id] = (held.record_kind(raw), str(operation.data["id"]))
        else:
            outcome.reject(raw, error)
            if limit:
                limit.release(operation)
        return
    outcome.batch.add(LedgerEntry, ledger.entry_values(raw, context, "applied", written))
    outcome.apply(raw, written)


def _store_quarantined(session: Session, context: PushContext, outcome: Outcome) -> None:
    """Add the candidates to the quarantine and, unless another operation has the id, to the ledger.

    A candidate above the device's quota is answered `retry` and not stored.
    """
    for entry in outcome.forgotten:
        outcome.batch.add(LedgerEntry, entry)
    candidates = held.exclude_stored(session, context.commune_id, outcome.candidates)
    quota = remaining_quota(session, context) if candidates else None
    for candidate in candidates:
        raw = candidate.operation
        if quota and not quota.take(raw.payload):
            outcome.results[raw.op_id] = device_full_result(raw.op_id)
            continue
        row = outcome.batch.add(QuarantinedOperation, held.row_values(context, candidate))
        if not isinstance(candidate.error, OperationReused):
            nothing_written = WrittenRecord(row["kind"], row["record_id"], 0)
            entry = ledger.entry_values(raw, context, candidate.status, nothing_written)
            outcome.batch.add(LedgerEntry, entry)
