"""The comparison under a report: this period, the one before, the same one last year."""

from dataclasses import dataclass

from sqlmodel import Session

from app.core.strings import _
from app.reports.compare import ComparedRow, compare
from app.reports.table import ReportTable
from app.web.desk.page.context import DeskContext
from app.web.desk.reports.choose import PeriodLink, period_link
from app.web.rendering import number


@dataclass(frozen=True)
class ComparisonView:
    """Links to the two other periods, and tables: a heading, the heading of the first column, and rows of
    name, figure now, before, change, last year, change."""

    previous: PeriodLink
    year_earlier: PeriodLink
    tables: list[tuple[str, str, list[list[str]]]]


def comparison_view(session: Session, desk: DeskContext, table: ReportTable) -> ComparisonView:
    """The comparison as it is shown."""
    comparison = compare(session, desk.actor, table, desk.now)
    tables = [
        (one.heading or _("Người theo từng việc"), _("Thôn") if one.heading else _("Việc"), one.rows)
        for one in comparison.tables
    ]
    return ComparisonView(
        previous=period_link(comparison.previous),
        year_earlier=period_link(comparison.year_earlier),
        tables=[(heading, first, [_cells(row) for row in rows]) for heading, first, rows in tables],
    )


def _cells(row: ComparedRow) -> list[str]:
    before, last_year = _change(row.now, row.before), _change(row.now, row.last_year)
    return [row.name, _text(row.now), _text(row.before), before, _text(row.last_year), last_year]


def _text(value: int | None) -> str:
    return "–" if value is None else number(value)


def _change(now: int | None, then: int | None) -> str:
    """*+12*, *-3*, *0*; unknown if one of the two is."""
    if now is None or then is None:
        return "–"
    return f"+{number(now - then)}" if now > then else number(now - then)
