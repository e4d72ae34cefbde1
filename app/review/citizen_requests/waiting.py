"""How many citizens wait for what they asked, and until when."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func

from app.commune.accounts.access import Actor, visible_to
from app.commune.calendar.workdays import Workdays
from app.commune.settings import days_off
from app.review.citizen_requests.deadlines import LONGEST, answer_by, done_by
from app.review.citizen_requests.models import CitizenRequest


@dataclass(frozen=True)
class Waiting:
    """How many requests are open, and the first of their next last days: None if none is open."""

    count: int
    first_on: date | None


def count_waiting(session: Session, actor: Actor) -> Waiting:
    """What is open, in two statements and few rows: of the requests that have the same term, the one that
    came first is due first."""
    row = CitizenRequest
    terms = (
        col(row.kind),
        col(row.with_others),
        col(row.extended_on).is_not(None),
        col(row.answered_on).is_not(None),
    )
    wanted = visible_to(actor, row).where(col(row.closed_on).is_(None)).group_by(*terms)
    found = session.execute(wanted.with_only_columns(*terms, func.min(row.received_on), func.count())).all()
    next_days, unanswered = [], []
    for kind, others, is_extended, is_answered, received_on, _count in found:
        if is_answered:
            next_days.append(done_by(kind, received_on, with_others=others, is_extended=is_extended))
        else:
            unanswered.append(received_on)
    if unanswered:
        first = min(unanswered)
        own = days_off(session, actor.commune_id, first, first + LONGEST)
        next_days.append(answer_by(first, Workdays(own)))
    return Waiting(sum(count for *_term, count in found), min(next_days, default=None))
