"""The form of *Trả lại*, for one visit and for many; and *Hoàn tác*."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form

from app.review.decisions.models import DecisionBatch
from app.review.decisions.queries import UNDO_WITHIN
from app.review.decisions.verdicts import MAX_NOTE_LENGTH, Verdict
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.labels import FIELDS, REASONS, RETURN_PROBLEMS

INPUTS = ("reason", "field", "note")


@dataclass(frozen=True)
class ReturnForm:
    """*Trả lại* as it was filled in. `problems`: a sentence or an empty text for each of `INPUTS`; `focus`:
    the first of them with a sentence."""

    action: str
    cancel: str
    reasons: list[Option]
    fields: list[Option]
    note: str
    problems: dict[str, str]
    focus: str


@dataclass(frozen=True)
class UndoForm:
    """*Hoàn tác* of the decisions with id `batch`, offered for `seconds` more."""

    batch: str
    action: str
    seconds: int


def parse_return(
    reason: Annotated[str, Form()] = "",
    field: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Verdict:
    """The submitted form; browsers end lines with CR LF."""
    return Verdict("returned", reason, field, note.replace("\r\n", "\n"))


SubmittedReturn = Annotated[Verdict, Depends(parse_return)]


def build_return_form(action: str, cancel: str, verdict: Verdict, problems: dict[str, str]) -> ReturnForm:
    """The form with the values of `verdict`; an empty verdict preselects nothing."""
    return ReturnForm(
        action=action,
        cancel=cancel,
        reasons=[Option(code, label, code == verdict.reason) for code, label in REASONS.items()],
        fields=[Option(code, label, code == verdict.field) for code, label in FIELDS.items()],
        note=verdict.note,
        problems={name: problems.get(name, "") for name in INPUTS},
        focus=next((name for name in INPUTS if name in problems), INPUTS[0]),
    )


def return_problems(invalid: list[str], verdict: Verdict) -> dict[str, str]:
    """A sentence for every invalid field of the form."""
    problems = {name: RETURN_PROBLEMS[name] for name in invalid}
    if "note" in problems and verdict.note.strip():
        too_long = len(verdict.note) > MAX_NOTE_LENGTH
        problems["note"] = RETURN_PROBLEMS["note_long" if too_long else "note_refused"]
    return problems


def build_undo_form(batch: DecisionBatch, action: str, now: datetime) -> UndoForm:
    """*Hoàn tác* of `batch`, with the seconds that are left of `UNDO_WITHIN`."""
    remaining = batch.made_at + UNDO_WITHIN - now
    return UndoForm(batch.id, action, max(0, int(remaining.total_seconds())))
