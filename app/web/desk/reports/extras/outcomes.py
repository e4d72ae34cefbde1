"""/desk/reports/{period}/outcomes/{group}/{service}: the visits that a new result of a report counts."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.calendar.period import parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import NotFound
from app.core.strings import _
from app.fieldwork.periods.queries import find_closed
from app.reports.counted.listing import PAGE_SIZE
from app.reports.counted.visits import list_outcomes_of
from app.reports.extras.outcomes import GROUPS
from app.reports.extras.tables import extra_tables
from app.reports.forms.document import ExtraTable
from app.reports.query import report_table
from app.reports.table import CellValue
from app.web.desk.page.context import DeskContext, PathId
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.paging import numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.choose import report_address
from app.web.desk.reports.counted import CountedPage, counted_rows, difference_words
from app.web.desk.reports.table_view import cell_text
from app.web.rendering import html

router = APIRouter()


@router.get("/desk/reports/{code}/outcomes/{group}/{service}")
def show_outcomes(
    code: str, group: str, service: PathId, desk: ReadingDesk, page: IdFilter = "1"
) -> Response:
    """The visits in their order. What the report does not have is not found."""
    number = page_number(page)
    shown = desk.reading.read(lambda session: _page(session, desk, code, (group, service), number))
    return html("desk/reports/report_figure.html", shown)


def outcome_address(code: str, group: str, service: str) -> str:
    """The address of what a new result counts."""
    return f"/desk/reports/{code}/outcomes/{group}/{service}"


def _page(
    session: Session, desk: DeskContext, code: str, counted: tuple[str, str], number: int
) -> CountedPage:
    group, service = counted
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    period = parse_period(code, month_start)
    table = report_table(session, desk.actor, period, desk.now)
    closed = find_closed(session, desk.actor, code)
    extras = extra_tables(session, desk.actor, table, closed)
    heading, value = _of_extra(extras, group, service)
    found = list_outcomes_of(session, desk.actor, table.period, service, GROUPS[group], number)
    pages = max(1, -(-found.rows // PAGE_SIZE))
    return CountedPage(
        title=heading,
        frame=build_frame(session, desk.actor, REPORTS),
        report=report_address(table.period),
        period=period_label(table.period),
        place=table.commune,
        shown=cell_text(value),
        total=cell_text(found.total),
        difference=difference_words(table, "") if found.total != value else "",
        first=_("Hộ"),
        amount=_("Tính"),
        rows=counted_rows(session, desk, found),
        pager=numbered_pager(outcome_address(code, group, service), number, pages),
    )


def _of_extra(extras: tuple[ExtraTable, ...], group: str, service: str) -> tuple[str, CellValue]:
    """What is counted, and the report's number. Raises `NotFound`."""
    for extra in extras:
        codes = [column.code for column in extra.columns]
        if service in extra.services and group in GROUPS and group in codes:
            row, place = extra.rows[extra.services.index(service)], codes.index(group)
            return f"{row.cells[0]}: {extra.columns[place].heading}", row.cells[place]
    raise NotFound
