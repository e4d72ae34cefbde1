"""How many visits wait for a decision, or for their author to correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, case, func, literal_column, select
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core.clock import Instant
from app.core.sql.revision_cache import RevisionCache
from app.core.types import Row
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


@dataclass(frozen=True)
class _LongReturned:
    """How many were sent back before any instant from `since` to `until`; after that it is one more."""

    count: int
    since: datetime
    until: datetime | None

    def is_for(self, before: datetime) -> bool:
        return self.since <= before and (self.until is None or before <= self.until)


_LONG_RETURNED = RevisionCache[_LongReturned]()


def count_pending(session: Session, actor: Actor, returned_before: datetime) -> PendingVisits:
    """The visits that are open; `long_returned` are those sent back before `returned_before`.

    Counting these takes milliseconds if there are thousands, so it is done again only after a change of what
    was sent back.
    """
    rows = {row["review_state"]: row for row in _OPEN_VISITS.rows(session, actor)}
    waiting, returned = (rows.get(state, _NONE) for state in OPEN)
    long_returned = _LONG_RETURNED.get(
        session,
        actor.commune_id,
        returned["revision"],
        lambda: _count_long_returned(session, actor, returned_before),
        holds=lambda counted: counted.is_for(returned_before),
    )
    return PendingVisits(waiting["visits"], returned["visits"], long_returned.count)


def _count_long_returned(session: Session, actor: Actor, before: datetime) -> _LongReturned:
    row = _RETURNED.one(session, actor, returned_before=before)
    return _LongReturned(row["count"], before, row["next_at"])


def _long_returned(actor: Actor) -> Select[*tuple[int, datetime | None]]:
    """How many were sent back before `returned_before`, and when the next one was."""
    # Written out: with a parameter the databases do not see that the index ix_visit_open has all of these.
    is_returned = col(Visit.review_state) == literal_column("'returned'")
    returned = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None), is_returned)
    some = returned.with_only_columns(col(Visit.reviewed_at).label("at")).limit(COUNTED_TO + 1).subquery()
    at, before = some.c.at, bindparam("returned_before", type_=Instant)
    count, next_at = func.count(case((at < before, 1))), func.min(case((at >= before, at)))
    return select(count.label("count"), next_at.label("next_at"))


_NONE: Row = {"visits": 0, "revision": 0}
_RETURNED = ActorStatement(_long_returned)
_OPEN_VISITS = ActorStatement(
    lambda actor: visible_to(actor, OpenVisits).with_only_columns(
        col(OpenVisits.review_state), col(OpenVisits.visits), col(OpenVisits.revision)
    )
)
