"""How many visits wait for a decision, or for their author to correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal
from sqlmodel import Session, col, select

from app.accounts.access import Actor, visible_to
from app.visits.listing import COUNTED_TO
from app.visits.models import Visit


@dataclass(frozen=True)
class PendingVisits:
    """`waiting`: not decided; `returned`: sent back and not corrected yet, `long_returned` of them before a
    day. Each is exact up to `COUNTED_TO`, and one more means "more than that"."""

    waiting: int
    returned: int
    long_returned: int


def count_pending(session: Session, actor: Actor, returned_before: datetime) -> PendingVisits:
    """The visits that are open; `long_returned` are those sent back before `returned_before`."""
    return PendingVisits(
        waiting=_count(session, actor, "received"),
        returned=_count(session, actor, "returned"),
        long_returned=_count(session, actor, "returned", col(Visit.reviewed_at) < returned_before),
    )


def _count(session: Session, actor: Actor, state: str, *conditions: ColumnElement[bool]) -> int:
    # Written out: with a parameter the databases do not see that the index ix_visit_open has all of these.
    is_open = col(Visit.review_state) == literal(state, literal_execute=True)
    wanted = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None), is_open, *conditions)
    some = wanted.with_only_columns(col(Visit.received_at)).limit(COUNTED_TO + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()
