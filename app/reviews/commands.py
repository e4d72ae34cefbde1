"""What a supervisor decides about visits: accept one, return one to its author.

A decision is a change of the visit's row, so it reaches the phones by the feed; `version` counts what
the author wrote and stays.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.accounts.people import new_id
from app.core.db import feed
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.text import nfc
from app.reviews.models import Decision
from app.visits.models import Visit

REASONS = ("duplicate_visit", "wrong_household", "missing_information", "other")
FIELDS = ("result", "services", "note", "follow_up_on", "household")
LONGEST_NOTE = 300


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
    _decide(session, actor, visit_id, version, Verdict("accepted"), now)


def return_(
    session: Session, actor: Actor, visit_id: str, version: int, asked: Verdict, now: datetime
) -> None:
    """*Trả lại*: the author finds the visit under *Cần sửa*, with reason, field and note.

    Raises as `accept` does, and `Invalid` with the names of what must be filled in differently.
    """
    _decide(session, actor, visit_id, version, _checked(asked), now)


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


def _decide(
    session: Session, actor: Actor, visit_id: str, version: int, verdict: Verdict, now: datetime
) -> None:
    # Locked, so that an amendment on its way cannot slip in between the look and the decision.
    visit = session.exec(visible_to(actor, Visit).where(Visit.id == visit_id).with_for_update()).first()
    if visit is None:
        raise NotFound
    if visit.version != version or visit.withdrawn_at is not None:
        raise StaleDecision
    if verdict == Verdict(visit.review_state, visit.review_reason, visit.review_field, visit.review_note):
        return  # a second tap
    visit.review_state, visit.reviewed_at = verdict.state, now
    visit.review_reason, visit.review_field, visit.review_note = verdict.reason, verdict.field, verdict.note
    feed(session, actor.commune_id, [visit])
    session.add_all([visit, _record(visit, verdict, actor, now)])


def _record(visit: Visit, verdict: Verdict, actor: Actor, now: datetime) -> Decision:
    return Decision(
        commune_id=visit.commune_id,
        id=new_id(),
        visit_id=visit.id,
        visit_version=visit.version,
        state=verdict.state,
        reason=verdict.reason,
        field=verdict.field,
        note=verdict.note,
        decided_by=actor.account_id,
        decided_at=now,
    )
