"""The desk's list of visits: one page of it, newest first, and how many there are.

Both cost the same at ten thousand visits as at a million (docs/decisions/0015): a page begins at a visit, not
after a number of rows, and counting ends at `COUNTED_TO`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import SQLColumnExpression, func, literal
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.author import MAX_AGE
from app.core.feed import feed_head
from app.core.sql.prepared import one_of
from app.core.sql.query_hints import no_index_hint
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.visits.codes import ReviewState
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import OPEN, Visit
from app.review.visit_list.pages import (
    PAGE_SIZE,
    SORTS,
    ListedVisit,
    Page,
    PagePosition,
    Visits,
    newest_page,
    sorted_page,
)
from app.review.visit_list.queries import VisitSummary, find_summaries
from app.review.visit_list.sample_models import SampledVisit

T = TypeVar("T")

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


@dataclass(frozen=True)
class VisitList:
    """One page of the list; `newer` and `older` say whether there are more visits on either side.

    `listed` are all visits of the page, `visits` the first of them with what their rows show. `total` is the
    number of visits, `selectable` of those that `Filters.selectable` has; both are exact up to `COUNTED_TO`,
    and one more means "more than that". `head` is the feed's head when the list was read: rows with a higher
    `feed_seq` changed after it. `is_sorted`: it is sorted as it was asked for.
    """

    listed: list[ListedVisit]
    visits: list[VisitSummary]
    newer: bool
    older: bool
    total: int
    selectable: int
    head: int
    is_sorted: bool = False

    @property
    def waiting(self) -> int:
        """How many visits of the page wait for a decision."""
        return sum(one.review_state == WAITING for one in self.listed)

    @property
    def is_counted(self) -> bool:
        """Whether `total` is exact."""
        return self.total <= COUNTED_TO


def list_visits(
    session: Session,
    actor: Actor,
    filters: Filters,
    position: PagePosition,
    sort: str = "",
    rows: int = PAGE_SIZE,
) -> VisitList:
    """One page of the visits that the actor may see, in at most eight statements, however long the list is.
    Only its first `rows` visits are read in full.

    The order is that of receipt, newest first, so that visits delivered late are on top; or one of `SORTS`,
    if there are at most `COUNTED_TO`. An unknown `position`, or one with nothing after it, gives the first
    page.
    """
    page, total, is_sorted = _find_page(session, actor, filters, position, sort)
    selectable = total if filters.selectable == filters else 0
    if filters.selectable and filters.selectable != filters:
        selectable = count_visits(session, actor, filters.selectable)
    return VisitList(
        listed=page.visits,
        visits=find_summaries(session, actor, [one.id for one in page.visits[:rows]]),
        newer=page.newer,
        older=page.older,
        total=total,
        selectable=selectable,
        head=feed_head(session, actor.commune_id),
        is_sorted=is_sorted,
    )


def _find_page(
    session: Session, actor: Actor, filters: Filters, position: PagePosition, sort: str
) -> tuple[Page, int, bool]:
    """The page, how many visits there are in all, and whether it is sorted by `sort`."""
    wanted = apply_filters(visible_visits(actor, filters), filters)
    if sort not in SORTS and not _is_of_few_households(filters):
        page = newest_page(session, actor, wanted, position)
        return page, _count_with(session, actor, filters, page), False
    total = count_visits(session, actor, filters)
    if sort in SORTS and total <= COUNTED_TO:
        return sorted_page(session, actor, wanted, position, sort), total, True
    if position == PagePosition() and total > PAGE_SIZE and _is_of_few_households(filters):
        wanted = _recent(session, wanted)
    return newest_page(session, actor, wanted, position), total, False


def _count_with(session: Session, actor: Actor, filters: Filters, page: Page) -> int:
    """The count of a list of which `page` was read: counting begins where the first page does, because what
    is newer may be many visits that the filters leave out."""
    if page.newer:
        return count_visits(session, actor, filters)
    if page.older:
        return count_visits(session, actor, filters, page.visits[0].received_at)
    return len(page.visits)


def _is_of_few_households(filters: Filters) -> bool:
    """Whether a few households, with a state or without, are all that is filtered by."""
    by_these = Filters(household_ids=filters.household_ids, state=filters.state)
    return has_few_households(filters) and filters == by_these


def _recent(session: Session, wanted: Visits) -> Visits:
    """Those of `wanted`, more than a page at a few households, among which the first page is.

    Finding the newest by receipt takes the rows of all; the index by household has their days. What is
    received before the start of a day was recorded for a day before it, and at most `MAX_AGE` earlier.
    """
    day = col(Visit.counted_on)
    nth = wanted.with_only_columns(day).order_by(day.desc()).offset(PAGE_SIZE).limit(1)
    oldest = session.execute(nth).scalar_one()
    return wanted.where(day >= oldest - MAX_AGE - timedelta(days=1))


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


def apply_filters(
    visits: Visits, filters: Filters, *, for_count: bool = False, by_id: bool = False
) -> Visits:
    """Those of `visits` that pass `filters`; to be read newest first, or only to be counted. `by_id`: their
    ids are known."""
    is_withdrawn = filters.state == WITHDRAWN
    # The visits of a few households are read by household and sorted, not found along the list's order.
    # So are flagged ones by id: they are few among many.
    few_households = has_few_households(filters) and not by_id
    few = few_households or by_id or bool(filters.flag or filters.sample_id)
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
        in_order = not few_households and (by_id or is_open or not for_count)
        household_id = _with_index(Visit.household_id, not in_order)
        visits = visits.where(one_of(household_id, filters.household_ids))
    return visits.where(*counts_between(filters.since, filters.until))


def has_few_households(filters: Filters) -> bool:
    """Whether only the visits of a few households are wanted."""
    return filters.household_ids is not None and len(filters.household_ids) <= FEW_HOUSEHOLDS


def _with_index(column: T, allowed: bool) -> SQLColumnExpression[T]:
    """The column, for a condition that SQLite may use an index for only if `allowed`."""
    return col(column) if allowed else no_index_hint(col(column))


def count_visits(session: Session, actor: Actor, filters: Filters, newest: datetime | None = None) -> int:
    """How many there are, up to one more than `COUNTED_TO`. `newest`: none was received later."""
    received_at, household_id = col(Visit.received_at), col(Visit.household_id)
    wanted = apply_filters(visible_visits(actor, filters), filters, for_count=True)
    in_order = filters.household_ids is None or (filters.state in OPEN and not has_few_households(filters))
    if in_order and newest:
        wanted = wanted.where(received_at <= newest)
    # In the list's order both databases read the index that the list is read from; else the one by household,
    # which has the column that is read.
    found = (
        wanted.with_only_columns(received_at).order_by(received_at.desc())
        if in_order
        else wanted.with_only_columns(household_id)
    )
    some = found.limit(COUNTED_TO + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()
