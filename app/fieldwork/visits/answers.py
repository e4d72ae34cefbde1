"""What the author of a visit answers the commune (*Trả lời cán bộ*): words beside the visit's content."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.author import Author
from app.core.batch import Batch
from app.core.clock import wire_time
from app.core.errors import Rejected
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.visits.models import AnswerValues, Visit, VisitValues

MAX_ANSWERS = 20
AnswerText = Annotated[str, Field(max_length=500)]


class AnswerRow(TypedDict):
    """What the author of a visit answered the commune, and when that was written."""

    at: str
    text: str


class TooManyAnswers(Rejected):
    """The visit has as many answers as it may have."""

    code = "too_many_answers"


def add_answer(
    batch: Batch, author: Author, row: VisitValues, text: str, seen_return: datetime | None
) -> None:
    """Store what the author answers to the return `seen_return`, whatever becomes of the amendment that it
    comes with. The same words to the same return are one answer: they were sent again. Empty: no answer.

    Raises `TooManyAnswers`, and `TextRefused`.
    """
    answers = row["answers"] or []
    answer: AnswerValues = {
        "at": wire_time(author.happened_at),
        "text": stored_text(text, "answer"),
        "seen_return": wire_time(seen_return) if seen_return else None,
    }
    if not answer["text"] or any(_is_same(one, answer) for one in answers):
        return
    if len(answers) >= MAX_ANSWERS:
        raise TooManyAnswers("answer")
    batch.change(Visit, row)["answers"] = sorted([*answers, answer], key=lambda one: one["at"])


def _is_same(one: AnswerValues, other: AnswerValues) -> bool:
    return (one["text"], one["seen_return"]) == (other["text"], other["seen_return"])
