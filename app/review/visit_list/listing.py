"""The desk's list of visits: one page of it, newest first, and how many there are.

Both cost the same at ten thousand visits as at a million (docs/decisions/0015): a page begins at a visit, not
after a number of rows, and counting ends at `COUNTED_TO`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, UnaryExpression, and_, func, literal, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.author import MAX_AGE
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.core.clock import VIETNAM
from app.core.errors import NotFound
from app.core.feed import feed_head
from app.core.sql.query_hints import no_index_hint
from app.core.text import by_given_name
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.households.models import Household
from app.fieldwork.visits.codes import ReviewState
from app.fieldwork.visits.models import OPEN, Visit
from app.review.visit_list.queries import VisitSummary, join_names, visit_summaries
from app.review.visit_list.sample_models import SampledVisit

T = TypeVar("T")
Visits = SelectOfScalar[Visit]

PAGE_SIZE = 250
COUNTED_TO = 10_000
FEW_HOUSEHOLDS = 50
WITHDRAWN = "withdrawn"
WAITING: ReviewState = "received"
ANY_FLAG = "any"


@dataclass(frozen=True)
class Filters:
    """The filters of a list; an empty value filters nothing.

    `state` is a review state or `withdrawn`: withdrawn visits are listed only with that filter. `since` and
    `until`: the first and the last day (`counted_on`). `household_ids`: only visits at these households.
    `flag`: a rule that holds for the visit, or `ANY_FLAG`. `sample_id`: only visits that this sample drew, or
    with `is_rest` those that it did not draw.
    """

    hamlet_id: str = ""
    volunteer_id: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    household_ids: tuple[str, ...] | None = None
    flag: str = ""
    sample_id: str = ""
    is_rest: bool = False

    @property
    def selectable(self) -> "Filters | None":
        """The filters of the visits that can be decided on as a whole: of this review state, or without one
        those that wait for a decision. None for withdrawn visits."""
        return None if self.state == WITHDRAWN else replace(self, state=self.state or WAITING)


_STATE_ORDER: tuple[ReviewState, ...] = (WAITING, "returned", "accepted")
# What a list can be sorted by besides its own order: a key of the rows that `_sorted_page` reads, and whether
# the greatest comes first. Equal ones: the latest first.
SORTS: dict[str, tuple[Callable[[Row[Any]], Any], bool]] = {
    "latest": (lambda row: row.happened_at, True),
    "oldest": (lambda row: row.happened_at, False),
    "household": (lambda row: by_given_name(row.head_name), False),
    "state": (lambda row: _STATE_ORDER.index(row.review_state), False),
    "author": (lambda row: by_given_name(row.name), False),
    "hamlet": (lambda row: row.position, False),
}


@dataclass(frozen=True)
class PagePosition:
    """Where a page begins: right below the visit `before`, or it ends right above the visit `after`; without
    either it is the first page."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class VisitList:
    """One page of the list; `newer` and `older` say whether there are more visits on either side.

    `total` is the number of visits, `selectable` of those that `Filters.selectable` has; both are exact up to
    `COUNTED_TO`, and one more means "more than that". `head` is the feed's head when the list was read: rows
    with a higher `feed_seq` changed after it. `is_sorted`: it is sorted as it was asked for.
    """

    visits: list[VisitSummary]
    newer: bool
    older: bool
    total: int
    selectable: int
    head: int
    is_sorted: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether `total` is exact."""
        return self.total <= COUNTED_TO


def list_visits(
    session: Session, actor: Actor, filters: Filters, position: PagePosition, sort: str = ""
) -> VisitList:
    """One page of the visits that the actor may see, in at most seven statements, however long the list is.

    The order is that of receipt, newest first, so that visits delivered late are on top; or one of `SORTS`,
    if there are at most `COUNTED_TO`. An unknown `position`, or one with nothing after it, gives the first
    page.
    """
    wanted = apply_filters(visible_visits(actor, filters), filters)
    total = _count(session, actor, filters)
    is_sorted = sort in SORTS and total <= COUNTED_TO
    page = _sorted_page(session, wanted, position, sort) if is_sorted else None
    visits, newer, older = page or _page(session, actor, wanted, position)
    selectable = total if filters.selectable == filters else 0
    if filters.selectable and filters.selectable != filters:
        selectable = _count(session, actor, filters.selectable)
    return VisitList(visits, newer, older, total, selectable, feed_head(session, actor.commune_id), is_sorted)


def visible_visits(actor: Actor, filters: Filters) -> Visits:
    """The visits that the actor may see, with the flag and the sample of `filters`."""
    visits = visible_to(actor, Visit)
    if filters.sample_id:
        sampled = select(SampledVisit.visit_id).where(
            SampledVisit.commune_id == actor.commune_id,
            SampledVisit.sample_id == filters.sample_id,
            col(SampledVisit.chosen).is_not(filters.is_rest),
        )
        visits = visits.where(col(Visit.id).in_(sampled))
    if not filters.flag:
        return visits
    flagged = select(VisitFlag.visit_id).where(VisitFlag.commune_id == actor.commune_id)
    if filters.flag != ANY_FLAG:
        flagged = flagged.where(VisitFlag.rule == filters.flag)
    elif filters.state == WAITING:
        flagged = flagged.where(col(VisitFlag.undecided))
    else:
        flagged = flagged.where(col(VisitFlag.notice).is_(False))
    return visits.where(col(Visit.id).in_(flagged))


def apply_filters(visits: Visits, filters: Filters, *, for_count: bool = False) -> Visits:
    """Those of `visits` that pass `filters`; to be read newest first, or only to be counted."""
    is_withdrawn = filters.state == WITHDRAWN
    # The visits of a few households are read by household and sorted, not found along the list's order.
    # So are flagged ones by id: they are few among many.
    few_households = filters.household_ids is not None and len(filters.household_ids) <= FEW_HOUSEHOLDS
    few = few_households or bool(filters.flag or filters.sample_id)
    withdrawn_at = _with_index(Visit.withdrawn_at, not few)
    visits = visits.where(withdrawn_at.is_not(None) if is_withdrawn else withdrawn_at.is_(None))
    # The index of open visits has every column that can be filtered by; SQLite would take another one.
    is_open = filters.state in OPEN
    by_column = not (is_open or few)
    if filters.hamlet_id:
        visits = visits.where(_with_index(Visit.hamlet_id, by_column) == filters.hamlet_id)
    if filters.volunteer_id:
        visits = visits.where(_with_index(Visit.recorded_by, by_column) == filters.volunteer_id)
    if filters.state and not is_withdrawn:
        # Written out: with a parameter the databases do not see that the partial index has all these visits.
        state = literal(filters.state, literal_execute=True)
        visits = visits.where(col(Visit.review_state) == state)
    if filters.household_ids is not None:
        # With many households a page is soon full in the list's order; sorting all their visits takes long.
        in_order = not few_households and (is_open or not for_count)
        household_id = _with_index(Visit.household_id, not in_order)
        visits = visits.where(household_id.in_(filters.household_ids))
    return _of_days(visits, filters)


def _with_index(column: T, allowed: bool) -> SQLColumnExpression[T]:
    """The column, for a condition that SQLite may use an index for only if `allowed`."""
    return col(column) if allowed else no_index_hint(col(column))


def _of_days(visits: Visits, filters: Filters) -> Visits:
    """A visit is received on its day or within 60 days after it (`Author.happened_at`): with these bounds the
    index by receipt serves for days as well."""
    day, received_at = col(Visit.counted_on), col(Visit.received_at)
    if filters.since:
        visits = visits.where(day >= filters.since, received_at >= _start_of_day(filters.since))
    if filters.until:
        latest = _start_of_day(filters.until) + timedelta(days=1) + MAX_AGE
        visits = visits.where(day <= filters.until, received_at <= latest)
    return visits


def _start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _page(
    session: Session, actor: Actor, wanted: Visits, position: PagePosition
) -> tuple[list[VisitSummary], bool, bool]:
    """The page's visits, and whether there are newer and older ones."""
    if position.after and (anchor := _find(session, actor, position.after)):
        rows = _read(session, wanted.where(_is_newer(anchor)), upwards=True)
        if len(rows) >= PAGE_SIZE:
            return rows[-PAGE_SIZE:], len(rows) > PAGE_SIZE, True
    elif position.before and (anchor := _find(session, actor, position.before)):
        rows = _read(session, wanted.where(_is_older(anchor)))
        if rows:
            return rows[:PAGE_SIZE], True, len(rows) > PAGE_SIZE
    rows = _read(session, wanted)
    return rows[:PAGE_SIZE], False, len(rows) > PAGE_SIZE


