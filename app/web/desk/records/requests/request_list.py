"""/desk/citizen-requests: what is open first, the next last day first; then what is closed."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.strings import _
from app.review.citizen_requests.listing import RequestList, list_requests
from app.review.citizen_requests.queries import ListedRequest
from app.review.citizen_requests.waiting import count_waiting
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import REQUESTS, build_frame
from app.web.desk.page.labels import REQUEST_KINDS, Link
from app.web.desk.page.paging import ListPager
from app.web.desk.records.requests.words import (
    PATH,
    about,
    answer_text,
    done_text,
    state_text,
    time_left,
)
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class RequestRow:
    """One request. `answer_left`, `done_left`: how long there is, or what became of it; `is_late`: a last day
    was missed."""

    href: str
    kind: str
    received: str
    entered_by: str
    about: Link
    hamlet: str
    answer_by: str
    answer_left: str
    done_by: str
    done_left: str
    state: str
    is_late: bool


@dataclass(frozen=True)
class RequestsPage:
    """What templates/desk/records/requests.html shows. `count`: of the open ones on all pages."""

    title: str
    frame: Frame
    count: str
    as_of: str
    is_first: bool
    open_rows: list[RequestRow]
    closed_rows: list[RequestRow]
    pager: ListPager


@router.get(PATH)
def show_requests(desk: Desk, before: IdFilter = "", after: IdFilter = "") -> Response:
    """The page right behind the request `after`, or right before `before`; else the first."""

    def load(session: Session) -> RequestsPage:
        found = list_requests(session, desk.actor, desk.now, before=before, after=after)
        return _page(session, desk, found)

    return html("desk/records/requests.html", desk.database.read(load))


def open_requests(session: Session, desk: DeskContext) -> list[Link]:
    """How many citizens wait for what they asked, and how long there is for the first; nothing if nobody."""
    waiting = count_waiting(session, desk.actor)
    if waiting.first_on is None:
        return []
    count, left = number(waiting.count), time_left(waiting.first_on, desk.now)
    return [Link(_("%(count)s yêu cầu của bà con chưa xong: %(left)s.", count=count, left=left), PATH)]


def _page(session: Session, desk: DeskContext, found: RequestList) -> RequestsPage:
    open_ones = [one for one in found.listed if one.request.closed_on is None]
    return RequestsPage(
        title=_("Yêu cầu của bà con"),
        frame=build_frame(session, desk.actor, REQUESTS),
        count=number(count_waiting(session, desk.actor).count),
        as_of=moment(desk.now),
        is_first=not found.previous,
        open_rows=[_row(one, desk) for one in open_ones],
        closed_rows=[_row(one, desk) for one in found.listed[len(open_ones) :]],
        pager=_pager(found),
    )


def _pager(found: RequestList) -> ListPager:
    ids = [one.request.id for one in found.listed] or [""]
    return ListPager(
        first=PATH if found.previous else "",
        previous=f"{PATH}?before={ids[0]}" if found.previous else "",
        next=f"{PATH}?after={ids[-1]}" if found.next else "",
    )


def _row(one: ListedRequest, desk: DeskContext) -> RequestRow:
    request, clock = one.request, one.clock
    return RequestRow(
        href=f"{PATH}/{request.id}",
        kind=REQUEST_KINDS[request.kind],
        received=day(request.received_on),
        entered_by=one.entered_by,
        about=about(one),
        hamlet=one.hamlet,
        answer_by=day(clock.answer_by),
        answer_left=answer_text(one, desk.now),
        done_by=day(clock.done_by),
        done_left=done_text(one, desk.now),
        state=state_text(one),
        is_late=bool(clock.answer_late or clock.done_late),
    )
