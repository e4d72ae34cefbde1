"""A report of a commune of many hamlets on A4: no word or number is broken in Word and in Excel, and what
belongs together is on one page."""

import io
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from app.commune.calendar.period import parse_period
from app.reports.charts.models import Chart, ChartRow
from app.reports.forms.document import ExtraTable, ReportDocument
from app.reports.forms.docx import write_docx
from app.reports.forms.sheet_layout import LONGEST_NAME, sheet_name
from app.reports.forms.widths import ColumnNeed, share_width, text_width, widest_word
from app.reports.forms.xlsx import write_xlsx
from app.reports.table import Remark, ReportColumn, ReportRow, ReportTable
from tests.cases import cases
from tests.reports.reading import read_xlsx
from tests.rounds import seeds

AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PLACES = ("Nà Pàn Thượng", "Pác Ngườm – Lũng Chuông", "Trường Thịnh Ngõ Giếng", "Hữu nghị Quốc tế Lộc Bình")
LONGEST = "Thôn Liên gia đặc biệt khó khăn Khuổi Nghịu Phường Nghĩa Lộ Thượng"
SERVICES = (
    "Đăng nhập Cổng dịch vụ công quốc gia",
    "VssID/BHXH",
    "Cấp đổi, cấp lại căn cước trực tuyến",
    "Tổ",
)
SOURCE = "(theo Công an xã, ngày 31/10/2026)"
Table = tuple[Sequence[ReportColumn], Sequence[ReportRow]]
Widths = list[float]


def _report() -> ReportDocument:
    """40 hamlets and 30 services, what others counted, and a rate with a long name."""
    names = [f"Tổ dân phố {PLACES[n % 4]} {n}" for n in range(39)] + [LONGEST]
    columns = [
        ReportColumn("hamlet", "Thôn", "text"),
        *(ReportColumn(f"service.s{n}", f"{SERVICES[n % 4]} {n}") for n in range(30)),
    ]
    table = ReportTable(
        "Xã Yên Bình",
        parse_period("2026-11", 1),
        AT,
        tuple(columns),
        tuple(_rows(names, 30)),
        practices=(Remark(date(2026, 11, 3), "Hoàng Văn Bình", "Hẹn trước."),),
    )
    counted = (columns[0], *(ReportColumn(f"c{n}", f"Người trưởng thành {SOURCE}") for n in range(4)))
    rate = ReportRow("", (f"Tỷ lệ tài khoản định danh điện tử mức 2 {SOURCE}", "1.240 / 1.850"))
    rates = (ReportColumn("rate", "Số liệu", "text"), ReportColumn("value", "Trị số", "text"))
    extra = (
        ExtraTable("Số do nơi khác đếm", counted, tuple(_rows(names, 4))),
        ExtraTable("Tỷ lệ do nơi khác cung cấp", rates, (rate,)),
    )
    return ReportDocument(table, "Yên Bình", "Hoàng Văn Bình", AT, extra=extra)


def _rows(names: Sequence[str], width: int) -> Iterator[ReportRow]:
    for name in names:
        yield ReportRow(name, (name, *(100 + n for n in range(width))))
    yield ReportRow(None, ("Toàn xã", *(123_456 for _column in range(width))))


def _expect_room(table: Table, widths: Widths, size: float) -> None:
    """Of its columns, with these widths in mm without what is around a text: names take at most two lines,
    the longest one three; words, numbers and short texts are on one."""
    columns, rows = table
    for name in (str(row.cells[0]) for row in rows):
        assert text_width(name, size) <= (2.7 if name == LONGEST else 1.8) * widths[0], name
    for place, width in enumerate(widths):
        assert widest_word([columns[place].heading], size, bold=True) <= width, columns[place].heading
        for row in (rows[0], rows[-1]) if place else ():
            cell = row.cells[place]
            assert text_width(f"{cell:,}" if isinstance(cell, int) else str(cell), size) <= width, cell


def test_no_word_or_number_is_broken_in_word() -> None:
    report = _report()
    word: Any = Document(io.BytesIO(write_docx(report)))
    annex = [table for table in word.tables if table.rows[0].cells[0].text in ("Thôn", "Số liệu")]
    assert [len(table.columns) for table in annex] == [11, 11, 11, 5, 2]
    tables: list[Table] = [(report.table.columns, report.table.rows)] * 3
    tables += [(one.columns, one.rows) for one in report.extra]
    first = 1
    for part, (columns, rows) in zip(annex, tables, strict=True):
        widths = [column.width.mm for column in part.columns]
        assert sum(widths) <= 252.2, "between the margins"
        places = [0, *range(first, first + len(widths) - 1)] if len(columns) > 30 else [*range(len(columns))]
        first += len(widths) - 1
        shown = [ReportRow(None, tuple(row.cells[place] for place in places)) for row in rows]
        _expect_room(([columns[place] for place in places], shown), [one - 3.8 for one in widths], 10)


def test_no_word_or_number_is_broken_in_excel_and_letters_have_ten_points() -> None:
    report = _report()
    sheets = _sheets(write_xlsx(report))
    tables: list[Table] = [(report.table.columns, report.table.rows)]
    tables += [(one.columns, one.rows) for one in report.extra]
    for sheet, (columns, rows) in zip(sheets, tables, strict=False):
        widths = _column_widths(sheet, len(columns))
        _expect_room((columns, rows), [width - 1.3 for width in widths], 11)
    whole = _column_widths(sheets[0], 31)
    scale = int(re.findall(r'scale="(\d+)"', sheets[0])[0]) / 100
    assert scale * 11 >= 9.9
    breaks = [int(one) for one in re.findall(r'<brk id="(\d+)"', sheets[0].partition("<colBreaks")[2])]
    for first, end in zip([1, *breaks], [*breaks, 31], strict=True):
        assert (whole[0] + sum(whole[first:end])) * scale <= 297 - 2 * 12.7, "between the margins"
    for sheet, count in zip(sheets[1:3], (5, 2), strict=True):
        assert sum(_column_widths(sheet, count)) <= 297 - 2 * 12.7