def _sorted_page(
    session: Session, wanted: Visits, position: PagePosition, sort: str
) -> tuple[list[VisitSummary], bool, bool]:
    """The page at `position` of all the visits, sorted here: the database does not know Vietnamese order."""
    key, is_descending = SORTS[sort]
    found = join_names(wanted).with_only_columns(
        col(Visit.id),
        col(Visit.happened_at),
        col(Visit.review_state),
        col(Household.head_name),
        col(Hamlet.position),
        col(Account.name),
    )
    rows = sorted(session.execute(found), key=lambda row: (row.happened_at, row.id), reverse=True)
    ids = [row.id for row in sorted(rows, key=key, reverse=is_descending)]
    start = 0
    if position.before in ids:
        start = ids.index(position.before) + 1
    elif position.after in ids:
        start = max(0, ids.index(position.after) - PAGE_SIZE)
    start = start if start < len(ids) else 0
    page = ids[start : start + PAGE_SIZE]
    by_id = {one.visit.id: one for one in visit_summaries(session, wanted.where(col(Visit.id).in_(page)))}
    return [by_id[id] for id in page], start > 0, start + PAGE_SIZE < len(ids)


def _find(session: Session, actor: Actor, visit_id: str) -> Visit | None:
    try:
        return find(session, actor, Visit, visit_id)
    except NotFound:
        return None


