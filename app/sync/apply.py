"""Apply: one set of operations judged, run and written together, with what it brings in its wake."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from app.core.batch import Batch, Row
from app.core.db import Gone
from app.core.errors import OperationReused, Rejected, Unappliable
from app.households.models import Household, HouseholdVersion
from app.sync import ground, ledger, quarantine
from app.sync.models import LedgerEntry, Quarantined
from app.sync.operations import HANDLERS, Handler, Sent, checked, envelope
from app.sync.protocol import Operation, OperationResult
from app.sync.pusher import Pusher
from app.sync.quarantine import Kept
from app.sync.room import no_room, room_of
from app.visits import follow_ups, totals
from app.visits.models import FollowUp, Visit, VisitService, VisitVersion

# Tables in the order of their foreign keys; `Gone` has none, and is first because it is numbered first:
# what left comes before what came: a phone that holds both hamlets must keep the row that moved.
WRITTEN = (
    Gone, Household, HouseholdVersion, Visit, VisitService, VisitVersion, FollowUp, LedgerEntry, Quarantined,
)  # fmt: skip


@dataclass
class Outcome:
    """What became of a set: a result for each operation, and kind and id of the record each one is about;
    `created` are the ids of records that are new; `held_back` those that were not judged now: tried
    later, or refused before."""

    batch: Batch
    results: dict[str, OperationResult] = field(default_factory=dict)
    records: dict[str, tuple[str, str]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    held_back: set[str] = field(default_factory=set)

    def add(self, other: "Outcome") -> None:
        """What became of others, written by themselves."""
        self.results |= other.results
        self.records |= other.records
        self.created += other.created
        self.held_back |= other.held_back

    def retry(self, sent: Sent) -> None:
        self.results[sent.op_id] = {"op_id": sent.op_id, "status": "retry"}

    def hold_back(self, sent: Sent) -> None:
        """It stays on its phone, because an older one of the same record does."""
        self.held_back.add(sent.op_id)
        self.retry(sent)

    def refuse(self, sent: Sent, fault: Rejected) -> None:
        self.results[sent.op_id] = refusal(sent.op_id, fault)

    def keep(self, kept: Kept) -> None:
        self.kept.append(kept)
        self.results[kept.sent.op_id] = kept.result


def apply(session: Session, pusher: Pusher, sent: list[Sent]) -> Outcome:
    """One set: known operations answered from the ledger, the others run in the order of `seq`."""
    outcome = Outcome(Batch(pusher.commune_id))
    fresh = _answer_known(session, pusher, _bounded(sent, outcome), outcome)
    operations = [] if pusher.suspended else _opened(pusher, fresh, outcome)
    if pusher.suspended:
        _keep_all(fresh, outcome)
    outcome.batch = ground.survey(session, pusher.commune_id, [operation for _, operation in operations])
    visited, counted = follow_ups.households_visited(outcome.batch), totals.facts(outcome.batch)
    for one, operation in sorted(operations, key=lambda pair: pair[1].seq):
        _run(pusher, one, operation, outcome)
    if _taken_in_meanwhile(session, pusher, fresh, outcome):
        return apply(session, pusher, sent)
    settle_follow_ups(session, outcome.batch, visited)
    _take_in(session, pusher, outcome)
    outcome.batch.write(session, WRITTEN)
    totals.settle(session, pusher.commune_id, counted, totals.facts(outcome.batch))
    outcome.created = [*outcome.batch.added(Household), *outcome.batch.added(Visit)]
    return outcome


def given_up(session: Session, pusher: Pusher, sent: Sent) -> Outcome:
    """What the database refused again and again, alone, while others passed: kept as it was sent."""
    outcome = Outcome(Batch(pusher.commune_id))
    outcome.keep(Kept(sent, "unappliable", Unappliable()))
    _take_in(session, pusher, outcome)
    outcome.batch.write(session, WRITTEN)
    return outcome


def refusal(op_id: str, fault: Rejected) -> OperationResult:
    """The result of an operation that goes back to its author."""
    return {"op_id": op_id, "status": "rejected", "code": fault.code, "fields": fault.fields}


def settle_follow_ups(session: Session, batch: Batch, visited_before: set[str]) -> None:
    """`visited_before`: a visit that moved away leaves a household whose promise may be open again."""
    touched = visited_before | follow_ups.households_visited(batch)
    homes = follow_ups.households_to_settle(batch, touched)
    if homes:
        since = follow_ups.since(batch)
        follow_ups.settle(batch, ground.visits_at(session, batch, homes, since))


def run(batch: Batch, pusher: Pusher, operation: Operation) -> tuple[Handler, Row, int]:
    """Run one operation's command; its handler, the row of its record and the version it wrote.

    Raises the command's faults."""
    handler = HANDLERS[operation.type]
    command = checked(handler.shape, operation.data)
    version = handler.apply(batch, pusher.author(operation), command)
    row = batch.get(handler.model, command.id)  # type: ignore[attr-defined]
    if row is not None and row.get("merged_into"):
        row = batch.get(handler.model, row["merged_into"])
    assert row is not None, "a command that was applied has written its record"
    return handler, row, version


