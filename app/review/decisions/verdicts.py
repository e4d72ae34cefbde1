"""Verdicts: what a supervisor may decide about a visit, and what the visit's row says of it."""

from dataclasses import dataclass

from app.core.errors import Invalid, TextRefused
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.visits.codes import RETURN_FIELDS, RETURN_REASONS, WITHOUT_FIELD, Empty, ReviewState
from app.fieldwork.visits.models import VisitValues

MAX_NOTE_LENGTH = 300  # characters


@dataclass(frozen=True)
class Verdict:
    """A review: its state, and for `returned` a reason, the field to look at (empty for the whole visit, as
    for a reason of `WITHOUT_FIELD`), and the supervisor's note.

    The verdict `received` makes a decided visit wait for a decision again.
    """

    state: ReviewState | Empty
    reason: str = ""
    field: str = ""
    note: str = ""


def validate(verdict: Verdict) -> Verdict:
    """The verdict as it is stored. Raises `Invalid` with the names of the parts that are missing or wrong."""
    if verdict.state != "returned":
        return Verdict(verdict.state)
    wrong = [] if verdict.reason in RETURN_REASONS else ["reason"]
    field = "" if verdict.reason in WITHOUT_FIELD else verdict.field
    wrong += ["field"] if field and field not in RETURN_FIELDS else []
    try:
        note = stored_text(verdict.note)
    except TextRefused:
        note = ""
        wrong.append("note")
    missing = not note and verdict.reason == "other" and "note" not in wrong
    if missing or len(note) > MAX_NOTE_LENGTH:
        wrong.append("note")
    if wrong:
        raise Invalid(*wrong)
    return Verdict("returned", verdict.reason, field, note)


def verdict_of(visit: VisitValues) -> Verdict:
    """The verdict that is in effect."""
    return Verdict(visit["review_state"], visit["review_reason"], visit["review_field"], visit["review_note"])
