"""/desk/households: the commune's households, filtered, sorted and paged by the address."""

from collections.abc import Mapping
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.strings import _, lazy
from app.review.register.listing import HouseholdFilters, Sort, list_households
from app.web.deps import Config, Supervisor
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import HOUSEHOLDS
from app.web.desk.page.lists import Filters, Query, Span
from app.web.desk.page.paging import SortedColumn
from app.web.desk.records.quarantine.labels import HOUSEHOLD_STATES
from app.web.forms import Code, Day, Id, Sent, Text
from app.web.screens import screen

router = APIRouter()
LIST = Filters(
    "/desk/households",
    Id("hamlet", lazy("Thôn"), is_wanted=False),
    Code("state", lazy("Tình trạng"), options=HOUSEHOLD_STATES, is_wanted=False),
    Code(
        "reached",
        lazy("Đã gặp hay chưa"),
        options={"yes": lazy("Đã gặp"), "no": lazy("Chưa gặp")},
        is_wanted=False,
    ),
    Day(
        "since",
        lazy("Chưa thăm từ ngày"),
        wrong=lazy("Ghi ngày theo mẫu 24/11/2026. Danh sách dưới đây chưa lọc theo ngày."),
    ),
    Span("new", lazy("Đến lần đầu")),
    Text("q", lazy("Hộ")),
    Code("sort", options=dict.fromkeys(get_args(Sort), ""), is_wanted=False),
    words="q",
)


@router.get("/desk/households")
def show_households(request: Request, desk: Desk, settings: Config) -> Response:
    asked = LIST.of_address(request, settings, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        hamlets = list_hamlets(session, desk.actor)
        query = asked.within(hamlet={one.id for one in hamlets})
        filters = _filters(query.values)
        found = list_households(session, desk.actor, hamlets, filters, **query.position)
        ids = [one.household.id for one in found.households]
        return {
            "query": query,
            "hamlets": [(one.id, one.name) for one in hamlets],
            "found": found,
            "columns": _columns(query, filters.sort),
            "pager": query.pager(ids, has_previous=found.previous, has_next=found.next),
            "states": HOUSEHOLD_STATES,
        }

    return screen(desk, "desk/records/households.html", HOUSEHOLDS, load)


@router.post("/desk/households")
def filter_households(request: Request, settings: Config, sent: Sent, _supervisor: Supervisor) -> Response:
    """*Lọc*: redirect to the address of the filters. A form sent by GET would show the search words."""
    return RedirectResponse(LIST.address_of_form(request, settings, sent), 303)


def _filters(values: Mapping[str, Any]) -> HouseholdFilters:
    return HouseholdFilters(
        hamlet_id=values["hamlet"],
        state=values["state"],
        reached=values["reached"],
        unvisited_since=values["since"],
        first_reached=values["new"],
        words=values["q"],
        sort=values["sort"] or "address",
    )


def _columns(query: Query, sort: Sort) -> list[SortedColumn]:
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
