"""A supervisor's decisions on visits: accept or return one, several or all of a filter, make decided ones
wait again, and undo that.

A decision changes the visits' rows, so the feed brings it to the phones. It does not change their `version`,
which counts what the author wrote. A decision on one visit is a batch of one.
"""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, lock_account, visible_to
from app.commune.accounts.people import new_id
from app.core import desk_log
from app.core.batch import Batch
from app.core.clock import wire_time
from app.core.errors import NotFound, StaleDecision, UndoTooLate
from app.core.types import code_of
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.evaluation import evaluate
from app.fieldwork.derived.household_days.outdated_rows import lock_households
from app.fieldwork.derived.visit_facts import is_counted
from app.fieldwork.periods.queries import CountedVisit, refuse_closed
from app.fieldwork.visits.codes import REVIEW_STATES
from app.fieldwork.visits.commands import change_review
from app.fieldwork.visits.models import ReviewValues, Visit, VisitValues
from app.review.decisions.flagged import FlaggedVisits, leave_flagged
from app.review.decisions.meanwhile import Answer, DecidedMeanwhile, add_replaceable, standing_decisions
from app.review.decisions.models import Decision, DecisionBatch, DecisionBatchValues, DecisionValues
from app.review.decisions.queries import UNDO_WITHIN, find_batch
from app.review.decisions.selection import (
    AMENDED,
    DECIDED,
    ERASED,
    WITHDRAWN,
    FilterSelection,
    SeenVisit,
    SelectedVisits,
    VisitSelection,
    is_decided_since,
    lock_selected,
    lock_visits,
)
from app.review.decisions.verdicts import Verdict, validate, verdict_of

_TABLES = (DecisionBatch, Visit, Decision)
LEAVE_FLAGGED = FlaggedVisits()


def accept(session: Session, actor: Actor, visit_id: str, seen: SeenVisit, now: datetime) -> None:
    """*Duyệt*: accept a visit. `seen` is what the supervisor saw of it.

    Raises `NotFound`, `StaleDecision` if the author amended or withdrew the visit meanwhile, and
    `DecidedMeanwhile` if a colleague gave it another verdict.
    """
    _decide_one(session, actor, visit_id, seen, Verdict("accepted"), now)


def return_(
    session: Session, actor: Actor, visit_id: str, seen: SeenVisit, verdict: Verdict, now: datetime
) -> None:
    """*Trả lại*: return a visit to its author, who finds it under *Cần sửa* with reason, field and note.

    Raises as `accept` does, and `Invalid` with the names of the parts of `verdict` that are missing or wrong.
    """
    _decide_one(session, actor, visit_id, seen, validate(verdict), now)


def decide(
    session: Session,
    actor: Actor,
    batch_id: str,
    selection: VisitSelection | FilterSelection,
    verdict: Verdict,
    now: datetime,
    answer: Answer | None = None,
    flagged: FlaggedVisits = LEAVE_FLAGGED,
) -> DecisionBatch:
    """Decide at once on all selected visits. The same `batch_id` again changes nothing.

    Visits that were amended or withdrawn since they were shown are skipped and counted, and so are those that
    the actor decided on meanwhile; those of colleagues as `answer` says. Flagged visits are accepted only as
    `flagged` says: the others stay, and are counted. Raises as `lock_selected` does,
    `DecidedMeanwhile` without an answer, and `Invalid` as `return_` does.
    """
    valid = validate(verdict)
    lock_account(session, actor)
    try:
        return find_batch(session, actor, batch_id)
    except NotFound:
        selected = lock_selected(session, actor, selection)
        # Before the feed: a visit that counts again may have its household's row sent to phones again.
        returned = [row for row in (*selected.rows, *selected.decided) if not is_counted(row)]
        lock_households(session, actor.commune_id, {row["household_id"] for row in returned})
        _leave_erased(selected, valid)
        leave_flagged(session, actor, selected, valid, flagged)
        add_replaceable(session, actor, selected, valid, answer)
        return _decide_all(session, actor, batch_id, selected, valid, now)


