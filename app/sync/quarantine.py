"""Quarantine: what the server keeps and does not count, and why.

An operation comes here instead of being refused when no correction on the phone could help: what it builds
upon has not arrived, somebody else changed the same field, or the phone may not push any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core.batch import Batch, Row
from app.core.db import COMMUNE_WIDE, lock_feed
from app.core.errors import (
    FieldConflict,
    HamletUnknown,
    HouseholdUnknown,
    NotAuthor,
    OperationReused,
    Rejected,
    Unappliable,
    VisitUnknown,
)
from app.households.models import Household
from app.sync.models import Quarantined
from app.sync.operations import HANDLERS, Sent
from app.sync.protocol import Operation, OperationResult
from app.sync.pusher import Pusher
from app.visits.models import Visit

# The kinds of `gone` rows that say what became of an operation: it is not counted; it was taken in after all.
DROPPED, ACCEPTED = "operation", "accepted"
# Refusals that may only mean that this database tells another history than the phone saw.
_AUTHORITY = (HamletUnknown, NotAuthor)


@dataclass(frozen=True)
class Kept:
    """One operation to be kept apart: for which `reason`, because of which `fault`, for want of what."""

    sent: Sent
    reason: str
    fault: Rejected | None = None
    missing: str = ""

    @property
    def status(self) -> str:
        return "conflict" if self.reason == "conflict" else "quarantined"

    @property
    def result(self) -> OperationResult:
        """What the phone is told; `code` is the reason."""
        fields = self.fault.fields if self.fault else []
        told: OperationResult = {"op_id": self.sent.op_id, "status": self.status, "code": self.reason}
        return told | {"kind": kind_of(self.sent), "fields": fields}


def judged(batch: Batch, pusher: Pusher, sent: Sent, operation: Operation, fault: Rejected) -> Kept | None:
    """How this refusal is kept apart; None when it goes back to its author."""
    if isinstance(fault, FieldConflict):
        return Kept(sent, "conflict", fault)
    if isinstance(fault, HouseholdUnknown | VisitUnknown):
        # One answer for what is not there and for what this account may not know of.
        return Kept(sent, "waiting", fault, missing(batch, operation, fault))
    if isinstance(fault, _AUTHORITY) and operation.epoch not in (None, pusher.history.epoch):
        return Kept(sent, "foreign_epoch", fault)
    return None


def kind_of(sent: Sent) -> str:
    """What an operation writes: `household`, `visit`, or nothing this server knows."""
    handler = HANDLERS.get(str(sent.raw.get("type")))
    return handler.kind if handler else ""


def missing(batch: Batch, operation: Operation, fault: Rejected) -> str:
    """The record that is not there; empty when it is there, and only not this account's to write."""
    model = Visit if isinstance(fault, VisitUnknown) else Household
    of_visit = model is Household and operation.type.startswith("visit.")
    record_id = str(operation.data["household_id" if of_visit else "id"])
    return "" if batch.get(model, record_id) else record_id


def reused(session: Session, commune_id: str, kept: list[Kept]) -> list[Kept]:
    """Those of `kept` that are not here already, with the same content."""
    ids = [one.sent.op_id for one in kept if isinstance(one.fault, OperationReused | Unappliable)]
    if not ids:
        return kept
    known = {(row.op_id, row.payload_hash) for row in of_operations(session, commune_id, ids)}
    return [one for one in kept if (one.sent.op_id, one.sent.payload_hash) not in known]


def of_operations(session: Session, commune_id: str, op_ids: Iterable[str]) -> list[Quarantined]:
    """Everything kept under these operations' ids."""
    rows: Any = Quarantined
    wanted = select(Quarantined).where(rows.commune_id == commune_id, rows.op_id.in_(list(op_ids)))
    return list(session.scalars(wanted))


def there_by_now(session: Session, commune_id: str, kept: list[Kept]) -> bool:
    """Whether a record that some of `kept` wait for has come meanwhile.

    Asked with the feed locked: whoever brings that record numbers it under the same lock, and looks for
    those who wait after that. So either they see what is kept, or it is not kept.
    """
    waiting = [one for one in kept if one.missing]
    if not waiting:
        return False
    lock_feed(session, commune_id)
    return any(
        session.execute(
            select(columns.id).where(columns.commune_id == commune_id, columns.id.in_(missing)).limit(1)
        ).first()
        for columns, missing in _by_model(waiting)
    )


def _by_model(waiting: list[Kept]) -> list[tuple[Any, list[str]]]:
    """What is missing, by what it would be: a visit that has the id of a household is not that household."""
    visits = [one.missing for one in waiting if isinstance(one.fault, VisitUnknown)]
    homes = [one.missing for one in waiting if not isinstance(one.fault, VisitUnknown)]
    return [(model, missing) for model, missing in ((Visit, visits), (Household, homes)) if missing]


def waiting_for(session: Session, commune_id: str, record_ids: Iterable[str]) -> list[Quarantined]:
    """The open operations that wait for one of these records."""
    rows: Any = Quarantined
    wanted = select(Quarantined).where(
        rows.commune_id == commune_id, rows.state == "open", rows.missing.in_(list(record_ids))
    )
    return list(session.scalars(wanted))


def row(pusher: Pusher, kept: Kept) -> Row:
    """The row of `Quarantined` for one operation."""
    return {
        "op_id": kept.sent.op_id,
        "payload_hash": kept.sent.payload_hash,
        "reason": kept.reason,
        "code": kept.fault.code if kept.fault else "",
        "fields": kept.fault.fields if kept.fault else [],
        "missing": kept.missing,
        "kind": kind_of(kept.sent),
        "record_id": kept.sent.record_id,
        "payload": kept.sent.payload,
        "account_id": pusher.account_id,
        "device_id": pusher.device_id,
        "seq": kept.sent.seq,
        "epoch": kept.sent.epoch,
        "got": kept.sent.got,
        "clock_offset_ms": round(pusher.clock_offset.total_seconds() * 1000),
        "received_at": pusher.received_at,
        "state": "open",
        "decided_by": None,
        "decided_at": None,
    }


def told(kept: Quarantined, kind: str) -> Row:
    """The `gone` row by which the phones of its author, and no others, hear what became of it."""
    return {
        "kind": kind,
        "id": kept.op_id,
        "hamlet_id": COMMUNE_WIDE,
        "moved_to": None,
        "account_id": kept.account_id,
    }
