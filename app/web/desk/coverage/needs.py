"""/desk/needs: what households asked for and did not get yet, by hamlet and service, the oldest first."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _
from app.fieldwork.derived.needs.queries import (
    PAGE_SIZE,
    ListedNeed,
    NeedFilter,
    count_by_service,
    list_open_needs,
)
from app.web.desk.coverage.waiting import (
    WaitingRow,
    days_since,
    place_of,
)
from app.web.desk.page.filter_fields import IdFilter, Option
from app.web.desk.page.frame import NEEDS, build_frame
from app.web.desk.page.labels import Link, household_link, member_link
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
PATH = "/desk/needs"
SUMS = 8  # services whose sums stand above the list


@dataclass(frozen=True)
class NeedsPage:
    """What templates/desk/coverage/needs.html shows; `only`: what it is filtered by, for the printed page.
    `sums`: the services that are wanted most."""

    title: str
    frame: Frame
    as_of: str
    count: str
    only: str
    hamlets: list[Option]
    services: list[Option]
    sums: list[Link]
    rows: list[WaitingRow]
    pager: NumberedPager


@router.get(PATH)
def show_needs(
    desk: ReadingDesk, hamlet: IdFilter = "", service: IdFilter = "", page: IdFilter = "1"
) -> Response:
    """Those of one hamlet and service; names that there are none of are ignored."""

    def load(session: Session) -> NeedsPage:
        hamlets = {one.id: one for one in list_hamlets(session, desk.actor, with_merged=False)}
        labels = {code: one.label for code, one in services_by_code(session, desk.actor).items()}
        where, what = hamlet if hamlet in hamlets else "", service if service in labels else ""
        counts = count_by_service(session, desk.actor, NeedFilter(where))
        total = counts.get(what, 0) if what else sum(counts.values())
        pages = max(1, -(-total // PAGE_SIZE))
        shown = min(page_number(page), pages)
        found = list_open_needs(session, desk.actor, NeedFilter(where, what), shown)
        only = (hamlets[where].name if where else "", labels[what] if what else "")
        return NeedsPage(
            title=_("Nhu cầu"),
            frame=build_frame(session, desk.actor, NEEDS),
            as_of=moment(desk.now),
            count=number(total),
            only=", ".join(one for one in only if one),
            hamlets=[Option(one.id, one.name, one.id == where) for one in hamlets.values()],
            services=[Option(code, label, code == what) for code, label in labels.items()],
            sums=[_sum(labels[code], count, where, code) for code, count in [*counts.items()][:SUMS]],
            rows=[_row(one, hamlets, labels, local_date(desk.now)) for one in found],
            pager=numbered_pager(needs_address(where, what), shown, pages),
        )

    return html("desk/coverage/needs.html", desk.reading.read(load))


def needs_address(hamlet_id: str = "", service: str = "") -> str:
    """The address of the list."""
    query = {"hamlet": hamlet_id, "service": service}
    filters = urlencode({name: value for name, value in query.items() if value})
    return f"{PATH}?{filters}" if filters else PATH


def _sum(label: str, count: int, hamlet_id: str, service: str) -> Link:
    return Link(f"{label}: {number(count)}", needs_address(hamlet_id, service))


def _row(listed: ListedNeed, hamlets: dict[str, Hamlet], labels: dict[str, str], today: date) -> WaitingRow:
    need, household = listed.need, household_link(listed.household)
    return WaitingRow(
        household=household,
        place=place_of(listed.household, hamlets),
        service=labels[need.service],
        day=day(need.asked_on),
        waiting=days_since(need.asked_on, today),
        person=member_link(listed.account_id, listed.person),
        visit=f"/desk/visits/{need.visit_id}",
        visit_label=_("Xem lượt ghi nhu cầu của %(household)s", household=household.text),
    )
