"""/desk/reports/{period}/outcomes/{group}/{service}: the visits that a new result of a report counts."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.errors import NotFound
from app.core.strings import _
from app.reports.counted.visits import list_outcomes_of
from app.reports.extras.outcomes import GROUPS
from app.web.desk.page.context import PathId
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.paging import page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.counted import CountedPage
from app.web.desk.reports.extras.extra_figure import counted_page, extra_figure
from app.web.rendering import html

router = APIRouter()


@router.get("/desk/reports/{code}/outcomes/{group}/{service}")
def show_outcomes(
    code: str, group: str, service: PathId, desk: ReadingDesk, page: IdFilter = "1"
) -> Response:
    """The visits in their order. What the report does not have is not found."""
    if group not in GROUPS:
        raise NotFound
    number = page_number(page)

    def load(session: Session) -> CountedPage:
        figure = extra_figure(session, desk, code, service, group)
        period = figure.table.period
        found = list_outcomes_of(session, desk.actor, period, service, GROUPS[group], number)
        address = outcome_address(code, group, service)
        return counted_page(session, desk, figure, found, address, number, _("Hộ"))

    return html("desk/reports/report_figure.html", desk.reading.read(load))


def outcome_address(code: str, group: str, service: str) -> str:
    """The address of what a new result counts."""
    return f"/desk/reports/{code}/outcomes/{group}/{service}"
