"""Undo of *Nhận* and *Bỏ*, for one day: the operation is open again, as if nobody had decided.

What *Nhận* created is deleted, and phones get a tombstone of it. That is refused once anything else was done
with the record, because another person's work would go with it. A change or withdrawal of an existing record
is not undone: its author, or a supervisor, changes the record again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.core.batch import Batch, Row
from app.core.db import BatchModel, table_of
from app.core.feed import Tombstone
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.sessions import note_sessions
from app.fieldwork.households.models import Household, HouseholdValues, HouseholdVersion
from app.fieldwork.households.versions import of_household
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues
from app.fieldwork.periods.queries import has_closed
from app.fieldwork.remarks.models import RemarkValues, ReportRemark
from app.fieldwork.remarks.operations import add_tombstone as add_remark_tombstone
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.models import FollowUp, Visit, VisitService, VisitValues, VisitVersion
from app.review.decisions.models import Decision
from app.review.deduplication.models import HouseholdMerge, NotDuplicate
from app.sync.applying import held, preload
from app.sync.applying.apply import WRITE_ORDER
from app.sync.quarantine.decisions import lock_operation, log_decision
from app.sync.quarantine.replay import ledger_entry, retry, stored_operation
from app.sync.quarantine.view import DECIDED_TIME
from app.sync.wire.models import QuarantinedOperation

# Why an undo is refused.
CHANGED, LATE, NOT_CREATED, REQUESTED, CLOSED = "changed", "late", "not_created", "requested", "closed"
AMENDED, REVIEWED, WITHDRAWN, MERGED, VISITED = "amended", "reviewed", "withdrawn", "merged", "visited"
_CREATING = ("visit.record", "household.add", "outreach.record", "remark.record")


@dataclass(frozen=True)
class _Accepted:
    """What one decision applied. `attached_id`: the missing household that it made exist, or empty."""

    operations: list[QuarantinedOperation]
    attached_id: str
    decided_at: datetime

    @property
    def record_ids(self) -> list[str]:
        return [one.record_id for one in self.operations]


def undo(session: Session, actor: Actor, op_id: str, payload_hash: str, seen: str, now: datetime) -> str:
    """*Hoàn tác*; returns why it is refused, and then nothing changes, or an empty text.

    `seen`: the state that the supervisor was shown. An attachment is undone for all visits that it applied.
    Raises `NotFound`.
    """
    quarantined = lock_operation(session, actor, op_id, payload_hash)
    if quarantined.state == "open":
        return ""
    if quarantined.state != seen:
        return CHANGED
    if refusal := refusal_of(quarantined, now):
        return refusal
    if quarantined.state == "applied":
        return _undo_acceptance(session, actor, _accepted(session, actor, quarantined), now)
    batch = Batch(actor.commune_id)
    _reopen(session, actor, batch, quarantined, now)
    batch.write(session, WRITE_ORDER)
    if quarantined.reason == "waiting" and not quarantined.missing_id:
        # As if nobody had dropped it: its own phone may have sent it since a file brought it.
        retry(session, quarantined, now)
    return ""


def refusal_of(quarantined: QuarantinedOperation, now: datetime) -> str:
    """Why the undo of a decided operation is refused whatever became of its record; empty if it is not."""
    if quarantined.decided_at is None or now - quarantined.decided_at > DECIDED_TIME:
        return LATE
    if quarantined.state == "dropped":
        return ""
    # Without `decided_by` it was not decided: the record that it waited for arrived.
    kind = stored_operation(quarantined).type
    if kind == "request.record":
        return REQUESTED  # its clock runs: the desk closes it
    return "" if quarantined.decided_by and kind in _CREATING else NOT_CREATED


def _undo_acceptance(session: Session, actor: Actor, accepted: _Accepted, now: datetime) -> str:
    before = Batch(actor.commune_id)
    _load(session, before, accepted)
    if refusal := _refusal_of_records(session, before, accepted):
        return refusal
    _withdraw_visits(session, before, accepted, now)
    batch = Batch(actor.commune_id)
    _load(session, batch, accepted)
    _delete(batch, accepted)
    for quarantined in accepted.operations:
        waits = accepted.attached_id if quarantined.reason == "waiting" else ""
        _reopen(session, actor, batch, quarantined, now, waits)
    batch.write(session, WRITE_ORDER)
    note_sessions(session, before)
    return ""


def _accepted(session: Session, actor: Actor, quarantined: QuarantinedOperation) -> _Accepted:
    """The operation, and if it was attached, all that this applied."""
    assert quarantined.decided_at is not None, "decided, see `refusal_of`"
    household_id = str(stored_operation(quarantined).data.get("household_id", ""))
    first = visible_to(actor, HouseholdVersion).where(
        col(HouseholdVersion.household_id) == household_id,
        col(HouseholdVersion.base_version) == 0,
        col(HouseholdVersion.device_id).is_(None),
        col(HouseholdVersion.written_by) == quarantined.decided_by,
        col(HouseholdVersion.received_at) == quarantined.decided_at,
    )
    if not household_id or session.exec(first).first() is None:
        return _Accepted([quarantined], "", quarantined.decided_at)
    together = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.state) == "applied",
        col(QuarantinedOperation.kind) == "visit",
        col(QuarantinedOperation.decided_at) == quarantined.decided_at,
    )
    rows = session.exec(together.with_for_update()).all()
    group = [one for one in rows if stored_operation(one).data.get("household_id") == household_id]
    return _Accepted(group, household_id, quarantined.decided_at)


def _load(session: Session, batch: Batch, accepted: _Accepted) -> None:
    """The created records and what belongs to them; visits are locked before households, as in a push."""
    visit, household = table_of(Visit), table_of(Household)
    ids = accepted.record_ids
    batch.load(Visit, _rows(session, batch, Visit, visit.c.id.in_(ids), lock=True))
    wanted = [*ids, accepted.attached_id, *(row["household_id"] for row in batch.rows(Visit))]
    batch.load(Household, _rows(session, batch, Household, household.c.id.in_(wanted), lock=True))
    for model, column in (
        (VisitService, table_of(VisitService).c.visit_id),
        (VisitVersion, table_of(VisitVersion).c.visit_id),
        (OutreachSession, table_of(OutreachSession).c.id),
        (ReportRemark, table_of(ReportRemark).c.id),
    ):
        batch.load(model, _rows(session, batch, model, column.in_(ids)))
    owned = [*ids, accepted.attached_id]
    versions, tombstones = table_of(HouseholdVersion).c, table_of(Tombstone).c
    batch.load(HouseholdVersion, _rows(session, batch, HouseholdVersion, versions.household_id.in_(owned)))
    batch.load(Tombstone, _rows(session, batch, Tombstone, tombstones.id.in_(owned)))
    in_households = table_of(FollowUp).c.household_id.in_(wanted)
    batch.load(FollowUp, _rows(session, batch, FollowUp, in_households))


def _refusal_of_records(session: Session, batch: Batch, accepted: _Accepted) -> str:
    """Why something that was done since forbids to delete the records; empty if nothing was."""
    for quarantined in accepted.operations:
        operation = stored_operation(quarantined)
        visit = batch.get(Visit, quarantined.record_id)
        if operation.type not in _CREATING or _was_amended(batch, quarantined.record_id):
            return AMENDED
        if visit and (refusal := _refusal_of_visit(session, batch, visit)):
            return refusal
        if visit and _was_merged(session, batch, visit, accepted.decided_at):
            return MERGED
    rows = *batch.rows(Visit), *batch.rows(OutreachSession), *batch.rows(ReportRemark)
    if has_closed(session, batch.commune_id, [(row["counted_on"], row["counted_since"]) for row in rows]):
        return CLOSED
    for household in _created_households(batch, accepted):
        if refusal := _refusal_of_household(session, batch, household, accepted.record_ids):
            return refusal
    return ""


def _refusal_of_visit(session: Session, batch: Batch, visit: VisitValues) -> str:
    if visit["withdrawn_at"]:
        return WITHDRAWN
    if visit["version"] != 1 or list(batch.rows(VisitVersion)):
        return AMENDED
    decided = _exists(session, batch, Decision, table_of(Decision).c.visit_id == visit["id"])
    return REVIEWED if decided or visit["review_state"] != "received" else ""


def _was_amended(batch: Batch, record_id: str) -> bool:
    """Whether an outreach session or remark of this id was amended or withdrawn since it was recorded."""
    one: OutreachSessionValues | RemarkValues | None = batch.get(OutreachSession, record_id)
    one = one or batch.get(ReportRemark, record_id)
    return one is not None and (one["version"] != 1 or one["withdrawn_at"] is not None)


def _was_merged(session: Session, batch: Batch, visit: VisitValues, since: datetime) -> bool:
    """Whether a merge since then may have brought the visit to its household: its undo would move it."""
    merge = table_of(HouseholdMerge).c
    into = (merge.surviving_id == visit["household_id"]) & merge.undone_at.is_(None)
    return _exists(session, batch, HouseholdMerge, into & (merge.merged_at > since))


def _refusal_of_household(
    session: Session, batch: Batch, household: HouseholdValues, deleted: list[str]
) -> str:
    """A household that only leads to another one may always be deleted: its visits are at that one."""
    first = min(row["version"] for row in of_household(batch, household["id"]))
    if household["merged_into"] and household["version"] == first:
        return ""
    pair, merge, id = table_of(NotDuplicate).c, table_of(HouseholdMerge).c, household["id"]
    if (
        household["merged_at"]
        or _exists(session, batch, NotDuplicate, or_(pair.first_id == id, pair.second_id == id))
        or _exists(session, batch, HouseholdMerge, or_(merge.losing_id == id, merge.surviving_id == id))
    ):
        return MERGED
    if household["version"] != first:
        return AMENDED
    visit = table_of(Visit).c
    others = (visit.household_id == id) & visit.id.not_in(deleted)
    return VISITED if _exists(session, batch, Visit, others) else ""


def _created_households(batch: Batch, accepted: _Accepted) -> list[HouseholdValues]:
    ids = {*accepted.record_ids, accepted.attached_id}
    return [row for row in batch.rows(Household) if row["id"] in ids]


def _withdraw_visits(session: Session, batch: Batch, accepted: _Accepted, now: datetime) -> None:
    """Derive everything without them: a need that one of them listed refers to its row until then."""
    if not (visits := list(batch.rows(Visit))):
        return
    before = derived.load_states(session, batch.commune_id, accepted.record_ids)
    for visit in visits:
        batch.change(Visit, visit)["withdrawn_at"] = now
    households, since = {visit["household_id"] for visit in visits}, follow_ups.first_day(batch)
    follow_ups.update(batch, preload.load_visits_since(session, batch, households, since))
    batch.write(session, WRITE_ORDER)
    derived.update(session, batch.commune_id, before, {}, now)


def _delete(batch: Batch, accepted: _Accepted) -> None:
    for visit in list(batch.rows(Visit)):
        add_tombstone(batch, "visit", visit["id"], visit["hamlet_id"])
        batch.remove(Visit, visit)
    for service in list(batch.rows(VisitService)):
        batch.remove(VisitService, service)
    _delete_sessions_and_remarks(batch)
    created = _created_households(batch, accepted)
    for version in list(batch.rows(HouseholdVersion)):
        batch.remove(HouseholdVersion, version)
    for household in created:
        add_tombstone(batch, "household", household["id"], household["hamlet_id"])
        batch.remove(Household, household)


def _delete_sessions_and_remarks(batch: Batch) -> None:
    for one in list(batch.rows(OutreachSession)):
        add_tombstone(batch, "outreach_session", one["id"], one["hamlet_id"])
        batch.remove(OutreachSession, one)
    for remark in list(batch.rows(ReportRemark)):
        add_remark_tombstone(batch, remark)
        batch.remove(ReportRemark, remark)


def _reopen(
    session: Session,
    actor: Actor,
    batch: Batch,
    quarantined: QuarantinedOperation,
    now: datetime,
    missing_id: str = "",
) -> None:
    """The operation is open again, and its ledger entry says so to a phone that sends it again."""
    entry = ledger_entry(session, quarantined)
    if entry:
        held.put_decision_tombstone(session, batch, quarantined, held.REOPENED)
        entry.status = "conflict" if quarantined.reason == "conflict" else "quarantined"
        entry.kind, entry.record_id, entry.version = quarantined.kind, quarantined.record_id, 0
        session.add(entry)
    quarantined.state, quarantined.decided_by, quarantined.decided_at = "open", None, None
    quarantined.missing_id = missing_id or quarantined.missing_id
    session.add(quarantined)
    session.flush()
    log_decision(session, actor, quarantined, "operation.reopened", now)


def _rows(
    session: Session,
    batch: Batch,
    model: type[BatchModel],
    condition: ColumnElement[bool],
    *,
    lock: bool = False,
) -> list[Row]:
    table = table_of(model)
    rows = select(table).where(table.c.commune_id == batch.commune_id, condition)
    if lock:
        rows = rows.order_by(table.c.id).with_for_update(key_share=True)
    return [{**row} for row in session.execute(rows).mappings()]


def _exists(session: Session, batch: Batch, model: type, condition: ColumnElement[bool]) -> bool:
    table = table_of(model)
    found = select(table.c.commune_id).where(table.c.commune_id == batch.commune_id, condition).limit(1)
    return session.execute(found).first() is not None
