"""Quarantine: operations that the server stores and does not count, and the reason for each.

An operation is quarantined instead of rejected when no correction on the phone could help: a record that it
needs has not arrived, another phone changed the same field, or the phone may not push any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.core.batch import Batch
from app.core.db import table_of
from app.core.errors import (
    FieldConflict,
    HamletUnknown,
    HouseholdUnknown,
    LabelErased,
    NotAuthor,
    OperationReused,
    Rejected,
    TypeUnknown,
    Unappliable,
    VisitUnknown,
)
from app.core.feed import COMMUNE_WIDE, Tombstone, TombstoneValues, lock_feed
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.errors import OutreachSessionUnknown
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.errors import LeaderOnly, RemarkUnknown
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits.models import Visit
from app.sync.applying.operations import HANDLERS, FeedModel, RawOperation
from app.sync.applying.push_context import PushContext
from app.sync.wire.models import (
    LedgerStatus,
    QuarantinedOperation,
    QuarantinedOperationValues,
    QuarantineReason,
)
from app.sync.wire.protocol import Operation, OperationResult
from app.sync.wire.upcasts import VersionNewer

# Kinds of `tombstone` rows that tell the author's phones what was decided of an operation.
DROPPED, ACCEPTED, REOPENED = "operation", "accepted", "reopened"
# In an operation of another epoch these errors may only mean that a restore undid what the phone saw.
_AUTHORITY = (HamletUnknown, NotAuthor, LeaderOnly)
# What an operation waits for, by the error that it fails with until then.
_MISSING_MODELS: dict[type[Rejected], FeedModel] = {
    HouseholdUnknown: Household,
    VisitUnknown: Visit,
    OutreachSessionUnknown: OutreachSession,
    RemarkUnknown: ReportRemark,
}
_AT_HOUSEHOLD = ("visit.", "request.")  # operations whose data names the household beside the record
RECORD_UNKNOWN: tuple[type[Rejected], ...] = tuple(_MISSING_MODELS)
# The reason of an operation that a newer build wrote, and the errors that say so: a newer release applies it.
NEWER: Final = "newer"
NEWER_ERRORS = (TypeUnknown, VersionNewer)
_QUARANTINED = table_of(QuarantinedOperation)
_FIND_WAITING = Prepared(
    select(_QUARANTINED.c.op_id, _QUARANTINED.c.payload_hash).where(
        _QUARANTINED.c.commune_id == bindparam("commune_id"),
        _QUARANTINED.c.state == "open",
        in_list(_QUARANTINED.c.missing_id, "record_ids"),
    )
)


@dataclass(frozen=True)
class QuarantineCandidate:
    """An operation that a push will quarantine: the reason, the error, and the record that it waits for."""

    operation: RawOperation
    reason: QuarantineReason
    error: Rejected | None = None
    missing_id: str = ""

    @property
    def status(self) -> LedgerStatus:
        """The `status` of its ledger entry and its result."""
        return "conflict" if self.reason == "conflict" else "quarantined"

    @property
    def result(self) -> OperationResult:
        """The result for the phone; `code` is the reason."""
        return {
            "op_id": self.operation.op_id,
            "status": self.status,
            "code": self.reason,
            "kind": record_kind(self.operation),
            "fields": self.error.fields if self.error else [],
        }


def candidate_for(
    batch: Batch, context: PushContext, raw: RawOperation, operation: Operation, error: Rejected
) -> QuarantineCandidate | None:
    """How to quarantine an operation that failed with `error`; None if it is rejected instead."""
    if isinstance(error, FieldConflict):
        return QuarantineCandidate(raw, "conflict", error)
    if isinstance(error, LabelErased):
        return QuarantineCandidate(raw, "erased_label", error)
    if isinstance(error, RECORD_UNKNOWN):
        # Also if the record exists and the account may not see it: the answer does not tell that it exists.
        return QuarantineCandidate(raw, "waiting", error, missing_record_id(batch, operation, error))
    if isinstance(error, _AUTHORITY) and operation.epoch not in (None, context.epoch.id):
        return QuarantineCandidate(raw, "foreign_epoch", error)
    return None


def record_kind(operation: RawOperation) -> str:
    """The kind of record an operation writes, as `visit`; empty for an unknown type."""
    handler = HANDLERS.get(str(operation.raw.get("type")))
    return handler.kind if handler else ""


def missing_record_id(batch: Batch, operation: Operation, error: Rejected) -> str:
    """The id of the record that does not exist; empty if it exists and the account may not write it."""
    at_household = operation.type.startswith(_AT_HOUSEHOLD) and isinstance(error, HouseholdUnknown)
    record_id = str(operation.data["household_id" if at_household else "id"])
    return "" if batch.has(_MISSING_MODELS[type(error)], record_id) else record_id


def exclude_stored(
    session: Session, commune_id: str, candidates: list[QuarantineCandidate]
) -> list[QuarantineCandidate]:
    """The candidates that are not in quarantine already with the same content."""
    again = [one for one in candidates if isinstance(one.error, OperationReused | Unappliable)]
    if not again:
        return candidates
    stored = find_by_op_ids(session, commune_id, [one.operation.op_id for one in again])
    known = {(row.op_id, row.payload_hash) for row in stored}
    return [one for one in candidates if (one.operation.op_id, one.operation.payload_hash) not in known]


def find_by_op_ids(session: Session, commune_id: str, op_ids: Iterable[str]) -> list[QuarantinedOperation]:
    """All rows of these operation ids: several if an id was used again with other content."""
    wanted = select(QuarantinedOperation).where(
        col(QuarantinedOperation.commune_id) == commune_id, col(QuarantinedOperation.op_id).in_(list(op_ids))
    )
    return list(session.scalars(wanted))


def dependency_arrived(session: Session, commune_id: str, candidates: list[QuarantineCandidate]) -> bool:
    """Whether a record that a candidate waits for exists by now.

    It is looked up with the feed locked, until the transaction ends. The push that creates the record numbers
    it under the same lock and reads the quarantine after that. So either that push finds the candidate, or
    the record is found here.
    """
    waiting = [one for one in candidates if one.missing_id]
    if not waiting:
        return False
    lock_feed(session, commune_id)
    # By model: a visit with the id of the missing household is not that household.
    return any(
        _exists(
            session, model, commune_id, [one.missing_id for one in waiting if isinstance(one.error, error)]
        )
        for error, model in _MISSING_MODELS.items()
    )


def _exists(session: Session, model: FeedModel, commune_id: str, ids: list[str]) -> bool:
    if not ids:
        return False
    wanted = select(col(model.id)).where(col(model.commune_id) == commune_id, col(model.id).in_(ids)).limit(1)
    return session.execute(wanted).first() is not None


def find_waiting_for(
    session: Session, commune_id: str, record_ids: Iterable[str]
) -> list[QuarantinedOperation]:
    """The open operations that wait for one of these records."""
    # Every exchange with new records asks, and almost none finds one.
    found = _FIND_WAITING.rows(session, commune_id=commune_id, record_ids=list(record_ids))
    keys = [(commune_id, row["op_id"], row["payload_hash"]) for row in found]
    return [session.get_one(QuarantinedOperation, key) for key in keys]


def row_values(context: PushContext, candidate: QuarantineCandidate) -> QuarantinedOperationValues:
    """The new row of `QuarantinedOperation`."""
    operation, error = candidate.operation, candidate.error
    return {
        "op_id": operation.op_id,
        "payload_hash": operation.payload_hash,
        "reason": candidate.reason,
        "code": error.code if error else "",
        "fields": error.fields if error else [],
        "missing_id": candidate.missing_id,
        "kind": record_kind(operation),
        "record_id": operation.record_id,
        "payload": operation.payload,
        "account_id": context.account_id,
        "device_id": context.device_id,
        "seq": operation.seq,
        "epoch": operation.epoch,
        "acked_version": operation.acked_version,
        "clock_offset_ms": round(context.clock_offset.total_seconds() * 1000),
        "received_at": context.received_at,
        "state": "open",
        "decided_by": None,
        "decided_at": None,
    }


def put_decision_tombstone(
    session: Session, batch: Batch, quarantined: QuarantinedOperation, kind: str
) -> None:
    """Add to the batch the `tombstone` row that tells what was decided, in place of an earlier decision's.

    Only the phones of its author get it. `moved_to` of a reopened operation is the reason for which it waits.
    """
    is_decision = [
        col(Tombstone.commune_id) == quarantined.commune_id,
        col(Tombstone.id) == quarantined.op_id,
        col(Tombstone.hamlet_id) == COMMUNE_WIDE,
        col(Tombstone.kind).in_([DROPPED, ACCEPTED, REOPENED]),
    ]
    earlier = session.execute(select(table_of(Tombstone)).where(*is_decision)).mappings().all()
    batch.load(Tombstone, [{**row} for row in earlier])
    for row in [batch.get(Tombstone, (one["kind"], one["id"], one["hamlet_id"])) for one in earlier]:
        if row:
            batch.remove(Tombstone, row)
    values: TombstoneValues = {
        "kind": kind,
        "id": quarantined.op_id,
        "hamlet_id": COMMUNE_WIDE,
        "moved_to": quarantined.reason if kind == REOPENED else None,
        "account_id": quarantined.account_id,
    }
    batch.add(Tombstone, values)
