"""The province's totals are the sums of the communes' closed reports with their adjustments, whatever they
closed, changed and reopened."""

import random
from collections import Counter
from functools import partial

import pytest
from sqlmodel import Session

from app.commune.calendar.period import parse_period
from app.commune.province_access import Viewer
from app.core.db import Database
from app.province.table import extra_tables, province_table
from app.province.totals import read_totals
from app.reports.additive import is_additive
from app.reports.forms.document import ReportDocument
from app.reports.forms.docx import write_docx
from app.reports.forms.xlsx import write_xlsx
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.province import random_province
from tests.province.random_province import PROVINCE, RandomCommune
from tests.reports.random_commune import LATER
from tests.reports.reading import read_docx, read_xlsx
from tests.rounds import seeds

VIEWER = Viewer("v", "Lê Thị Hà", PROVINCE)
Figures = dict[str, int | None]


@pytest.mark.parametrize("seed", seeds(200, 5))
def test_totals_are_the_sums_of_the_closed_reports_with_their_adjustments(
    database: Database, seed: int, clock: FakeClock
) -> None:
    dice = random.Random(seed)
    communes = database.write(lambda session: random_province.build(session, dice, clock()))
    codes = sorted({code for one in communes for code in one.closed | one.reopened})
    chosen = dice.sample(codes, min(len(codes), 8))
    for code in chosen:
        database.read(partial(_compare, communes=communes, code=code))
    if chosen:
        database.read(partial(_compare_files, code=chosen[0]))
    # The reviews of these visits are invented: nobody decided them, which `audit` would say.
    assert [problem for one in check(database) if one.name != "audit" for problem in one.problems] == []


def _compare(session: Session, communes: list[RandomCommune], code: str) -> None:
    totals = read_totals(session, VIEWER, code, LATER)
    table = province_table(totals)
    closed = [one for one in communes if code in one.closed]
    own = {one.world.commune_id: _closed_report(session, one, code) for one in closed}
    *rows, whole = (_figures(table, number) for number in range(len(table.rows)))
    assert {row.hamlet_id: _figures(table, number) for number, row in enumerate(table.rows[:-1])} == {
        commune_id: _figures(report, -1) | _missing(table, report) for commune_id, report in own.items()
    }
    assert whole == {column.code: _sum([row[column.code] for row in rows]) for column in table.columns[1:]}
    _compare_with_hamlets(list(own.values()), whole)
    reopened = {one.commune.id for one in totals.glances if one.state == "reopened"}
    assert reopened == {one.world.commune_id for one in communes if code in one.reopened}


def _compare_files(session: Session, code: str) -> None:
    totals = read_totals(session, VIEWER, code, LATER)
    table = province_table(totals)
    document = ReportDocument(table, "Lạng Sơn", "Hà", LATER, extra=extra_tables(totals))
    printed = [[one.heading for one in table.columns], *(list(row.cells) for row in table.rows)]
    assert read_xlsx(write_xlsx(document)) == printed
    assert read_docx(write_docx(document), "Xã, phường") == printed


def _closed_report(session: Session, commune: RandomCommune, code: str) -> ReportTable:
    """The report as the commune's own desk shows it."""
    report = report_table(session, commune.supervisor(session), parse_period(code, 1), LATER)
    assert report.is_closed
    return report


def _figures(table: ReportTable, number: int) -> Figures:
    """A row's figures by column."""
    cells = zip(table.columns[1:], table.rows[number].cells[1:], strict=True)
    return {column.code: cell if isinstance(cell, int) else None for column, cell in cells}


def _missing(table: ReportTable, report: ReportTable) -> Figures:
    """Columns of services that this commune's report has no figure of."""
    own = {column.code for column in report.columns}
    return {column.code: 0 for column in table.columns[1:] if column.code not in own}


def _sum(figures: list[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _compare_with_hamlets(reports: list[ReportTable], whole: Figures) -> None:
    """The visits, sessions and applications of the province are those of all hamlets and of all rows
    *Điều chỉnh*."""
    sums = Counter[str]()
    for report in reports:
        for number in range(len(report.rows) - 1):
            sums.update({code: count or 0 for code, count in _figures(report, number).items()})
    for code in ("visits", "not_home", "sessions", "applications"):
        assert is_additive(code)
        assert sums[code] == (whole.get(code) or 0), code
    for code in (code for code in whole if code.startswith("service.")):
        assert sums[code] == whole[code], code