def _bounded(sent: list[Sent], outcome: Outcome) -> list[Sent]:
    """Refuse what is too large or too deep, even under an id that is known; what is left may be kept."""
    for one in sent:
        if one.fault:
            outcome.refuse(one, one.fault)
    return [one for one in sent if not one.fault]


def _answer_known(session: Session, pusher: Pusher, sent: list[Sent], outcome: Outcome) -> list[Sent]:
    """Answer what was taken in or refused before; what is left is fresh."""
    known = ledger.entries(session, pusher.commune_id, [one.op_id for one in sent])
    reasons = _reasons(session, pusher, list(known.values()))
    for one in sent:
        entry = known.get(one.op_id)
        if entry is None:
            continue
        if entry["payload_hash"] != one.payload_hash:
            outcome.keep(Kept(one, "op_reused", OperationReused("op_id")))
            continue
        result: Any = ledger.repeat(entry) | reasons.get(one.op_id, {})
        outcome.results[one.op_id] = result
        outcome.records[one.op_id] = (entry["kind"], entry["record_id"])
    unknown = [one for one in sent if one.op_id not in known]
    refused = ledger.refusals(session, pusher.commune_id, unknown)
    outcome.results |= refused
    outcome.held_back |= refused.keys()
    return [one for one in unknown if one.op_id not in refused]


def _reasons(session: Session, pusher: Pusher, entries: list[Row]) -> dict[str, dict[str, Any]]:
    """Why those that were kept apart are, or that they were dropped since."""
    apart = [entry["op_id"] for entry in entries if entry["status"] != "applied"]
    if not apart:
        return {}
    rows = quarantine.of_operations(session, pusher.commune_id, apart)
    taken_in = {(entry["op_id"], entry["payload_hash"]) for entry in entries}
    return {
        row.op_id: {"code": "dropped" if row.state == "dropped" else row.reason, "fields": row.fields}
        for row in rows
        if (row.op_id, row.payload_hash) in taken_in  # the others used its id again
    }


def _opened(pusher: Pusher, fresh: list[Sent], outcome: Outcome) -> list[tuple[Sent, Operation]]:
    opened = []
    for one in fresh:
        try:
            opened.append((one, envelope(one, pusher.commune_id)))
        except Rejected as fault:
            outcome.refuse(one, fault)
    return opened


def _taken_in_meanwhile(session: Session, pusher: Pusher, fresh: list[Sent], outcome: Outcome) -> bool:
    """Whether another phone's push has committed, since the ledger was read, what makes this judgement wrong:
    the very operation that is refused now, or the record that one is about to wait for."""
    refused = [one.op_id for one in fresh if outcome.results[one.op_id]["status"] == "rejected"]
    if refused and ledger.entries(session, pusher.commune_id, refused):
        return True
    return quarantine.there_by_now(session, pusher.commune_id, outcome.kept)


def _keep_all(fresh: list[Sent], outcome: Outcome) -> None:
    """From a suspended phone everything is kept, even what could not be applied; nobody mends it there."""
    for one in fresh:
        outcome.keep(Kept(one, "revoked"))


def _run(pusher: Pusher, sent: Sent, operation: Operation, outcome: Outcome) -> None:
    try:
        handler, row, version = run(outcome.batch, pusher, operation)
    except Rejected as fault:
        kept = quarantine.judged(outcome.batch, pusher, sent, operation, fault)
        if kept:
            outcome.keep(kept)
            outcome.records[sent.op_id] = (quarantine.kind_of(sent), str(operation.data["id"]))
        else:
            outcome.refuse(sent, fault)
        return
    record = {"status": "applied", "kind": handler.kind, "record_id": row["id"], "version": version}
    outcome.batch.add(LedgerEntry, ledger.entry(sent, pusher.device_id, pusher.received_at, **record))
    outcome.records[sent.op_id] = (handler.kind, row["id"])
    done: OperationResult = {"op_id": sent.op_id, "status": "applied", "kind": handler.kind}
    outcome.results[sent.op_id] = done | {"version": version}


def _take_in(session: Session, pusher: Pusher, outcome: Outcome) -> None:
    """Into the quarantine and, unless the id is another operation's, into the ledger."""
    kept_anew = quarantine.reused(session, pusher.commune_id, outcome.kept)
    room = room_of(session, pusher) if kept_anew else None
    for kept in kept_anew:
        if room and not room.take(kept.sent.payload):
            outcome.results[kept.sent.op_id] = no_room(kept.sent.op_id)
            continue
        row = outcome.batch.add(Quarantined, quarantine.row(pusher, kept))
        if not isinstance(kept.fault, OperationReused):
            record = {"kind": row["kind"], "record_id": row["record_id"], "version": 0}
            entry = ledger.entry(
                kept.sent, pusher.device_id, pusher.received_at, status=kept.status, **record
            )
            outcome.batch.add(LedgerEntry, entry)
