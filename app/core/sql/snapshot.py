"""What several parts of a page ask for is read once: `Database.read` is one snapshot, with one answer."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

P = ParamSpec("P")
T = TypeVar("T")

ANSWERS = "answers of this snapshot"
_AS_OF = "as of"


def remember() -> dict[str, Any]:
    """The `info` of a session that reads one snapshot: what `once_in_a_read` found there."""
    return {ANSWERS: {}}


def is_snapshot(session: Session) -> bool:
    """Whether a session reads one snapshot and writes nothing."""
    return ANSWERS in session.info


def state_as_of(session: Session, as_of: datetime | None) -> None:
    """Say that a session reads what a replica has, and until when changes are in it."""
    session.info[_AS_OF] = as_of


def as_of(session: Session) -> datetime | None:
    """Until when changes are in what a session reads from a replica; None if it reads the present."""
    found: datetime | None = session.info.get(_AS_OF)
    return found


def once_in_a_read(find: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Session, P], T]:
    """`find` remembers its answers until the read ends. Its other arguments have to be hashable, and nobody
    may change an answer.

    A session that writes remembers nothing: it has to see its own changes.
    """

    @wraps(find)
    def found(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answers: dict[object, T] | None = session.info.get(ANSWERS)
        if answers is None:
            return find(session, *args, **kwargs)
        question = (find, args, tuple(kwargs.items()))
        if question not in answers:
            answers[question] = find(session, *args, **kwargs)
        return answers[question]

    return found
