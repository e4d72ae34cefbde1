"""What a supervisor decides about visits: accept or return one, many, or all that a filter shows; undo it.

A decision is a change of the visits' rows, so it reaches the phones by the feed; `version` counts what
the author wrote and stays. One visit is a batch of one: there is one way to write a decision.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.accounts.access import Actor, visible_to
from app.accounts.models import Account
from app.accounts.people import new_id
from app.core import desk_log
from app.core.batch import Batch, Row
from app.core.clock import wire_time
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused, UndoTooLate
from app.core.text import nfc
from app.reviews.models import Decision, DecisionBatch
from app.reviews.queries import UNDO_WITHIN, batch_of
from app.reviews.selection import AMENDED, DECIDED, WITHDRAWN, Picked, Shown, Taken, locked, take
from app.visits import totals
from app.visits.models import Visit

REASONS = ("duplicate_visit", "wrong_household", "missing_information", "other")
FIELDS = ("result", "services", "note", "follow_up_on", "household")
LONGEST_NOTE = 300

_WRITTEN = (DecisionBatch, Visit, Decision)


@dataclass(frozen=True)
class Verdict:
    """What is decided: for `returned` a reason, the field to look at, and the supervisor's own words."""

    state: str
    reason: str = ""
    field: str = ""
    note: str = ""


def accept(session: Session, actor: Actor, visit_id: str, version: int, now: datetime) -> None:
    """*Hợp lệ*. `version` is the one the supervisor looked at.

    Raises `NotFound`, and `StaleDecision` if the author changed or withdrew the visit meanwhile.
    """
    _decide_one(session, actor, visit_id, version, Verdict("accepted"), now)


def return_(
    session: Session, actor: Actor, visit_id: str, version: int, asked: Verdict, now: datetime
) -> None:
    """*Trả lại*: the author finds the visit under *Cần sửa*, with reason, field and note.

    Raises as `accept` does, and `Invalid` with the names of what must be filled in differently.
    """
    _decide_one(session, actor, visit_id, version, _checked(asked), now)


def decide(
    session: Session, actor: Actor, batch_id: str, wanted: Picked | Shown, asked: Verdict, now: datetime
) -> DecisionBatch:
    """Decide at once on all of `wanted` that wait for it; the same `batch_id` again changes nothing.

    A visit that was amended, withdrawn or decided since the look is left out and counted.
    Raises `NotFound` if the actor may see none of them, `TooLarge`, and `Invalid` as `return_` does.
    """
    verdict = Verdict("accepted") if asked.state == "accepted" else _checked(asked)
    _take_turn(session, actor)
    try:
        return batch_of(session, actor, batch_id)
    except NotFound:
        return _write(session, actor, batch_id, take(session, actor, wanted), verdict, now)


def undo(session: Session, actor: Actor, batch_id: str, now: datetime) -> DecisionBatch:
    """*Hoàn tác*: give the batch's visits the review they had, where nobody amended or decided since.

    Undone twice is undone once. Raises `NotFound` for what is not the actor's own, `UndoTooLate`.
    """
    _take_turn(session, actor)
    made = batch_of(session, actor, batch_id)
    if made.undone_at is not None:
        return made
    if now - made.made_at > UNDO_WITHIN:
        raise UndoTooLate
    return _take_back(session, actor, made, now)


def _checked(asked: Verdict) -> Verdict:
    wrong = [] if asked.reason in REASONS else ["reason"]
    wrong += [] if asked.field in FIELDS else ["field"]
    try:
        note = nfc(asked.note)
    except TextRefused:
        note = ""
        wrong.append("note")
    missing = not note and asked.reason == "other" and "note" not in wrong
    if missing or len(note) > LONGEST_NOTE:
        wrong.append("note")
    if wrong:
        raise Invalid(*wrong)
    return Verdict("returned", asked.reason, asked.field, note)


def _decide_one(
    session: Session, actor: Actor, visit_id: str, version: int, verdict: Verdict, now: datetime
) -> None:
    # Locked, so that an amendment on its way cannot slip in between the look and the decision.
    rows = locked(session, visible_to(actor, Visit).where(Visit.id == visit_id))
    if not rows:
        raise NotFound
    (row,) = rows
    if row["version"] != version or row["withdrawn_at"] is not None:
        raise StaleDecision
    if verdict != _verdict_of(row):  # else a second tap
        _write(session, actor, new_id(), Taken(rows, Counter()), verdict, now)


def _take_turn(session: Session, actor: Actor) -> None:
    """One press after the other: the second of a double click finds what the first one did."""
    me = select(Account.id).where(Account.commune_id == actor.commune_id, Account.id == actor.account_id)
    session.exec(me.with_for_update(key_share=True))


