"""A period beside the one before and the same one last year, by hamlet and by service.

One that is running is compared with as many days of the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period, previous_period, same_span, year_earlier
from app.commune.settings import settings_of
from app.core.clock import local_date
from app.reports.additive import APPLICATIONS, SERVICE_PREFIX
from app.reports.query import counted_table
from app.reports.table import ReportTable

K = TypeVar("K")

BY_HAMLET = ("guided", "met", "visits")  # the columns that are compared hamlet by hamlet


@dataclass(frozen=True)
class ComparedRow:
    """A hamlet, the commune or a service: its figure now, in the period before, and a year earlier. None if
    there was no such row or column then."""

    name: str
    now: int | None
    before: int | None
    last_year: int | None


@dataclass(frozen=True)
class ComparedTable:
    """One figure, compared; `heading`: what it is, empty for the services of the commune."""

    heading: str
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True)
class Comparison:
    """What a report is compared with, and the tables: hamlets by figure, then services."""

    previous: Period
    year_earlier: Period
    tables: tuple[ComparedTable, ...]


def compare(session: Session, actor: Actor, table: ReportTable, now: datetime) -> Comparison:
    """The comparison of a report with those of the two other periods; of closed ones their snapshots."""
    start = settings_of(session, actor.commune_id).month_start_day
    previous = table_before(session, actor, table, now)
    earlier = _compared(session, actor, table, year_earlier(table.period, start), now)
    current, before, last_year = _Lookup(table), _Lookup(previous), _Lookup(earlier)
    tables = [_by_hamlet(code, current, before, last_year) for code in BY_HAMLET]
    by_service = _by_service(current, before, last_year)
    return Comparison(previous.period, earlier.period, (*tables, by_service))


def table_before(session: Session, actor: Actor, table: ReportTable, now: datetime) -> ReportTable:
    """What was counted in the period before; of a closed one its snapshot."""
    start = settings_of(session, actor.commune_id).month_start_day
    return _compared(session, actor, table, previous_period(table.period, start), now)


def _compared(
    session: Session, actor: Actor, table: ReportTable, other: Period, now: datetime
) -> ReportTable:
    return counted_table(session, actor, same_span(other, table.period, local_date(now)), now)


def whole_figures(table: ReportTable, codes: Iterable[str]) -> tuple[int | None, ...]:
    """The commune's figures of these columns; None for one that is unknown or that the table lacks."""
    lookup = _Lookup(table)
    return tuple(lookup.figure(None, code) for code in codes)


def row_figures(table: ReportTable, codes: Iterable[str]) -> list[tuple[str, tuple[int | None, ...]]]:
    """The name of each hamlet, in the commune's order, with its figures of these columns, likewise."""
    lookup, wanted = _Lookup(table), tuple(codes)
    return [
        (name, tuple(lookup.figure(hamlet_id, code) for code in wanted))
        for hamlet_id, name in lookup.names.items()
        if hamlet_id is not None
    ]


class _Lookup:
    """The figures of a report by hamlet (None: the commune) and column."""

    def __init__(self, table: ReportTable) -> None:
        self.headings = {column.code: column.heading for column in table.columns}
        rows = [row for row in table.rows if not row.adjusts]
        self.names = {row.hamlet_id: str(row.cells[0]) for row in rows}
        self._cells = {
            (row.hamlet_id, column.code): cell
            for row in rows
            for column, cell in zip(table.columns, row.cells, strict=True)
        }

    def figure(self, hamlet_id: str | None, code: str) -> int | None:
        value = self._cells.get((hamlet_id, code))
        return value if isinstance(value, int) else None


def _by_hamlet(code: str, *tables: _Lookup) -> ComparedTable:
    """Hamlets of any of the periods: one that was merged since has figures only before."""
    names = _merged(table.names for table in tables)
    commune = names.pop(None)
    rows = [_row(name, hamlet_id, code, tables) for hamlet_id, name in names.items()]
    return ComparedTable(tables[0].headings[code], (*rows, _row(commune, None, code, tables)))


def _by_service(*tables: _Lookup) -> ComparedTable:
    headings = _merged(table.headings for table in tables)
    codes = [code for code in headings if code.startswith(SERVICE_PREFIX) or code == APPLICATIONS]
    rows = (_row(headings[code], None, code, tables) for code in codes)
    used = (row for row in rows if row.now or row.before or row.last_year)
    return ComparedTable("", tuple(used))


def _merged(names: Iterable[dict[K, str]]) -> dict[K, str]:
    """All names; of a key that several have, the first one's."""
    merged: dict[K, str] = {}
    for one in names:
        merged |= {key: name for key, name in one.items() if key not in merged}
    return merged


def _row(name: str, hamlet_id: str | None, code: str, tables: tuple[_Lookup, ...]) -> ComparedRow:
    now, before, last_year = (table.figure(hamlet_id, code) for table in tables)
    return ComparedRow(name, now, before, last_year)
