"""The extras of a report as its page shows them."""

from dataclasses import dataclass

from sqlmodel import Session

from app.fieldwork.households.models import HOUSEHOLD_FACTS
from app.fieldwork.periods.queries import find_closed
from app.reports.counted.facts import SAID
from app.reports.extras.outcomes import GROUPS
from app.reports.extras.tables import OWN, extra_tables
from app.reports.extras.venues import COUNTED, is_venue
from app.reports.forms.document import ExtraTable
from app.reports.table import ReportTable
from app.web.desk.page.context import DeskContext
from app.web.desk.reports.counted import figure_address
from app.web.desk.reports.extras.facts import fact_address
from app.web.desk.reports.extras.outcomes import outcome_address
from app.web.desk.reports.extras.venues import venue_address
from app.web.desk.reports.table_view import Cell, cell_text


@dataclass(frozen=True)
class ExtraRow:
    """A row of an extra; `is_whole`: that of the commune."""

    cells: list[Cell]
    is_whole: bool


@dataclass(frozen=True)
class ExtraView:
    """A table beside the report's: its name, the headings, each with whether its cells are texts, and its
    rows."""

    name: str
    columns: list[tuple[str, bool]]
    rows: list[ExtraRow]


def extra_views(session: Session, desk: DeskContext, table: ReportTable) -> list[ExtraView]:
    """The extras of a report. The app's own figures in them lead to what they count."""
    closed = find_closed(session, desk.actor, table.period.code)
    return [_view(table, one) for one in extra_tables(session, desk.actor, table, closed)]


def _view(table: ReportTable, extra: ExtraTable) -> ExtraView:
    columns = [(column.heading, column.kind == "text") for column in extra.columns]
    codes = extra.codes or ("",) * len(extra.rows)
    rows = [
        ExtraRow(
            [
                Cell(
                    cell_text(value),
                    _href(table, column.code, row.hamlet_id, code) if value else "",
                    *head,
                )
                for value, column, head in zip(row.cells, extra.columns, columns, strict=True)
            ],
            row.hamlet_id is None,
        )
        for row, code in zip(extra.rows, codes, strict=True)
    ]
    return ExtraView(extra.name, columns, rows)


def _href(table: ReportTable, column: str, hamlet_id: str | None, code: str) -> str:
    """The address of the list of what a number counts; empty for what others counted, and for names."""
    if code and column in GROUPS:
        return outcome_address(table.period.code, column, code)
    if code in HOUSEHOLD_FACTS and column in SAID:
        return fact_address(table.period.code, code, column, hamlet_id or "")
    if is_venue(code) and column in COUNTED:
        return venue_address(table.period.code, code, column)
    return figure_address(table.period.code, column, hamlet_id or "") if column in OWN else ""