def _write(
    session: Session, actor: Actor, batch_id: str, taken: Taken, verdict: Verdict, now: datetime
) -> DecisionBatch:
    batch = Batch(actor.commune_id)
    batch.load(Visit, taken.rows)
    made = {"id": batch_id, "state": verdict.state, "made_by": actor.account_id, "made_at": now}
    made |= {"decided": len(taken.rows), "left_out": dict(+taken.left_out)}
    row = batch.add(DecisionBatch, made | {"undone_at": None, "undone": 0, "kept": {}})
    for visit in list(batch.rows(Visit)):
        batch.add(Decision, _decision(actor, visit, verdict, now) | {"batch_id": batch_id, "undo": False})
        batch.change(Visit, visit, **_review(verdict, now))
    _write_and_count(session, batch)
    if taken.rows:
        _write_down(session, actor, batch_id, verdict, [visit["id"] for visit in taken.rows], now)
    return DecisionBatch(**row)


def _write_down(
    session: Session, actor: Actor, batch_id: str, verdict: Verdict, visits: list[str], now: datetime
) -> None:
    """In the desk log, which outlives a restore; the supervisor's own words stay in the database."""
    said = {"by": actor.account_id, "batch": batch_id, "visits": visits}
    said |= {name: code for name in ("reason", "field") if (code := getattr(verdict, name))}
    desk_log.note(session, actor.commune_id, f"visit.{verdict.state}", now, **said)


def _take_back(session: Session, actor: Actor, made: DecisionBatch, now: datetime) -> DecisionBatch:
    columns: Any = Decision
    decisions = session.exec(visible_to(actor, Decision).where(columns.batch_id == made.id)).all()
    of_batch = select(columns.visit_id).where(
        columns.commune_id == actor.commune_id, columns.batch_id == made.id
    )
    id: Any = Visit.id
    batch, kept = Batch(actor.commune_id), Counter[str]()
    batch.load(Visit, locked(session, visible_to(actor, Visit).where(id.in_(of_batch))))
    for decision in decisions:
        visit = batch.get(Visit, decision.visit_id)
        assert visit is not None, "a decision's visit stays"
        if reason := _since(visit, decision):
            kept[reason] += 1
            continue
        earlier, at = _earlier(decision)
        batch.add(Decision, _decision(actor, visit, earlier, now) | {"batch_id": made.id, "undo": True})
        batch.change(Visit, visit, **_review(earlier, at))
    batch.load(DecisionBatch, [made.model_dump()])
    row = batch.get(DecisionBatch, made.id)
    assert row is not None
    batch.change(DecisionBatch, row, undone_at=now, undone=len(decisions) - kept.total(), kept=dict(kept))
    _write_and_count(session, batch)
    said = {"by": actor.account_id, "batch": made.id, "visits": sorted({one.visit_id for one in decisions})}
    desk_log.note(session, actor.commune_id, "decision.undone", now, **said)
    return DecisionBatch(**row)


def _write_and_count(session: Session, batch: Batch) -> None:
    """A visit that is returned is counted no more, one that is accepted after all is counted again."""
    visit_ids = [row["id"] for row in batch.rows(Visit)]
    before = totals.facts_of(session, batch.commune_id, visit_ids)
    batch.write(session, _WRITTEN)
    totals.settle(session, batch.commune_id, before, totals.facts_of(session, batch.commune_id, visit_ids))


def _since(visit: Row, decision: Decision) -> str:
    """What happened to a visit after a decision; empty if that is the last thing that did."""
    if visit["withdrawn_at"] is not None:
        return WITHDRAWN
    if visit["version"] != decision.visit_version:
        return AMENDED
    same = _verdict_of(visit) == Verdict(decision.state, decision.reason, decision.field, decision.note)
    return "" if same and visit["reviewed_at"] == decision.decided_at else DECIDED


def _review(verdict: Verdict, at: datetime | None) -> dict[str, Any]:
    """The columns of a visit that say what was decided of it."""
    return {f"review_{name}": value for name, value in asdict(verdict).items()} | {"reviewed_at": at}


def _verdict_of(visit: Row) -> Verdict:
    return Verdict(*(visit[f"review_{name}"] for name in ("state", "reason", "field", "note")))


def _earlier(decision: Decision) -> tuple[Verdict, datetime | None]:
    """The review that a decision replaced, and when it was made."""
    assert decision.earlier is not None, "a batch's decisions keep it"
    values = dict(decision.earlier)
    at = values.pop("at")
    return Verdict(**values), datetime.fromisoformat(at) if at else None


def _decision(actor: Actor, visit: Row, verdict: Verdict, now: datetime) -> Row:
    """The record of a decision on a visit that has not been changed yet."""
    at: datetime | None = visit["reviewed_at"]
    return asdict(verdict) | {
        "id": new_id(),
        "visit_id": visit["id"],
        "visit_version": visit["version"],
        "decided_by": actor.account_id,
        "decided_at": now,
        "earlier": asdict(_verdict_of(visit)) | {"at": wire_time(at) if at else None},
    }
