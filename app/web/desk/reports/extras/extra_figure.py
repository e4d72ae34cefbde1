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
from app.web.desk.reports.counted import CountedPage, counted_rows
from app.web.desk.reports.table_view import cell_text
from app.web.rendering import moment


@dataclass(frozen=True)
class ExtraFigure:
    """A number of an extra: the report that it stands in, what it counts and where, and its value."""

    table: ReportTable
    heading: str
    place: str
    value: CellValue


def extra_figure(
    session: Session, desk: DeskContext, period: str, about: str, column: str, hamlet: str = ""
) -> ExtraFigure:
    """The number in this column and in the row that is about `about`, of tables with rows of hamlets in that
    of `hamlet`, empty for the commune's. Raises `NotFound`."""
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    table = report_table(session, desk.actor, parse_period(period, month_start), desk.now)
    closed = find_closed(session, desk.actor, period)
    for extra in extra_tables(session, desk.actor, table, closed):
        columns = [one.code for one in extra.columns]
        rows = [
            row
            for row, code in zip(extra.rows, extra.codes, strict=False)  # none has a code, or all
            if (code, row.hamlet_id or "") == (about, hamlet)
        ]
        if rows and column in columns:
            cells, place = rows[0].cells, columns.index(column)
            name = extra.name if hamlet or rows[0].hamlet_id is None else cells[0]
            heading = f"{name}: {extra.columns[place].heading}"
            return ExtraFigure(table, heading, str(cells[0]) if hamlet else table.commune, cells[place])
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
        place=figure.place,
        shown=cell_text(figure.value),
        as_of=moment(table.as_of),
        is_closed=table.is_closed,
        total=cell_text(found.total),
        difference=_difference(table) if found.total != figure.value else "",
        first=first,
        amount=_("Tính"),
        rows=counted_rows(session, desk, found),
        pager=numbered_pager(address, number, max(1, -(-found.rows // PAGE_SIZE))),
    )


def _difference(table: ReportTable) -> str:
    """Why the report has another number than the list. What differs is in no adjustment."""
    if table.is_closed:
        return _("Kỳ đã chốt giữ số lúc chốt; danh sách là bản ghi hiện có.")
    return _("Vừa có bản ghi mới đến trong lúc mở trang. Mở lại báo cáo để xem số mới.")
