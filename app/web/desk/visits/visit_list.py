"""The list of visits, filtered and paged by its address."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.strings import _, lazy
from app.review.decisions.selection import SeenVisit, review_stamp
from app.review.visit_list.flag_queries import Flag, count_flagged_visits, flags_of_visits
from app.review.visit_list.flag_sentences import names as flag_names
from app.review.visit_list.listing import COUNTED_TO, SORTS, WAITING, Filters, VisitList, list_visits
from app.review.visit_list.queries import VisitSummary
from app.web.deps import Supervisor
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import VISITS, Frame, build_frame
from app.web.desk.page.labels import RESULTS, Badge, Link, badge, household_label, member_link, service_text
from app.web.desk.page.paging import ListPager, SortedColumn
from app.web.desk.visits.bulk_form import BatchResult, BulkBar, BulkForm, build_bulk_bar
from app.web.desk.visits.columns import build_columns
from app.web.desk.visits.filters import AddressQuery, FilterBar, FormQuery, VisitQuery, read_list_filters
from app.web.desk.visits.samples import SampleBar, build_sample_bar
from app.web.desk.visits.saved_filters import saved_links, saved_query
from app.web.desk.visits.visit_panel import VisitPanel
from app.web.rendering import day, html, moment, number

router = APIRouter()

_DOWNLOADS = ((lazy("Excel"), "/desk/visits.xlsx"), (lazy("CSV"), "/desk/visits.csv"))
LATE = timedelta(hours=1)
UNSORTED = lazy(
    "Hơn %(count)s lượt: chưa xếp theo cột này được. Hãy lọc hẹp hơn, thí dụ theo thôn, ngày.",
    count=number(COUNTED_TO),
)


@dataclass(frozen=True)
class VisitRow:
    """One visit in the list.

    `paper`: it was entered from paper, which has no time of day. `late`: how long after the visit it was
    received, if that was an hour or more. `current`: it is open beside the list. `box`: the value of its box,
    empty if it cannot be decided on. `waits`: it waits for a decision.
    `picked`: its box is ticked. `flags`: the names of the rules that hold for it; `is_flagged`: it waits and
    has some. `notices`: the names of those that hold up no decision.
    """

    id: str
    href: str
    version: int
    seen: int
    box: str
    time: str
    day: str
    late: str
    household: str
    alley: str
    hamlet: str
    author: Link
    result: str
    services: list[str]
    flags: str
    notices: str
    state: Badge
    paper: bool
    current: bool
    waits: bool
    is_flagged: bool
    picked: bool


@dataclass(frozen=True)
class VisitsPage:
    """What templates/desk/visits/visits.html shows; `visit` is the one opened beside the list, if any.

    `downloads`: the addresses of the list as a file. `bulk` is None if there is nothing to decide;
    `batch_result` is the result of a decision on many visits. `unsorted`: why the list is not sorted as it
    was asked for. `saved`: the supervisor's filters; `save`: where these filters are saved, empty if there
    are none. `draw`: where a sample is drawn, empty if no visit waits. `sample`: the one that is shown.
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
def show_visits(desk: Desk, query: AddressQuery) -> Response:
    page = desk.database.read(lambda session: visits_page(session, desk, query))
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
) -> VisitsPage:
    """The list of `query`, with the panel of `visit` beside it. `batch_result`: that of the decision that was
    just made. `refused`: a submitted form that comes back with its `problems`."""
    form = refused or BulkForm()
    filters, bar = read_list_filters(session, desk, query)
    found = list_visits(session, desk.actor, filters, query.position, query.sort)
    rows = visit_rows(session, desk, found.visits, query, visit.id if visit else "", form.seen)
    flagged = _count_flagged(session, desk, filters, found, rows)
    return VisitsPage(
        title=_title(visit),
        frame=build_frame(session, desk.actor, VISITS),
        bar=bar,
        count=_format_count(found),
        period=_period(filters),
        as_of=moment(desk.now),
        columns=build_columns(query, found.is_sorted),
        unsorted=UNSORTED if query.sort in SORTS and not found.is_sorted else "",
        rows=rows,
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


def _count_flagged(
    session: Session, desk: DeskContext, filters: Filters, found: VisitList, rows: list[VisitRow]
) -> int:
    """How many of the visits that can be selected as a whole are flagged; read only if the page does not show
    them all."""
    if found.selectable <= sum(row.waits for row in rows):
        return sum(row.is_flagged for row in rows)
    return count_flagged_visits(session, desk.actor, filters)


def _may_draw(found: VisitList, query: VisitQuery) -> bool:
    return found.selectable > 0 and query.state in ("", WAITING) and not query.sample


def visit_rows(
    session: Session,
    desk: DeskContext,
    summaries: list[VisitSummary],
    query: VisitQuery,
    current: str = "",
    picked: Mapping[str, SeenVisit] = MappingProxyType({}),
) -> list[VisitRow]:
    """The rows of visits; `current`: the id of the open visit; `picked`: the ticked visits as they were
    seen."""
    flags = flags_of_visits(session, desk.actor, [one.visit.id for one in summaries])
    return [_visit_row(one, query, current, picked, flags.get(one.visit.id, [])) for one in summaries]


def _visit_row(
    summary: VisitSummary,
    query: VisitQuery,
    current: str,
    picked: Mapping[str, SeenVisit],
    flags: list[Flag],
) -> VisitRow:
    visit, household = summary.visit, summary.household
    stamp = review_stamp(visit.reviewed_at)
    is_paper = visit.entered_by is not None
    is_late = not is_paper and visit.received_at - visit.happened_at >= LATE
    time, on = moment(visit.happened_at).split(" ")
    return VisitRow(
        id=visit.id,
        href=query.address(f"/desk/visits/{visit.id}"),
        version=visit.version,
        seen=stamp,
        box="" if visit.withdrawn_at else f"{visit.id}.{visit.version}.{stamp}",
        time="" if is_paper else time,
        day=on,
        late=_lateness(visit.received_at - visit.happened_at) if is_late else "",
        household=household_label(household),
        alley=household.alley,
        hamlet=summary.hamlet,
        author=member_link(visit.recorded_by, summary.author),
        result=RESULTS[visit.result],
        services=[service_text(service.outcome, service.people, entry.label, entry.unit)
                  for service, entry in summary.services],
        flags=flag_names(flags),
        notices=flag_names(flags, notices=True),
        state=badge(visit),
        paper=is_paper,
        current=visit.id == current,
        waits=visit.review_state == WAITING,
        is_flagged=visit.review_state == WAITING and not all(flag.is_notice for flag in flags),
        picked=picked.get(visit.id) == SeenVisit(visit.version, stamp),
    )  # fmt: skip


def _lateness(delay: timedelta) -> str:
    """*+14 giờ*, *+3 ngày*."""
    hours = int(delay / timedelta(hours=1))
    if hours < 2 * 24:
        return _("+%(hours)s giờ", hours=hours)
    return _("+%(days)s ngày", days=hours // 24)


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

    ids = [one.visit.id for one in found.visits] or [""]
    return ListPager(
        previous=address(found.newer, after=ids[0]),
        next=address(found.older, before=ids[-1]),
        first=address(found.newer),
    )
