"""Known operations: those that were committed or rejected before are answered from what is stored of them."""

from sqlmodel import Session

from app.core.errors import OperationReused
from app.sync.applying import held, ledger
from app.sync.applying.held import QuarantineCandidate
from app.sync.applying.operations import RawOperation
from app.sync.applying.outcome import Outcome
from app.sync.applying.push_context import UNSIGNED, PushContext
from app.sync.wire.models import ERASED_HASH, LedgerEntryValues, QuarantinedOperation, QuarantineReason

Entries = dict[str, LedgerEntryValues]  # by operation id, as the rows of the quarantine
Decisions = dict[str, QuarantinedOperation]


def answer_known(
    session: Session, context: PushContext, sent: list[RawOperation], outcome: Outcome
) -> list[RawOperation]:
    """Answer the operations that were committed or rejected before; returns the new ones."""
    known = ledger.find_entries(session, context.commune_id, [raw.op_id for raw in sent])
    decisions = _find_decisions(session, context, list(known.values()))
    _give_up(session, context, sent, known, decisions)
    for raw in sent:
        if entry := known.get(raw.op_id):
            _answer(context, raw, entry, decisions.get(raw.op_id), outcome)
    unknown = [raw for raw in sent if raw.op_id not in known]
    rejections = ledger.find_rejections(session, context.commune_id, unknown)
    outcome.results |= rejections
    outcome.skipped_ids |= rejections.keys()
    return [raw for raw in unknown if raw.op_id not in rejections]


def _answer(
    context: PushContext,
    raw: RawOperation,
    entry: LedgerEntryValues,
    quarantined: QuarantinedOperation | None,
    outcome: Outcome,
) -> None:
    if not _is_same(raw, entry):
        reason: QuarantineReason = UNSIGNED if context.withheld == UNSIGNED else "op_reused"
        outcome.quarantine(QuarantineCandidate(raw, reason, OperationReused("op_id")))
        return
    result = outcome.with_left_out(ledger.repeated_result(entry), raw)
    if quarantined:
        if entry["status"] != "applied":
            result["code"] = "dropped" if quarantined.state == "dropped" else quarantined.reason
            result["fields"] = quarantined.fields
        if _is_proven(context, quarantined):
            outcome.proven.append(quarantined)
    outcome.results[raw.op_id] = result
    if entry["payload_hash"]:
        outcome.records[raw.op_id] = (entry["kind"], entry["record_id"])


def _is_same(raw: RawOperation, entry: LedgerEntryValues) -> bool:
    return entry["payload_hash"] in (raw.payload_hash, ERASED_HASH)


def _give_up(
    session: Session, context: PushContext, sent: list[RawOperation], known: Entries, decisions: Decisions
) -> None:
    """Delete the entries whose ids a phone uses for other operations than an unsigned file has, which names
    anybody's. What a supervisor has applied of one keeps its id."""
    unproven = [id for id, row in decisions.items() if row.reason == UNSIGNED and row.state != "applied"]
    if not unproven or context.withheld == UNSIGNED:
        return
    others = {raw.op_id for raw in sent if raw.op_id in unproven and not _is_same(raw, known[raw.op_id])}
    ledger.delete_entries(session, context.commune_id, sorted(others))
    for op_id in others:
        del known[op_id], decisions[op_id]


def _is_proven(context: PushContext, quarantined: QuarantinedOperation) -> bool:
    """Whether the sender proves what an unsigned file brought: a file names anybody, a session its owner."""
    is_authors = quarantined.account_id == context.account_id
    return is_authors and quarantined.reason == UNSIGNED and context.withheld != UNSIGNED


def _find_decisions(session: Session, context: PushContext, entries: list[LedgerEntryValues]) -> Decisions:
    """The quarantined rows of the entries."""
    op_ids = [entry["op_id"] for entry in entries]
    if not op_ids:
        return {}
    # Other rows of the same id belong to operations that used the id again.
    own = {(entry["op_id"], entry["payload_hash"]) for entry in entries}
    rows = held.find_by_op_ids(session, context.commune_id, op_ids)
    return {row.op_id: row for row in rows if (row.op_id, row.payload_hash) in own}