def undo(session: Session, actor: Actor, batch_id: str, now: datetime) -> DecisionBatch:
    """*Hoàn tác*: give the batch's visits the review that they had before.

    Visits that were amended, withdrawn or decided since are skipped and counted. A second undo changes
    nothing. Raises `NotFound` for a batch that is not the actor's own, and `UndoTooLate`.
    """
    lock_account(session, actor)
    batch = find_batch(session, actor, batch_id)
    if batch.undone_at is not None:
        return batch
    if now - batch.made_at > UNDO_WITHIN:
        raise UndoTooLate
    return _undo_all(session, actor, batch, now)


def _decide_one(
    session: Session, actor: Actor, visit_id: str, seen: SeenVisit, verdict: Verdict, now: datetime
) -> None:
    # Locked, so that no amendment can be written between the check of its version and the decision.
    rows = lock_visits(session, visible_to(actor, Visit).where(Visit.id == visit_id))
    if not rows:
        raise NotFound
    (row,) = rows
    if row["version"] != seen.version or row["withdrawn_at"] is not None or _is_erased(row, verdict):
        raise StaleDecision
    if verdict == verdict_of(row):  # the button was pressed twice, or by a colleague as well
        return
    if is_decided_since(row, seen):
        ids = [decision.account_id for decision in standing_decisions(session, actor, [visit_id])]
        if actor.account_id not in ids:
            raise DecidedMeanwhile([visit_id], 0)
    _decide_all(session, actor, new_id(), SelectedVisits(rows), verdict, now)


def _is_erased(visit: VisitValues, verdict: Verdict) -> bool:
    return verdict.state == "returned" and visit["erased_at"] is not None


def _leave_erased(selected: SelectedVisits, verdict: Verdict) -> None:
    """Take the visits that no phone has any more out of what is returned, and count them."""
    for rows in (selected.rows, selected.decided):
        left = [row for row in rows if not _is_erased(row, verdict)]
        selected.skipped[ERASED] += len(rows) - len(left)
        rows[:] = left


def _decide_all(
    session: Session, actor: Actor, batch_id: str, selected: SelectedVisits, verdict: Verdict, now: datetime
) -> DecisionBatch:
    batch = Batch(actor.commune_id)
    batch.load(Visit, selected.rows)
    row: DecisionBatchValues = {
        "id": batch_id,
        "state": verdict.state,
        "made_by": actor.account_id,
        "made_at": now,
        "decided": len(selected.rows),
        "skipped": dict(+selected.skipped),
        "undone_at": None,
        "undone": 0,
        "skipped_by_undo": {},
    }
    batch.add(DecisionBatch, row)
    left: list[CountedVisit] = []
    for visit in list(batch.rows(Visit)):
        batch.add(Decision, _decision(actor, visit, verdict, batch_id, now))
        left += _change_review(batch, visit, verdict, now, now)
    _write_visits(session, batch, left, now)
    if selected.rows:
        _log_decision(session, actor, batch_id, verdict, [visit["id"] for visit in selected.rows], now)
    return DecisionBatch(**row)


def _log_decision(
    session: Session, actor: Actor, batch_id: str, verdict: Verdict, visit_ids: list[str], now: datetime
) -> None:
    """Write the decision to the desk log, without its note: the log holds no typed text."""
    details: dict[str, object] = {"by": actor.account_id, "batch": batch_id, "visits": visit_ids}
    details |= {name: code for name in ("reason", "field") if (code := getattr(verdict, name))}
    what = "visit.reopened" if verdict.state == "received" else f"visit.{verdict.state}"
    desk_log.note(session, actor.commune_id, what, now, **details)


