"""A number of an extra, and the page of what it counts."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.calendar.period import parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import NotFound
from app.core.strings import _
from app.fieldwork.periods.queries import find_closed
from app.reports.counted.listing import PAGE_SIZE, CountedList
from app.reports.extras.tables import extra_tables
from app.reports.query import report_table
from app.reports.table import CellValue, ReportTable
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.paging import numbered_pager
from app.web.desk.reports.choose import report_address
from app.web.desk.reports.counted import CountedPage, counted_rows, difference_words
from app.web.desk.reports.table_view import cell_text


@dataclass(frozen=True)
class ExtraFigure:
    """A number of an extra: the report that it stands in, the names of its row and column, and its value."""

    table: ReportTable
    heading: str
    value: CellValue


def extra_figure(session: Session, desk: DeskContext, period: str, row: str, column: str) -> ExtraFigure:
    """The number in the row that is about `row` and in this column. Raises `NotFound`."""
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    table = report_table(session, desk.actor, parse_period(period, month_start), desk.now)
    closed = find_closed(session, desk.actor, period)
    for extra in extra_tables(session, desk.actor, table, closed):
        columns = [one.code for one in extra.columns]
        if row in extra.codes and column in columns:
            found, place = extra.rows[extra.codes.index(row)], columns.index(column)
            heading = f"{found.cells[0]}: {extra.columns[place].heading}"
            return ExtraFigure(table, heading, found.cells[place])
    raise NotFound


def counted_page(
    session: Session,
    desk: DeskContext,
    figure: ExtraFigure,
    found: CountedList,
    address: str,
    number: int,
    first: str,
) -> CountedPage:
    """A page of what the number counts. `address`: of its list; `first`: the heading of the records."""
    table = figure.table
    return CountedPage(
        title=figure.heading,
        frame=build_frame(session, desk.actor, REPORTS),
        report=report_address(table.period),
        period=period_label(table.period),
        place=table.commune,
        shown=cell_text(figure.value),
        total=cell_text(found.total),
        difference=difference_words(table, "") if found.total != figure.value else "",
        first=first,
        amount=_("Tính"),
        rows=counted_rows(session, desk, found),
        pager=numbered_pager(address, number, max(1, -(-found.rows // PAGE_SIZE))),
    )
