"""How the table of a report is cut for paper: by pillars, each part legible on A4, in Word and in Excel."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document

from app.commune.calendar.period import parse_period
from app.reports.forms.document import ReportDocument
from app.reports.forms.docx import write_docx
from app.reports.forms.parts import MOST_COLUMNS, table_parts
from app.reports.forms.xlsx import write_xlsx
from app.reports.table import ReportColumn, ReportRow, ReportTable
from tests.reports.reading import read_docx
from tests.reports.tables import document, random_table
from tests.rounds import seeds

AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
WORK = (
    "teams",
    "members",
    "active_members",
    "households",
    "guided",
    "cumulative",
    "met",
    "visits",
    "not_home",
)
LAST = ("applications", "warned", "sessions", "attended", "needs")
PILLARS = {
    **{f"service.e{n}": "Định danh điện tử" for n in range(10)},
    **{f"service.c{n}": "Thanh toán không tiền mặt" for n in range(6)},
    **{f"service.s{n}": "Dịch vụ công trực tuyến" for n in range(5)},
    **{f"service.m{n}": "Việc khác" for n in range(9)},
}


def _big() -> ReportDocument:
    """40 hamlets and 30 services."""
    codes = (*WORK, *PILLARS, *LAST)
    columns = (ReportColumn("hamlet", "Thôn", "text"), *(ReportColumn(code, code) for code in codes))
    rows = [ReportRow(f"h{n}", (f"Thôn {n}", *(n * 40 + k for k in range(len(codes))))) for n in range(40)]
    rows.append(ReportRow(None, ("Toàn xã", *(9_999 for _code in codes))))
    table = ReportTable("Xã Yên Bình", parse_period("2026-11", 1), AT, columns, tuple(rows))
    return ReportDocument(table, "Yên Bình", "Hoàng Văn Bình", AT, pillars=PILLARS)


def test_parts_are_pillars() -> None:
    big = _big()
    parts = table_parts(big.table.columns, big.pillars)
    assert [(part.heading, len(part.places)) for part in parts] == [
        ("Tổ, hộ, lượt thăm", 9),
        ("Định danh điện tử", 10),
        ("Thanh toán không tiền mặt; Dịch vụ công trực tuyến", 11),
        ("Việc khác", 9),
        ("Hồ sơ, tuyên truyền, nhu cầu", 5),
    ]


@pytest.mark.parametrize("seed", seeds(12))
def test_every_column_is_in_one_part_and_none_is_too_wide(seed: int) -> None:
    columns = random_table(seed).columns
    parts = table_parts(columns, {})
    assert [place for part in parts for place in part.places] == [*range(1, len(columns))]
    assert all(len(part.places) <= MOST_COLUMNS for part in parts)


def test_annex_of_forty_hamlets_has_each_part_on_its_own_page_with_its_heading() -> None:
    big = _big()
    content = write_docx(big)
    word: Any = Document(io.BytesIO(content))
    parts = [table for table in word.tables if table.rows[0].cells[0].text == "Thôn"]
    assert max(len(table.columns) for table in parts) <= 1 + MOST_COLUMNS
    assert {bool(table.rows[0]._tr.xpath("w:trPr/w:tblHeader")) for table in parts} == {True}, "repeated"
    headings = [one for one in word.paragraphs if re.match(r"\d\. ", one.text)]
    assert [one.text for one in headings][:2] == ["1. Tổ, hộ, lượt thăm", "2. Định danh điện tử"]
    breaks = [bool(one.paragraph_format.page_break_before) for one in headings]
    assert breaks == [False, True, True, True, True]
    assert read_docx(content, "Thôn")[1:] == [list(row.cells) for row in big.table.rows]


def test_excel_breaks_its_pages_where_the_parts_end_and_repeats_names_and_headings() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx(_big()))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        workbook = parts.read("xl/workbook.xml").decode()
    breaks = re.findall(r'<brk id="(\d+)"', sheet.partition("<colBreaks")[2])
    assert breaks == ["10", "20", "31", "40"]
    assert "$A:$A" in workbook
    assert "$1:$1" in workbook
    setup = re.findall(r"<pageSetup [^>]*>", sheet)[0]
    assert 'orientation="landscape"' in setup
    assert 'paperSize="9"' in setup
    assert "fitToPage" not in sheet, "it would leave out the breaks"
    assert int((re.findall(r'scale="(\d+)"', setup) or ["100"])[0]) >= 90, "letters of ten points"


def test_short_table_of_few_columns_stays_on_one_page() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx(document(_narrow())))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<colBreaks" not in sheet
    assert 'fitToPage="1"' in sheet


def _narrow() -> ReportTable:
    columns = (ReportColumn("hamlet", "Thôn", "text"), ReportColumn("visits", "Lượt thăm hộ"))
    return ReportTable(
        "Xã Yên Bình", parse_period("2026-11", 1), AT, columns, (ReportRow(None, ("Toàn xã", 3)),)
    )
