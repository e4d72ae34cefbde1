"""/desk/outreach: the outreach sessions that members recorded, with their sums, by day, hamlet and person."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.strings import lazy
from app.fieldwork.outreach.models import VENUES
from app.fieldwork.outreach.queries import (
    PAGE_SIZE,
    UNKNOWN_VENUE,
    SessionFilter,
    list_sessions,
    sum_sessions,
    withdrawn_since,
)
from app.intake.paper.session_withdrawal import UNDO_TIME
from app.reports.extras.models import wanted_extras
from app.reports.extras.venues import name_of
from app.web.deps import Config
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import OUTREACH
from app.web.desk.page.labels import hamlet_label
from app.web.desk.page.lists import Filters
from app.web.desk.page.paging import numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.forms import Day, Text
from app.web.screens import screen

router = APIRouter()
_BAD_DAY = lazy("Ngày chưa đúng. Viết như 24/11/2026.")


LIST = Filters(
    "/desk/outreach",
    Day("day", lazy("Từ ngày"), wrong=_BAD_DAY, maxlength=20),
    Day("to", lazy("Đến ngày"), wrong=_BAD_DAY, maxlength=20),
    Text("hamlet", lazy("Thôn")),
    Text("volunteer", lazy("Người ghi")),
    Text("venue", lazy("Nơi giúp bà con")),
)


@router.get(LIST.path)
def show_outreach(request: Request, settings: Config, desk: ReadingDesk, page: IdFilter = "1") -> Response:
    """The sessions of these days, this hamlet, person and venue; the names are those of /desk/visits."""
    query = LIST.of_address(request, settings, desk.now)
    typed = query.values
    wanted = SessionFilter(typed["day"], typed["to"], typed["hamlet"], typed["volunteer"], typed["venue"])

    def load(session: Session) -> Mapping[str, Any]:
        sums = sum_sessions(session, desk.actor, wanted)
        pages = max(1, -(-sums.sessions // PAGE_SIZE))
        shown = min(page_number(page), pages)
        has_venues = wanted.venue or "venue" in wanted_extras(session, desk.actor)
        return {
            "query": query,
            "sums": sums,
            "hamlets": [(one.id, hamlet_label(one)) for one in list_hamlets(session, desk.actor)],
            "venues": [(code, name_of(code)) for code in (*VENUES, UNKNOWN_VENUE)] if has_venues else [],
            "labels": {code: one.label for code, one in services_by_code(session, desk.actor).items()},
            "rows": list_sessions(session, desk.actor, wanted, shown),
            "withdrawn": withdrawn_since(session, desk.actor, desk.now - UNDO_TIME),
            "pager": numbered_pager(query.address(), shown, pages),
        }

    return screen(desk, "desk/coverage/outreach.html", OUTREACH, load)
