"""/desk/outreach: the outreach sessions that members recorded, with their sums, by day, hamlet and person."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.fieldwork.outreach.models import VENUES
from app.fieldwork.outreach.queries import (
    PAGE_SIZE,
    UNKNOWN_VENUE,
    ListedSession,
    SessionFilter,
    list_sessions,
    sum_sessions,
    withdrawn_since,
)
from app.intake.paper.session_withdrawal import UNDO_TIME
from app.reports.extras.models import wanted_extras
from app.reports.extras.venues import name_of
from app.web.days import parse_day
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import IdFilter, Option, TextFilter
from app.web.desk.page.frame import OUTREACH, build_frame
from app.web.desk.page.labels import Link, hamlet_label, member_link
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
_BAD_DAY = lazy("Ngày chưa đúng. Viết như 24/11/2026.")


@dataclass(frozen=True)
class SessionRow:
    """One session; `people`: *30*, or *chưa đếm*."""

    day: str
    place: Link
    hamlet: Link
    services: str
    people: str
    person: Link
    received: str


@dataclass(frozen=True)
class HamletChoice:
    """A hamlet in the filter."""

    id: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class OutreachPage:
    """What templates/desk/coverage/outreach.html shows; `first` and `last` as they were typed. `withdrawn`:
    the sessions whose withdrawal can be undone."""

    title: str
    frame: Frame
    as_of: str
    count: str
    people: str
    uncounted: str
    first: str
    last: str
    day_error: str
    hamlets: list[HamletChoice]
    venues: list[Option]
    person: str
    is_filtered: bool
    rows: list[SessionRow]
    withdrawn: list[Link]
    pager: NumberedPager


@router.get("/desk/outreach")
def show_outreach(
    desk: ReadingDesk,
    day: TextFilter = "",
    to: TextFilter = "",
    hamlet: IdFilter = "",
    volunteer: IdFilter = "",
    venue: IdFilter = "",
    page: IdFilter = "1",
) -> Response:
    """The sessions of these days, this hamlet, person and venue; the names are those of /desk/visits."""
    today = local_date(desk.now)
    first, last = parse_day(day, today), parse_day(to, today)
    is_wrong = bool(day.strip() and not first) or bool(to.strip() and not last)
    wanted = SessionFilter(first, last, hamlet, volunteer, venue)
    query = {"day": day, "to": to, "hamlet": hamlet, "volunteer": volunteer, "venue": venue}

    shown = desk.reading.read(lambda session: _page(session, desk, wanted, query, page_number(page)))
    day_error = _BAD_DAY if is_wrong else ""
    return html("desk/coverage/outreach.html", replace(shown, day_error=day_error))


def _page(
    session: Session, desk: DeskContext, wanted: SessionFilter, query: dict[str, str], page: int
) -> OutreachPage:
    sums = sum_sessions(session, desk.actor, wanted)
    pages = max(1, -(-sums.sessions // PAGE_SIZE))
    shown = min(page, pages)
    labels = {code: one.label for code, one in services_by_code(session, desk.actor).items()}
    found = list_sessions(session, desk.actor, wanted, shown)
    return OutreachPage(
        title=_("Buổi tuyên truyền"),
        frame=build_frame(session, desk.actor, OUTREACH),
        as_of=moment(desk.now),
        count=number(sums.sessions),
        people=number(sums.people),
        uncounted=number(sums.uncounted) if sums.uncounted else "",
        first=query["day"],
        last=query["to"],
        day_error="",
        hamlets=_hamlet_choices(session, desk, wanted.hamlet_id),
        venues=_venue_options(session, desk, wanted.venue),
        person=wanted.account_id,
        is_filtered=any(query.values()),
        rows=[_row(one, labels) for one in found],
        withdrawn=_withdrawn(session, desk),
        pager=numbered_pager(_address(query), shown, pages),
    )


def _address(query: dict[str, str]) -> str:
    filters = urlencode({name: value for name, value in query.items() if value})
    return f"/desk/outreach?{filters}" if filters else "/desk/outreach"


def _hamlet_choices(session: Session, desk: DeskContext, chosen: str) -> list[HamletChoice]:
    hamlets = list_hamlets(session, desk.actor)
    return [HamletChoice(one.id, hamlet_label(one), one.id == chosen) for one in hamlets]


def _venue_options(session: Session, desk: DeskContext, chosen: str) -> list[Option]:
    """None unless the commune wants them, or the list is of one."""
    if not chosen and "venue" not in wanted_extras(session, desk.actor):
        return []
    return [Option(code, name_of(code), code == chosen) for code in (*VENUES, UNKNOWN_VENUE)]


def _withdrawn(session: Session, desk: DeskContext) -> list[Link]:
    return [
        Link(f"{one.place}, {_day(one.counted_on, one.held_on)}", f"/desk/outreach/{one.id}")
        for one in withdrawn_since(session, desk.actor, desk.now - UNDO_TIME)
    ]


def _row(listed: ListedSession, labels: dict[str, str]) -> SessionRow:
    one = listed.session
    return SessionRow(
        day=_day(one.counted_on, one.held_on),
        place=Link(one.place, f"/desk/outreach/{one.id}"),
        hamlet=Link(listed.hamlet, f"/desk/hamlets/{one.hamlet_id}"),
        services=", ".join(labels.get(code, code) for code in one.services),
        people=_("chưa đếm") if one.people is None else number(one.people),
        person=member_link(one.recorded_by, listed.person),
        received=moment(one.received_at),
    )


def _day(counted_on: date, held_on: date) -> str:
    """The day that figures use; beside it the one that the author wrote, if that is another."""
    if counted_on == held_on:
        return day(counted_on)
    return _("%(day)s (máy ghi %(written)s)", day=day(counted_on), written=day(held_on))
