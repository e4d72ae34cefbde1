"""The list of visits, filtered and paged by its address."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.strings import _, lazy
from app.review.visit_list.flag_queries import count_flagged_visits, find_undecided
from app.review.visit_list.listing import COUNTED_TO, WAITING, Filters, VisitList, list_visits
from app.review.visit_list.pages import PAGE_SIZE, SORTS
from app.web.deps import Supervisor
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import Link
from app.web.desk.page.paging import ListPager, SortedColumn
from app.web.desk.visits.bulk_form import BatchResult, BulkBar, BulkForm, build_bulk_bar
from app.web.desk.visits.columns import build_columns
from app.web.desk.visits.filters import AddressQuery, FilterBar, FormQuery, VisitQuery, read_list_filters
from app.web.desk.visits.rows import FIRST_ROWS, WHOLE, MoreRows, VisitRow, build_more_rows, visit_rows
from app.web.desk.visits.samples import SampleBar, build_sample_bar
from app.web.desk.visits.saved_filters import saved_links, saved_query
from app.web.desk.visits.visit_panel import VisitPanel
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()

_DOWNLOADS = ((lazy("Excel"), "/desk/visits.xlsx"), (lazy("CSV"), "/desk/visits.csv"))
UNSORTED = lazy(
    "Hơn %(count)s lượt: chưa xếp theo cột này được. Hãy lọc hẹp hơn, thí dụ theo thôn, ngày.",
    count=number(COUNTED_TO),
)


@dataclass(frozen=True)
class VisitsPage:
    """What templates/desk/visits/visits.html shows; `visit` is the one opened beside the list, if any.

    `downloads`: the addresses of the list as a file. `bulk` is None if there is nothing to decide;
    `batch_result` is the result of a decision on many visits. `unsorted`: why the list is not sorted as it
    was asked for. `saved`: the supervisor's filters; `save`: where these filters are saved, empty if there
    are none. `more`: the rows that follow right after the page. `draw`: where a sample is drawn, empty if no
    visit waits. `sample`: the one that is shown.
    """

    title: str
    frame: Frame
    bar: FilterBar
    count: str
    period: str
    as_of: str
    columns: list[SortedColumn]
    unsorted: str
    rows: list[VisitRow]
    more: MoreRows | None
    pager: ListPager
    downloads: list[Link]
    saved: list[Link]
    save: str
    save_id: str
    draw: str
    sample: SampleBar | None
    bulk: BulkBar | None
    batch_result: BatchResult | None
    visit: VisitPanel | None


@router.get("/desk/visits")
def show_visits(desk: Desk, query: AddressQuery, rows: Annotated[str, Query()] = "") -> Response:
    most = PAGE_SIZE if rows == WHOLE else FIRST_ROWS
    page = desk.database.read(lambda session: visits_page(session, desk, query, most_rows=most))
    return html("desk/visits/visits.html", page)


@router.post("/desk/visits")
def filter_visits(query: FormQuery, _supervisor: Supervisor) -> Response:
    """*Lọc*: redirect to the address of the filters. A form sent by GET would show the search words."""
    return RedirectResponse(query.address("/desk/visits"), 303)


def visits_page(
    session: Session,
    desk: DeskContext,
    query: VisitQuery,
    visit: VisitPanel | None = None,
    *,
    batch_result: BatchResult | None = None,
    refused: BulkForm | None = None,
    problems: dict[str, str] | None = None,
    most_rows: int = FIRST_ROWS,
) -> VisitsPage:
    """The list of `query`, with the panel of `visit` beside it. `batch_result`: that of the decision that was
    just made. `refused`: a submitted form that comes back with its `problems`. `most_rows`: all of them where
    one of the last may be open or picked."""
    form = refused or BulkForm()
    filters, bar = read_list_filters(session, desk, query)
    found = list_visits(session, desk.actor, filters, query.position, query.sort, most_rows)
    flagged = _count_flagged(session, desk, filters, found)
    return VisitsPage(
        title=_title(visit),
        frame=build_frame(session, desk.actor, VISITS),
        bar=bar,
        count=_format_count(found),
        period=_period(filters),
        as_of=moment(desk.now),
        columns=build_columns(query, found.is_sorted),
        unsorted=UNSORTED if query.sort in SORTS and not found.is_sorted else "",
        rows=visit_rows(session, desk, found.visits, query, visit.id if visit else "", form.seen),
        more=build_more_rows(found, query),
        pager=_pager(found, query),
        downloads=[Link(name, query.top(path)) for name, path in _DOWNLOADS],
        saved=saved_links(session, desk),
        save=query.top("/desk/filters") if saved_query(query) else "",
        save_id=str(uuid.uuid4()),
        draw=query.top("/desk/samples/new") if _may_draw(found, query) else "",
        sample=build_sample_bar(session, desk, filters.sample_id, query) if filters.sample_id else None,
        bulk=build_bulk_bar(query, found, desk.now, form, problems or {}, flagged),
        batch_result=batch_result,
        visit=visit,
    )


def _title(visit: VisitPanel | None) -> str:
    return _("%(household)s – Lượt thăm", household=visit.household.text) if visit else _("Lượt thăm")


def _count_flagged(session: Session, desk: DeskContext, filters: Filters, found: VisitList) -> int:
    """How many of the visits that can be selected as a whole are flagged."""
    if found.selectable <= found.waiting:  # the page has them all
        return len(find_undecided(session, desk.actor, [one.id for one in found.listed]))
    return count_flagged_visits(session, desk.actor, filters)


def _may_draw(found: VisitList, query: VisitQuery) -> bool:
    return found.selectable > 0 and query.state in ("", WAITING) and not query.sample


def _period(filters: Filters) -> str:
    since, until = filters.since, filters.until
    if since and until and since != until:
        return _("từ %(since)s đến %(until)s", since=day(since), until=day(until))
    if since:
        return _("ngày %(day)s", day=day(since))
    return _("đến %(until)s", until=day(until)) if until else _("mọi ngày")


def _format_count(found: VisitList) -> str:
    """The number of visits, *Hơn …* where not all were counted."""
    return number(found.total) if found.is_counted else _("Hơn %(count)s", count=number(found.total - 1))


def _pager(found: VisitList, query: VisitQuery) -> ListPager:
    def address(exists: bool, **position: str) -> str:
        return query.address("/desk/visits", **{"before": "", "after": ""} | position) if exists else ""

    ids = [one.id for one in found.listed] or [""]
    return ListPager(
        previous=address(found.newer, after=ids[0]),
        next=address(found.older, before=ids[-1]),
        first=address(found.newer),
    )
