"""How many visits wait for a decision, or for their author to correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

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
    is_old = case((col(Visit.reviewed_at) < returned_before, 1))
    waiting, _all = _count(session, actor, "received", literal(1))
    returned, old = _count(session, actor, "returned", is_old)
    return PendingVisits(waiting, returned, old)


def _count(session: Session, actor: Actor, state: str, mark: ColumnElement[int]) -> tuple[int, int]:
    """The visits of a state, and those of them that have a mark."""
    # Written out: with a parameter the databases do not see that the index ix_visit_open has all of these.
    is_open = col(Visit.review_state) == literal(state, literal_execute=True)
    wanted = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None), is_open)
    some = wanted.with_only_columns(mark.label("mark")).limit(COUNTED_TO + 1).subquery()
    count, marked = session.execute(select_columns(func.count(), func.count(some.c.mark))).one()
    return count, marked
