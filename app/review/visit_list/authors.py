"""Whether what the commune says of a visit reaches the person who recorded it."""

from enum import StrEnum

from sqlmodel import Session

from app.commune.accounts.access import Actor, actor_for, find
from app.commune.accounts.models import Account
from app.fieldwork.visits.models import Visit


class OutOfReach(StrEnum):
    """Why the phone of a visit's author gets nothing of it."""

    ENDED = "ended"  # the author signs in no more
    ELSEWHERE = "elsewhere"  # the author's team is not in charge of the household's hamlet


def why_out_of_reach(session: Session, actor: Actor, visit: Visit) -> OutOfReach | None:
    """Why a return of this visit would be on no phone of its author, by the teams of today; None if it would
    be. Raises `NotFound` for the visit of another commune."""
    author = actor_for(session, find(session, actor, Account, visit.recorded_by))
    if author.suspended:
        return OutOfReach.ENDED
    return None if visit.hamlet_id in author.hamlet_ids else OutOfReach.ELSEWHERE
