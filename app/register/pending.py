"""How many visits wait for a decision, or for their author to correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, case, func, literal_column, select
from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.accounts.actor_statement import ActorStatement
from app.core.clock import Instant
from app.core.feed import feed_head
from app.core.sql.revision_cache import RevisionCache
from app.visits.listing import COUNTED_TO, WAITING
from app.visits.models import Visit

RETURNED = "returned"


@dataclass(frozen=True)
class PendingVisits:
    """`waiting`: not decided; `returned`: sent back and not corrected yet, `long_returned` of them before a
    day. Each is exact up to `COUNTED_TO`, and one more means "more than that"."""

    waiting: int
    returned: int
    long_returned: int


@dataclass(frozen=True)
class _Counted:
    """The counts for every `returned_before` from `since` to `until`; with a later one, another visit was
    sent back long ago."""

    visits: PendingVisits
    since: datetime
    until: datetime | None

    def is_for(self, returned_before: datetime) -> bool:
        return self.since <= returned_before and (self.until is None or returned_before <= self.until)


_COUNTED = RevisionCache[_Counted]()


def count_pending(session: Session, actor: Actor, returned_before: datetime) -> PendingVisits:
    """The visits that are open; `long_returned` are those sent back before `returned_before`.

    Counting a long backlog takes milliseconds, so it is done again only after a change.
    """
    head = feed_head(session, actor.commune_id)
    return _COUNTED.get(
        session,
        actor.commune_id,
        head,
        lambda: _count(session, actor, returned_before),
        holds=lambda counted: counted.is_for(returned_before),
    ).visits


def _count(session: Session, actor: Actor, returned_before: datetime) -> _Counted:
    waiting, returned = (
        statement.one(session, actor, returned_before=returned_before) for statement in (_WAITING, _RETURNED)
    )
    visits = PendingVisits(waiting["visits"], returned["visits"], returned["long_returned"])
    return _Counted(visits, returned_before, returned["next_at"])


def _count_state(actor: Actor, state: str) -> Select[*tuple[int, int, datetime | None]]:
    """The visits of a state, those sent back before `returned_before`, and when the next one was."""
    # Written out: with a parameter the databases do not see that the index ix_visit_open has all of these.
    is_open = col(Visit.review_state) == literal_column(f"'{state}'")
    wanted = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None), is_open)
    some = wanted.with_only_columns(col(Visit.reviewed_at)).limit(COUNTED_TO + 1).subquery()
    at, before = some.c.reviewed_at, bindparam("returned_before", type_=Instant)
    return select(
        func.count().label("visits"),
        func.count(case((at < before, 1))).label("long_returned"),
        func.min(case((at >= before, at))).label("next_at"),
    ).select_from(some)


_WAITING = ActorStatement(lambda actor: _count_state(actor, WAITING))
_RETURNED = ActorStatement(lambda actor: _count_state(actor, RETURNED))