def test_each_sheet_is_as_wide_as_a_page_of_a4_with_its_number() -> None:
    sheets = _sheets(write_xlsx(_report()))
    assert len(sheets) == 5
    for sheet in sheets:
        assert 'paperSize="9"' in sheet
        assert "&amp;R&amp;P/&amp;N" in sheet
    heads = [re.findall(r"<oddHeader>&amp;L(.*?)&amp;R", sheet)[0] for sheet in sheets]
    names = ("Báo cáo", *(one.name for one in _report().extra))
    assert all(head.startswith(f"{name}. ") for head, name in zip(heads, names, strict=False)), heads
    assert heads[-1].startswith("Ý kiến. "), "nothing else on paper says what a table is about"
    for sheet in sheets[1:]:
        assert 'fitToPage="1"' in sheet, "a value is beside its name, a remark beside its author"


def test_every_hamlet_of_the_chart_in_word_has_its_name_on_one_line() -> None:
    rows = tuple(ChartRow(str(row.cells[0]), (1, 2, 3)) for row in _report().table.rows[:-1])
    series = (("guided", "Hộ được hướng dẫn"), ("met", "Hộ đã gặp"), ("households", "Tổng số hộ"))
    chart = Chart("hamlets", "Hộ của từng thôn", "Thôn", series, rows)
    word: Any = Document(io.BytesIO(write_docx(ReportDocument(_report().table, "", "", AT, charts=(chart,)))))
    (part,) = (one for one in word.part.related_parts.values() if "charts" in str(one.partname))
    drawn = part.blob.decode()
    assert '<c:tickLblSkip val="1"/>' in drawn
    names = re.findall(r"<c:v>([^<]*)</c:v>", drawn.partition("<c:cat>")[2].partition("</c:cat>")[0])
    assert len(names) == 40
    assert {len(name) <= 52 for name in names} == {True}
    assert len({*names}) == 40
    (frame,) = word.element.iter(qn("wp:docPr"))
    assert LONGEST in frame.get("descr"), "whole in words"


# In letters of ten points, measured in Liberation Serif, which has the same widths.
@cases(
    "text, bold, millimetres",
    [
        ("Thôn Liên gia đặc biệt khó khăn Khuổi Nghịu", False, 65.2),
        ("1.234.567", False, 14.1),
        ("VssID/BHXH", True, 20.6),
        ("Đăng ký nộp thuế hộ kinh doanh", True, 49.4),
        ("KẾT QUẢ HOẠT ĐỘNG", True, 38.8),
        ("Người trưởng thành", True, 30.5),
    ],
)
def test_width_of_a_text_is_that_of_the_font(text: str, bold: bool, millimetres: float) -> None:
    assert millimetres * 0.98 <= text_width(text, 10, bold=bold) <= millimetres * 1.11


@pytest.mark.parametrize("seed", seeds(40))
def test_columns_share_a_page_and_none_is_narrower_than_it_needs_if_there_is_room(seed: int) -> None:
    dice = random.Random(seed)
    needs = [ColumnNeed(least, least + dice.choice((0, 5, 40))) for least in dice.choices((14, 20, 45), k=13)]
    available = dice.choice((150, 252, 301))
    widths = share_width(needs[0], needs[1 : dice.randrange(1, 14)], available)
    assert sum(widths) <= available + 1e-9
    least = [one.least for one in needs[: len(widths)]]
    if sum(least) <= available:
        assert all(width >= one for width, one in zip(widths, least, strict=True))
        assert all(width <= one.most + 1e-9 for width, one in zip(widths, needs, strict=False))


def test_any_name_of_a_table_is_the_name_of_its_sheet() -> None:
    long = "Hộ có tài khoản định danh điện tử mức 2, do tổ hỏi"
    names = (
        long,
        long,
        "Báo cáo",
        "BÁO CÁO",
        "[Thu/chi] 2026: a*b?\\c",
        "'",
        "Thông tin",
        "History",
        "x\x01",
    )
    columns = (ReportColumn("hamlet", "Thôn", "text"), ReportColumn("n", "Số"))
    extra = tuple(ExtraTable(name, columns, (ReportRow(None, (name, 1)),)) for name in names)
    report = _report()
    content = write_xlsx(ReportDocument(report.table, "Yên Bình", "Bình", AT, extra=extra))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = re.findall(r'<sheet name="([^"]*)"', parts.read("xl/workbook.xml").decode())
    assert len(sheets) == len({one.casefold() for one in sheets}) == len(names) + 3
    assert [one for one in sheets if len(one) > LONGEST_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", one)] == []
    assert "History" not in sheets
    assert sheets[1:3] == ["Hộ có tài khoản định danh điện", "Hộ có tài khoản định danh đ (2)"]
    assert [read_xlsx(content, at)[1][1] for at in range(1, len(names) + 1)] == [1] * len(names)


def test_a_short_name_is_left_as_it_is() -> None:
    assert sheet_name("Kết quả mới trong kỳ", ("Báo cáo",)) == "Kết quả mới trong kỳ"


def _sheets(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        return [parts.read(name).decode() for name in sorted(names)]


def _column_widths(sheet: str, columns: int) -> Widths:
    """In mm, as Excel counts characters of these letters."""
    found = [0.0] * columns
    for first, last, width in re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet):
        for place in range(int(first), int(last) + 1):
            found[place - 1] = float(width) * 7.33 / 96 * 25.4
    return found
