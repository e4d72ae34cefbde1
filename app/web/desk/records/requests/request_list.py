"""/desk/citizen-requests: what is open first, the next last day first."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.strings import _
from app.review.citizen_requests import queries
from app.review.citizen_requests.queries import ListedRequest
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import REQUESTS, Frame, build_frame
from app.web.desk.page.labels import REQUEST_KINDS, Link
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.records.requests.words import (
    PATH,
    about,
    answer_text,
    done_text,
    next_text,
    state_text,
)
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
    """What templates/desk/records/requests.html shows."""

    title: str
    frame: Frame
    count: str
    as_of: str
    open_rows: list[RequestRow]
    closed_rows: list[RequestRow]
    pager: NumberedPager


@router.get(PATH)
def show_requests(desk: Desk, page: str = "") -> Response:
    """The open ones, and a page of the closed ones."""
    return html("desk/records/requests.html", desk.database.read(lambda session: _page(session, desk, page)))


def open_requests(session: Session, desk: DeskContext) -> list[Link]:
    """How many citizens wait for what they asked, and how long there is for the first; nothing if nobody."""
    found = queries.list_open(session, desk.actor, desk.now)
    if not found:
        return []
    count, left = number(len(found)), next_text(found[0], desk.now)
    return [Link(_("%(count)s yêu cầu của bà con chưa xong: %(left)s.", count=count, left=left), PATH)]


def _page(session: Session, desk: DeskContext, page: str) -> RequestsPage:
    found = queries.list_open(session, desk.actor, desk.now)
    pages = max(1, -(-queries.count_requests(session, desk.actor, is_open=False) // queries.PAGE_SIZE))
    wanted = min(page_number(page), pages)
    closed = queries.list_closed(session, desk.actor, wanted, desk.now)
    return RequestsPage(
        title=_("Yêu cầu của bà con"),
        frame=build_frame(session, desk.actor, REQUESTS),
        count=number(len(found)),
        as_of=moment(desk.now),
        open_rows=[_row(one, desk) for one in found],
        closed_rows=[_row(one, desk) for one in closed],
        pager=numbered_pager(PATH, wanted, pages),
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