def _undo_all(session: Session, actor: Actor, decided: DecisionBatch, now: datetime) -> DecisionBatch:
    in_batch = visible_to(actor, Decision).where(col(Decision.batch_id) == decided.id)
    decisions = session.exec(in_batch).all()
    visit_ids = in_batch.with_only_columns(col(Decision.visit_id))
    batch, skipped, left = Batch(actor.commune_id), Counter[str](), list[CountedVisit]()
    batch.load(Visit, lock_visits(session, visible_to(actor, Visit).where(col(Visit.id).in_(visit_ids))))
    for decision in decisions:
        visit = batch.get(Visit, decision.visit_id)
        assert visit is not None, "visits are never deleted"
        if reason := _change_since(visit, decision):
            skipped[reason] += 1
            continue
        verdict, at = _earlier_review(decision)
        batch.add(Decision, _decision(actor, visit, verdict, decided.id, now, is_undo=True))
        left += _change_review(batch, visit, verdict, at, now)
    batch.load(DecisionBatch, [decided.model_dump()])
    row = batch.get(DecisionBatch, decided.id)
    assert row is not None, "loaded above"
    batch.change(DecisionBatch, row)["undone_at"] = now
    row["undone"], row["skipped_by_undo"] = len(decisions) - skipped.total(), dict(skipped)
    _write_visits(session, batch, left, now)
    visits = sorted({decision.visit_id for decision in decisions})
    details = {"by": actor.account_id, "batch": decided.id, "visits": visits}
    desk_log.note(session, actor.commune_id, "decision.undone", now, **details)
    return DecisionBatch(**row)


def _change_review(
    batch: Batch, visit: VisitValues, verdict: Verdict, at: datetime | None, now: datetime
) -> list[CountedVisit]:
    """Give the visit a verdict that was made `at`; returns it if it counted and does not any more."""
    counted = (visit["counted_on"], visit["counted_since"]) if is_counted(visit) else None
    change_review(batch, visit, _review(verdict, at), now)
    return [counted] if counted and not is_counted(visit) else []


def _write_visits(session: Session, batch: Batch, left: list[CountedVisit], now: datetime) -> None:
    """Write the batch and what follows from it, flags included: returned visits do not count. Raises
    `PeriodClosed` if one of those that `left` the figures is among those of a closed period."""
    visit_ids = [row["id"] for row in batch.rows(Visit)]
    before = derived.load_states(session, batch.commune_id, visit_ids)
    changed = [row for row in batch.rows(Visit) if (before[row["id"]].fact is not None) != is_counted(row)]
    lock_households(session, batch.commune_id, {row["household_id"] for row in changed})
    batch.write(session, _TABLES)
    after = derived.load_states(session, batch.commune_id, visit_ids)
    refuse_closed(session, batch.commune_id, left)
    derived.update(session, batch.commune_id, before, after, now)
    evaluate(session, batch.commune_id)


def _change_since(visit: VisitValues, decision: Decision) -> str:
    """How the visit changed after the decision; "" if it did not."""
    if visit["withdrawn_at"] is not None:
        return WITHDRAWN
    if visit["version"] != decision.visit_version:
        return AMENDED
    verdict = Verdict(decision.state, decision.reason, decision.field, decision.note)
    is_current = verdict_of(visit) == verdict and visit["reviewed_at"] == decision.decided_at
    return "" if is_current else DECIDED


def _review(verdict: Verdict, at: datetime | None) -> ReviewValues:
    """The columns of a verdict that `validate` returned, or that a visit had."""
    columns = {f"review_{name}": value for name, value in asdict(verdict).items()}
    return cast(ReviewValues, columns | {"reviewed_at": at})


def _earlier_review(decision: Decision) -> tuple[Verdict, datetime | None]:
    """The review that a decision replaced, and when it was made."""
    assert decision.earlier is not None, "every decision of a batch has it"
    at = decision.earlier["at"]
    reason, field, note = (decision.earlier[name] or "" for name in ("reason", "field", "note"))
    verdict = Verdict(code_of(REVIEW_STATES, decision.earlier["state"] or "") or "", reason, field, note)
    return verdict, datetime.fromisoformat(at) if at else None


def _decision(
    actor: Actor, visit: VisitValues, verdict: Verdict, batch_id: str, now: datetime, *, is_undo: bool = False
) -> DecisionValues:
    """The record of a decision; `visit` still has the review that the decision replaces."""
    at = visit["reviewed_at"]
    return {
        "id": new_id(),
        "visit_id": visit["id"],
        "visit_version": visit["version"],
        "state": _review(verdict, now)["review_state"],
        "reason": verdict.reason,
        "field": verdict.field,
        "note": verdict.note,
        "decided_by": actor.account_id,
        "decided_at": now,
        "batch_id": batch_id,
        "undo": is_undo,
        "earlier": asdict(verdict_of(visit)) | {"at": wire_time(at) if at else None},
    }
