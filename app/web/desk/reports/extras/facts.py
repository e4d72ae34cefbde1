"""/desk/reports/{period}/facts/{fact}/{column}: the households that a report counts by what they said."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.errors import NotFound
from app.core.strings import _
from app.core.types import code_of
from app.fieldwork.households.models import HOUSEHOLD_FACTS
from app.reports.counted.facts import list_facts_of
from app.reports.counted.listing import figure_of
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.paging import page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.counted import CountedPage
from app.web.desk.reports.extras.extra_figure import counted_page, extra_figure
from app.web.rendering import html

router = APIRouter()


@router.get("/desk/reports/{code}/facts/{fact}/{column}")
def show_facts(
    code: str, fact: str, column: str, desk: ReadingDesk, hamlet: IdFilter = "", page: IdFilter = "1"
) -> Response:
    """The households in their order. What the report does not have is not found."""
    asked = code_of(HOUSEHOLD_FACTS, fact)
    if asked is None:
        raise NotFound
    number = page_number(page)

    def load(session: Session) -> CountedPage:
        shown = extra_figure(session, desk, code, asked, column, hamlet)
        figure = figure_of(session, desk.actor, shown.table.period, column, hamlet)
        found = list_facts_of(session, desk.actor, figure, asked, number)
        if found is None:
            raise NotFound
        address = fact_address(code, asked, column, hamlet)
        return counted_page(session, desk, shown, found, address, number, _("Hộ"))

    return html("desk/reports/report_figure.html", desk.reading.read(load))


def fact_address(code: str, fact: str, column: str, hamlet: str) -> str:
    """The address of what a number of a fact counts; `hamlet` is empty for the commune."""
    base = f"/desk/reports/{code}/facts/{fact}/{column}"
    return f"{base}?hamlet={hamlet}" if hamlet else base
