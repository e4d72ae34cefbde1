"""/desk/reports/{period}/venues/{venue}/{column}: what a report counts of one kind of place."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import NotFound
from app.core.strings import _
from app.reports.counted.listing import CountedList, Figure
from app.reports.counted.sessions import list_sessions_of
from app.reports.counted.visits import list_visits_of
from app.reports.extras.venues import COUNTED, HOUSEHOLDS
from app.web.desk.page.context import DeskContext, PathId
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.paging import page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.counted import CountedPage
from app.web.desk.reports.extras.extra_figure import counted_page, extra_figure
from app.web.rendering import html

router = APIRouter()


@router.get("/desk/reports/{code}/venues/{venue}/{column}")
def show_venue(code: str, venue: PathId, column: str, desk: ReadingDesk, page: IdFilter = "1") -> Response:
    """The visits or sessions in their order. What the report does not have is not found."""
    if column not in COUNTED:
        raise NotFound
    number = page_number(page)

    def load(session: Session) -> CountedPage:
        figure = extra_figure(session, desk, code, venue, column)
        found = _list(session, desk, Figure(column, figure.table.period, None), venue, number)
        first = _("Hộ") if venue == HOUSEHOLDS else _("Buổi")
        address = venue_address(code, venue, column)
        return counted_page(session, desk, figure, found, address, number, first)

    return html("desk/reports/report_figure.html", desk.reading.read(load))


def venue_address(code: str, venue: str, column: str) -> str:
    """The address of what a number of a kind of place counts."""
    return f"/desk/reports/{code}/venues/{venue}/{column}"


def _list(session: Session, desk: DeskContext, figure: Figure, venue: str, page: int) -> CountedList:
    if venue == HOUSEHOLDS:
        catalog = services_by_code(session, desk.actor)
        found = list_visits_of(session, desk.actor, figure, catalog, page)
    else:
        found = list_sessions_of(session, desk.actor, figure, page, venue)
    if found is None:
        raise NotFound
    return found
