"""/desk/coverage/overdue: appointments to return whose day has passed, by person and hamlet, one by one."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _
from app.review.register.overdue import PAGE_SIZE, OverdueFollowUp, OverdueGroup, count_overdue, list_overdue
from app.web.desk.coverage.links import overdue_link
from app.web.desk.coverage.waiting import (
    WaitingRow,
    days_since,
    place_of,
)
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import OVERDUE, build_frame
from app.web.desk.page.labels import Link, household_link, member_link
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class OverdueSum:
    """How many appointments of one person are overdue in one hamlet."""

    person: Link
    hamlet: Link
    count: Link
    oldest: str


@dataclass(frozen=True)
class OverduePage:
    """What templates/desk/coverage/overdue.html shows; `only`: the hamlet and person that the list is of, if
    any."""

    title: str
    frame: Frame
    as_of: str
    count: str
    only: str
    sums: list[OverdueSum]
    rows: list[WaitingRow]
    pager: NumberedPager


@router.get("/desk/coverage/overdue")
def show_overdue(
    desk: ReadingDesk, hamlet: IdFilter = "", person: IdFilter = "", page: IdFilter = "1"
) -> Response:
    """Those of one hamlet and person; names that have none are ignored."""
    today = local_date(desk.now)

    def load(session: Session) -> OverduePage:
        names = {one.id: one for one in list_hamlets(session, desk.actor)}
        groups = count_overdue(session, desk.actor, today)
        people = {group.account_id: group.person for group in groups}
        where, who = hamlet if hamlet in names else "", person if person in people else ""
        shown = [one for one in groups if where in ("", one.hamlet_id) and who in ("", one.account_id)]
        total = sum(group.count for group in shown)
        pages = max(1, -(-total // PAGE_SIZE))
        number_of_page = min(page_number(page), pages)
        found = list_overdue(session, desk.actor, today, hamlet_id=where, account_id=who, page=number_of_page)
        return OverduePage(
            title=_("Hẹn quá hạn"),
            frame=build_frame(session, desk.actor, OVERDUE),
            as_of=moment(desk.now),
            count=number(total),
            only=", ".join(one for one in (names[where].name if where else "", people.get(who, "")) if one),
            sums=[_sum(group, names) for group in shown],
            rows=[_row(one, names, today) for one in found],
            pager=numbered_pager(overdue_link(where, who), number_of_page, pages),
        )

    return html("desk/coverage/overdue.html", desk.reading.read(load))


def _sum(group: OverdueGroup, hamlets: dict[str, Hamlet]) -> OverdueSum:
    return OverdueSum(
        person=member_link(group.account_id, group.person),
        hamlet=Link(hamlets[group.hamlet_id].name, f"/desk/hamlets/{group.hamlet_id}"),
        count=Link(number(group.count), overdue_link(group.hamlet_id, group.account_id)),
        oldest=day(group.oldest),
    )


def _row(one: OverdueFollowUp, hamlets: dict[str, Hamlet], today: date) -> WaitingRow:
    household = household_link(one.household)
    return WaitingRow(
        household=household,
        place=place_of(one.household, hamlets),
        service="",
        day=day(one.follow_up.due_on),
        waiting=days_since(one.follow_up.due_on, today),
        person=member_link(one.account_id, one.person),
        visit=f"/desk/visits/{one.follow_up.id}",
        visit_label=_("Xem lượt đã hẹn %(household)s", household=household.text),
    )
