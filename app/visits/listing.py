"""The desk's list of visits: one page of it, newest first, and how many there are.

Both cost the same at ten thousand visits as at a million (docs/decisions/0015): a page begins at a visit,
not after so and so many, and counting ends at `COUNTED_TO`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, literal, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, select

from app.accounts.access import Actor, find, visible_to
from app.accounts.author import OLDEST
from app.core.clock import VIETNAM
from app.core.db import feed_head
from app.core.errors import NotFound
from app.core.plans import beside_the_index
from app.visits.models import Visit
from app.visits.queries import Listed, named

PAGE_SIZE = 250
COUNTED_TO = 10_000
FEW_HOMES = 50
WITHDRAWN = "withdrawn"
WAITING = "received"
OPEN = (WAITING, "returned")  # as the index ix_visit_open has it
REVIEW_STATES = (WAITING, "accepted", "returned")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing.

    `state` is a review state or `withdrawn`; visits that were withdrawn are listed only when asked for.
    `since` and `until` are days that figures use (`counted_on`), both within. `homes`: households by id.
    """

    hamlet_id: str = ""
    volunteer_id: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    homes: tuple[str, ...] | None = None

    @property
    def waiting(self) -> "Filters | None":
        """The same, narrowed to visits that wait for a decision; None where there can be none."""
        return replace(self, state=WAITING) if self.state in ("", WAITING) else None


@dataclass(frozen=True)
class Place:
    """Where a page lies: right below the visit `before`, or right above the visit `after`; else on top."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a list; `newer` and `older` say whether there is more on either side.

    `total` and, of these, the `waiting` are exact up to `COUNTED_TO`; one more means "more than that".
    `head` is the feed's as the list was read: whatever has a later number is not what was looked at.
    """

    visits: list[Listed]
    newer: bool
    older: bool
    total: int
    waiting: int
    head: int

    @property
    def is_counted(self) -> bool:
        """Whether `total` is all of them."""
        return self.total <= COUNTED_TO


def listing(session: Session, actor: Actor, filters: Filters, place: Place) -> Listing:
    """One page of the visits the actor may see: seven statements at most, however long the list is.

    Newest first by receipt, so that what a phone brings late is on top and not behind what was
    already looked through. A place that is none, or has nothing left, is the top.
    """
    wanted = narrowed(visible_to(actor, Visit), filters)
    rows, newer, older = _page(session, actor, wanted, place)
    total = _count(session, actor, filters)
    waiting = _count(session, actor, filters.waiting) if filters.waiting else 0
    return Listing(rows, newer, older, total, waiting, feed_head(session, actor.commune_id))


def narrowed(visits: Any, filters: Filters, *, counted: bool = False) -> Any:
    """A select of visits narrowed to what `filters` ask for; to be read newest first, or to be `counted`."""
    visit: Any = Visit
    asked_withdrawn = filters.state == WITHDRAWN
    # A few households' visits are collected and sorted: no index of the list's order is to be read instead.
    few = filters.homes is not None and len(filters.homes) <= FEW_HOMES
    withdrawn = beside_the_index(visit.withdrawn_at) if few else visit.withdrawn_at
    visits = visits.where(withdrawn.is_not(None) if asked_withdrawn else withdrawn.is_(None))
    # Of what is open there is an index with all that can be asked for; hamlets and people lead elsewhere.
    column = beside_the_index if filters.state in OPEN else _itself
    if filters.hamlet_id:
        visits = visits.where(column(visit.hamlet_id) == filters.hamlet_id)
    if filters.volunteer_id:
        visits = visits.where(column(visit.recorded_by) == filters.volunteer_id)
    if filters.state and not asked_withdrawn:
        # Written out: only so do the databases see that the index of open visits holds them all.
        visits = visits.where(visit.review_state == literal(filters.state, literal_execute=True))
    if filters.homes is not None:
        # Many households' visits are soon met in the list's order; sorting them all would take long.
        in_order = not few and (filters.state in OPEN or not counted)
        home = beside_the_index(visit.household_id) if in_order else visit.household_id
        visits = visits.where(home.in_(filters.homes))
    return _of_days(visits, filters)


def _itself(column: Any) -> Any:
    return column


def _of_days(visits: Any, filters: Filters) -> Any:
    """A visit comes on its day or within 60 days (`Author.happened_at`): the index by receipt, read between
    these bounds, serves for days as well."""
    visit: Any = Visit
    if filters.since:
        visits = visits.where(visit.counted_on >= filters.since, visit.received_at >= _dawn(filters.since))
    if filters.until:
        latest = _dawn(filters.until) + timedelta(days=1) + OLDEST
        visits = visits.where(visit.counted_on <= filters.until, visit.received_at <= latest)
    return visits


def _dawn(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _page(session: Session, actor: Actor, wanted: Any, place: Place) -> tuple[list[Listed], bool, bool]:
    """The page's visits, and whether there are newer and older ones."""
    if place.after and (found := _anchor(session, actor, place.after)):
        rows = _read(session, wanted.where(_newer(found)), backwards=True)
        if len(rows) >= PAGE_SIZE:
            return rows[-PAGE_SIZE:], len(rows) > PAGE_SIZE, True
    elif place.before and (found := _anchor(session, actor, place.before)):
        rows = _read(session, wanted.where(_older(found)))
        if rows:
            return rows[:PAGE_SIZE], True, len(rows) > PAGE_SIZE
    rows = _read(session, wanted)
    return rows[:PAGE_SIZE], False, len(rows) > PAGE_SIZE


def _anchor(session: Session, actor: Actor, visit_id: str) -> Visit | None:
    try:
        return find(session, actor, Visit, visit_id)
    except NotFound:
        return None


def _older(than: Visit) -> Any:
    visit: Any = Visit
    tied = and_(visit.happened_at == than.happened_at, visit.id < than.id)
    earlier = or_(visit.received_at < than.received_at, visit.happened_at < than.happened_at, tied)
    return and_(visit.received_at <= than.received_at, earlier)


def _newer(than: Visit) -> Any:
    visit: Any = Visit
    tied = and_(visit.happened_at == than.happened_at, visit.id > than.id)
    later = or_(visit.received_at > than.received_at, visit.happened_at > than.happened_at, tied)
    return and_(visit.received_at >= than.received_at, later)


def _read(session: Session, wanted: Any, *, backwards: bool = False) -> list[Listed]:
    """One visit more than a page, newest first; `backwards`: those just above instead of the first ones."""
    chosen = wanted.order_by(*_order(Visit, backwards)).limit(PAGE_SIZE + 1).subquery()
    visit: Any = aliased(Visit, chosen)
    return named(session, select(visit).order_by(*_order(visit)), visit)


def _order(visit: Any, backwards: bool = False) -> list[Any]:
    columns = (visit.received_at, visit.happened_at, visit.id)
    return [column.asc() if backwards else column.desc() for column in columns]


def _count(session: Session, actor: Actor, filters: Filters) -> int:
    """How many there are, up to one more than `COUNTED_TO`."""
    visit: Any = Visit
    some = narrowed(visible_to(actor, Visit), filters, counted=True).with_only_columns(visit.received_at)
    if filters.homes is None:  # so that both databases read the index that the list is read from
        some = some.order_by(visit.received_at.desc())
    some = some.limit(COUNTED_TO + 1).subquery()
    total: int = session.execute(select(func.count()).select_from(some)).scalar_one()
    return total
