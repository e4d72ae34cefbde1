"""How many visits wait for a decision, or for their author to correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, case, func, literal_column, select
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core.clock import Instant
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.visits.models import OPEN, Visit
from app.review.visit_list.listing import COUNTED_TO


@dataclass(frozen=True)
class PendingVisits:
    """`waiting`: not decided; `returned`: sent back and not corrected yet, `long_returned` of them before an
    instant; of more than `COUNTED_TO` returned ones only so many and one are looked at for that."""

    waiting: int
    returned: int
    long_returned: int


def count_pending(session: Session, actor: Actor, returned_before: datetime) -> PendingVisits:
    """The visits that are open; `long_returned` are those sent back before `returned_before`."""
    visits = {row["review_state"]: row["visits"] for row in _OPEN_VISITS.rows(session, actor)}
    waiting, returned = (visits.get(state, 0) for state in OPEN)
    long_returned = _LONG_RETURNED.one(session, actor, returned_before=returned_before)["visits"]
    return PendingVisits(waiting, returned, long_returned)


def _long_returned(actor: Actor) -> Select[int]:
    """How many were sent back before `returned_before`."""
    # Written out: with a parameter the databases do not see that the index ix_visit_open has all of these.
    is_returned = col(Visit.review_state) == literal_column("'returned'")
    returned = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None), is_returned)
    some = returned.with_only_columns(col(Visit.reviewed_at).label("at")).limit(COUNTED_TO + 1).subquery()
    is_before = some.c.at < bindparam("returned_before", type_=Instant)
    return select(func.count(case((is_before, 1))).label("visits"))


_LONG_RETURNED = ActorStatement(_long_returned)
_OPEN_VISITS = ActorStatement(
    lambda actor: visible_to(actor, OpenVisits).with_only_columns(
        col(OpenVisits.review_state), col(OpenVisits.visits)
    )
)
