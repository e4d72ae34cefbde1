"""The rows of the list of visits: the first ones come with the page, the others right after it.

A screen shows fifteen, and a page of 250 costs several times as much. The page names its other visits as it
found them, so that both parts are of one moment: what arrives between them moves no row, shows none twice,
leaves none out, and what is decided between them is not decided on unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from app.core.clock import local_date
from app.core.strings import _
from app.fieldwork.visits.codes import REVIEW_STATES
from app.fieldwork.visits.models import Visit
from app.review.decisions.selection import SeenVisit, review_stamp
from app.review.visit_list.flag_queries import Flag, flags_of_visits
from app.review.visit_list.flag_sentences import names as flag_names
from app.review.visit_list.listing import WAITING, VisitList
from app.review.visit_list.pages import PAGE_SIZE, ListedVisit
from app.review.visit_list.queries import VisitSummary, find_summaries
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.labels import (
    RESULTS,
    Badge,
    Link,
    badge,
    day_address,
    household_label,
    member_link,
    service_texts,
)
from app.web.desk.visits.bulk_form import parse_boxes
from app.web.desk.visits.filters import AddressQuery, VisitQuery
from app.web.rendering import html, moment, number

router = APIRouter()

FIRST_ROWS = 40  # with the page; 15 are seen at once
WHOLE = "all"  # the value of `rows` in the address of a page with all of its rows
LATE = timedelta(hours=1)


@dataclass(frozen=True)
class VisitRow:
    """One visit in the list.

    `day`: without the year if that is the current one. `paper`: it was entered from paper, which has no time.
    `late`: how long after the visit it was received, if that was an hour or more. `current`: it is open
    beside the list. `box`: the value of its box, empty if it cannot be decided on. `waits`: it waits for a
    decision.
    `picked`: its box is ticked. `changed`: it is not as it was when the page named it; `version`, `seen` and
    `box` are of that moment. `flags`: the names of the rules that hold for it; `is_flagged`: it waits and
    has some. `notices`: the names of those that hold up no decision. `day_page`: its author's whole day.
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
    day_page: str
    state: Badge
    paper: bool
    current: bool
    waits: bool
    is_flagged: bool
    picked: bool
    changed: bool = False


@dataclass(frozen=True)
class MoreRows:
    """The visits of a page whose rows are not on it yet.

    `action`: where a script gets them for `boxes`, the values of their boxes, which commas separate; `count`:
    how many there are; `selectable`: how many of them are picked with the page. `whole`: the page with all of
    its rows, in words and as an address.
    """

    action: str
    boxes: str
    count: int
    selectable: int
    whole: Link


@dataclass(frozen=True)
class MoreRowsPage:
    """What templates/desk/visits/more_rows.html shows. `bulk`: whether they can be decided on."""

    rows: list[VisitRow]
    bulk: bool


@router.post("/desk/visits/rows")
def show_more_rows(desk: Desk, query: AddressQuery, visits: Annotated[str, Form()] = "") -> Response:
    """The rows of the visits that a page named, as they are now; what is decided in a row is decided on the
    visit as the page named it. By POST, because so many ids would fill the logs of addresses."""
    listed = parse_boxes(visits.split(",")[:PAGE_SIZE])

    def load(session: Session) -> MoreRowsPage:
        summaries = find_summaries(session, desk.actor, list(listed))
        rows = visit_rows(session, desk, summaries, query)
        return MoreRowsPage([_as_listed(row, listed[row.id]) for row in rows], query.may_decide)

    return html("desk/visits/more_rows.html", desk.database.read(load))


def _as_listed(row: VisitRow, listed: SeenVisit) -> VisitRow:
    """The row for decisions on the visit as it was listed: what was decided since is asked about."""
    if SeenVisit(row.version, row.seen) == listed:
        return row
    box = _box(row.id, listed) if row.box else ""
    return replace(row, version=listed.version, seen=listed.review, box=box, changed=True)


def build_more_rows(found: VisitList, query: VisitQuery) -> MoreRows | None:
    """The rest of the page; None if all of its rows were read."""
    others = found.listed[len(found.visits) :]
    if not others:
        return None
    label = _("Hiện cả %(count)s lượt của trang này", count=number(len(found.listed)))
    whole = query.address("/desk/visits", rows=WHOLE)
    waiting = sum(one.review_state == WAITING for one in others)
    return MoreRows(
        action=query.address("/desk/visits/rows"),
        boxes=",".join(_box(one.id, _seen(one)) for one in others),
        count=len(others),
        selectable=len(others) if query.state in REVIEW_STATES else waiting,
        whole=Link(label, whole),
    )


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
    year = local_date(desk.now).year
    rows = (_visit_row(one, query, current, picked, flags.get(one.visit.id, [])) for one in summaries)
    return [replace(row, day=row.day.removesuffix(f"/{year}")) for row in rows]


def _visit_row(
    summary: VisitSummary,
    query: VisitQuery,
    current: str,
    picked: Mapping[str, SeenVisit],
    flags: list[Flag],
) -> VisitRow:
    visit, household = summary.visit, summary.household
    seen = _seen(visit)
    is_paper = visit.entered_by is not None
    is_late = not is_paper and visit.received_at - visit.happened_at >= LATE
    time, on = moment(visit.happened_at).split(" ")
    return VisitRow(
        id=visit.id,
        href=query.address(f"/desk/visits/{visit.id}"),
        version=visit.version,
        seen=seen.review,
        box="" if visit.withdrawn_at else _box(visit.id, seen),
        time="" if is_paper else time,
        day=on,
        late=_lateness(visit.received_at - visit.happened_at) if is_late else "",
        household=household_label(household),
        alley=household.alley,
        hamlet=summary.hamlet,
        author=member_link(visit.recorded_by, summary.author),
        result=RESULTS[visit.result],
        services=service_texts(summary.services),
        flags=flag_names(flags),
        notices=flag_names(flags, notices=True),
        day_page=day_address(visit.recorded_by, visit.counted_on),
        state=badge(visit),
        paper=is_paper,
        current=visit.id == current,
        waits=visit.review_state == WAITING,
        is_flagged=visit.review_state == WAITING and not all(flag.is_notice for flag in flags),
        picked=picked.get(visit.id) == seen,
    )  # fmt: skip


def _seen(visit: Visit | ListedVisit) -> SeenVisit:
    return SeenVisit(visit.version, review_stamp(visit.reviewed_at))


def _box(visit_id: str, seen: SeenVisit) -> str:
    return f"{visit_id}.{seen.version}.{seen.review}"


def _lateness(delay: timedelta) -> str:
    """*+14 giờ*, *+3 ngày*."""
    hours = int(delay / timedelta(hours=1))
    if hours < 2 * 24:
        return _("+%(hours)s giờ", hours=hours)
    return _("+%(days)s ngày", days=hours // 24)
