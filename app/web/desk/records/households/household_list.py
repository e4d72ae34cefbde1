"""/desk/households: the commune's households, filtered, sorted and paged by the address."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.strings import _
from app.fieldwork.visits.household_summary import HouseholdSummary
from app.review.register.listing import HouseholdList, Sort, list_households
from app.web.deps import Supervisor
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.page.paging import ListPager, SortedColumn
from app.web.desk.records.households.filters import (
    AddressQuery,
    FormQuery,
    HouseholdFilterBar,
    HouseholdQuery,
    read_filters,
)
from app.web.desk.records.quarantine.labels import HOUSEHOLD_STATES
from app.web.rendering import day, html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class HouseholdRow:
    """One household in the list."""

    href: str
    household: str
    alley: str
    hamlet: str
    state: str
    visits: str
    last_on: str


@dataclass(frozen=True)
class HouseholdsPage:
    """What templates/desk/records/households.html shows."""

    title: str
    frame: Frame
    bar: HouseholdFilterBar
    count: str
    as_of: str
    columns: list[SortedColumn]
    rows: list[HouseholdRow]
    pager: ListPager


@router.get("/desk/households")
def show_households(desk: Desk, query: AddressQuery) -> Response:
    def load(session: Session) -> HouseholdsPage:
        hamlets = list_hamlets(session, desk.actor)
        filters, bar = read_filters(query, hamlets, desk.now)
        found = list_households(session, desk.actor, hamlets, filters, **query.position)
        return HouseholdsPage(
            title=_("Hộ dân"),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            bar=bar,
            count=number(found.total),
            as_of=moment(desk.now),
            columns=_columns(query, filters.sort),
            rows=[_row(household) for household in found.households],
            pager=_pager(found, query),
        )

    return html("desk/records/households.html", desk.database.read(load))


@router.post("/desk/households")
def filter_households(query: FormQuery, _supervisor: Supervisor) -> Response:
    """*Lọc*: redirect to the address of the filters. A form sent by GET would show the search words."""
    return RedirectResponse(query.address(), 303)


def _row(found: HouseholdSummary) -> HouseholdRow:
    household = found.household
    return HouseholdRow(
        href=f"/desk/households/{household.id}",
        household=household_label(household),
        alley=household.alley,
        hamlet=found.hamlet,
        state=HOUSEHOLD_STATES[household.state],
        visits=number(found.visits),
        last_on=day(found.last_on) if found.last_on else "",
    )


def _columns(query: HouseholdQuery, sort: Sort) -> list[SortedColumn]:
    def column(label: str, by: Sort, order: str = "") -> SortedColumn:
        return SortedColumn(label, query.address(sort=by, before="", after=""), order)

    orders = {"longest": "ascending", "latest": "descending"}
    return [
        column(_("Hộ"), "name", "ascending" if sort == "name" else ""),
        column(_("Thôn, địa chỉ"), "address", "ascending" if sort == "address" else ""),
        SortedColumn(_("Tình trạng")),
        SortedColumn(_("Lượt thăm")),
        column(_("Thăm gần nhất"), "latest" if sort == "longest" else "longest", orders.get(sort, "")),
    ]


def _pager(found: HouseholdList, query: HouseholdQuery) -> ListPager:
    def address(exists: bool, **position: str) -> str:
        return query.address(**{"before": "", "after": ""} | position) if exists else ""

    ids = [one.household.id for one in found.households] or [""]
    return ListPager(
        first=address(found.previous),
        previous=address(found.previous, before=ids[0]),
        next=address(found.next, after=ids[-1]),
    )