def _is_older(than: Visit) -> ColumnElement[bool]:
    received_at, happened_at = col(Visit.received_at), col(Visit.happened_at)
    is_tie = and_(happened_at == than.happened_at, col(Visit.id) < than.id)
    is_earlier = or_(received_at < than.received_at, happened_at < than.happened_at, is_tie)
    return and_(received_at <= than.received_at, is_earlier)


def _is_newer(than: Visit) -> ColumnElement[bool]:
    received_at, happened_at = col(Visit.received_at), col(Visit.happened_at)
    is_tie = and_(happened_at == than.happened_at, col(Visit.id) > than.id)
    is_later = or_(received_at > than.received_at, happened_at > than.happened_at, is_tie)
    return and_(received_at >= than.received_at, is_later)


def _read(session: Session, wanted: Visits, *, upwards: bool = False) -> list[VisitSummary]:
    """One visit more than a page, newest first: the first ones, or the last ones (`upwards`)."""
    page = wanted.order_by(*_order(Visit, upwards)).limit(PAGE_SIZE + 1).subquery()
    visit = aliased(Visit, page)
    return visit_summaries(session, select(visit).order_by(*_order(visit)), visit)


def _order(visit: type[Visit], upwards: bool = False) -> list[UnaryExpression[object]]:
    columns: list[Mapped[object]] = [col(visit.received_at), col(visit.happened_at), col(visit.id)]
    return [column.asc() if upwards else column.desc() for column in columns]


def _count(session: Session, actor: Actor, filters: Filters) -> int:
    """How many there are, up to one more than `COUNTED_TO`."""
    received_at = col(Visit.received_at)
    wanted = apply_filters(visible_visits(actor, filters), filters, for_count=True).with_only_columns(
        received_at
    )
    if filters.household_ids is None:  # so that both databases read the index that the list is read from
        wanted = wanted.order_by(received_at.desc())
    some = wanted.limit(COUNTED_TO + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()
