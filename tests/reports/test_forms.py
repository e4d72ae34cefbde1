"""CSV, Excel and Word of a report's table: the same cells in each, and no text that becomes a formula."""

import csv
import io
import re
import zipfile
from datetime import date, datetime

import pytest

from app.reports.forms.csv import csv_lines, safe_cell, write_csv
from app.reports.forms.document import CheckCode
from app.reports.forms.docx import write_docx
from app.reports.forms.xlsx import write_xlsx
from app.reports.table import Remark
from tests.qr import read_picture
from tests.reports.reading import Cells, read_csv, read_docx, read_xlsx
from tests.reports.tables import FORMULA, document, random_table
from tests.rounds import seeds

CHECK = CheckCode("7K2M-9QXA", "https://tungnha.example/desk/reports/check/7K2M9QXA")


def _cells(seed: int) -> Cells:
    table = random_table(seed)
    return [[column.heading for column in table.columns], *(list(row.cells) for row in table.rows)]


def _unquoted(cells: Cells) -> Cells:
    """Without the apostrophes that keep text from being a formula in CSV."""
    return [
        [cell[1:] if isinstance(cell, str) and cell[:1] == "'" else cell for cell in row] for row in cells
    ]


@pytest.mark.parametrize("seed", seeds(12))
def test_every_form_has_the_cells_of_the_table(seed: int) -> None:
    report, expected = document(random_table(seed)), _cells(seed)
    assert _unquoted(read_csv(write_csv(report))) == expected
    assert read_xlsx(write_xlsx(report)) == expected
    assert read_docx(write_docx(report), "Thôn") == expected


def test_csv_begins_with_a_mark_and_headings_and_ends_with_the_commune() -> None:
    content = write_csv(document(random_table(3)))
    assert content.startswith(b"\xef\xbb\xbfTh\xc3\xb4n,")
    last = content.decode().splitlines()[-1]
    assert last.startswith("Toàn xã,")


def test_csv_says_what_of_when_and_by_whom() -> None:
    heading = next(csv.reader(io.StringIO(write_csv(document(random_table(3))).decode("utf-8-sig"))))[-1]
    assert heading == (
        "Kết quả hoạt động của Tổ công nghệ số cộng đồng, Tháng 11/2026; Xã Yên Bình; "
        "từ 01/11/2026 đến 30/11/2026; tính đến 16:40 30/11/2026; "
        "Hoàng Văn Bình xuất từ Từng Nhà lúc 09:00 01/12/2026"
    )


def test_csv_has_remarks_on_the_line_of_the_commune() -> None:
    remark = Remark(date(2026, 11, 3), "Hoàng Văn Bình", "Sóng yếu ở Pác Mỏ.")
    text = write_csv(document(random_table(3), practices=(remark,))).decode("utf-8-sig")
    head, *hamlets, commune = csv.reader(io.StringIO(text))
    assert (head[-2], commune[-2]) == ("Cách làm hay", remark.text)
    assert {line[-2] for line in hamlets} == {""}


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_text_with_the_sign_of_a_formula_stays_text(sign: str) -> None:
    assert [safe_cell(f"{blank}{sign}1+1") for blank in ("", " ")] == [f"'{sign}1+1", f"' {sign}1+1"]


@pytest.mark.parametrize("separator", ";\t")
def test_text_is_no_formula_for_a_spreadsheet_with_another_separator(separator: str) -> None:
    """It finds no quotes at the beginning of its cells, so it does not heed those within."""
    texts = [f"a{separator}{text}" for text in ("=1+1", " =1+1", '"=1+1', "＝1+1")] + ["a\n=1+1", "a\r\n-1"]
    lines = csv_lines(["Thôn Đông", text, 1] for text in texts)
    cells = [
        cell for line in csv.reader(io.StringIO(lines, newline=""), delimiter=separator) for cell in line
    ]
    assert [cell for cell in cells if cell.lstrip(' "')[:1] in ("=", "-", "＝")] == []
    assert csv_lines([["a; b", "3 - 1", "a;b=c"]]) == "a; b,3 - 1,a;b=c\r\n", "other texts stay as they are"


def test_no_cell_of_csv_begins_as_a_formula() -> None:
    for seed in range(12):
        for line in csv.reader(io.StringIO(write_csv(document(random_table(seed))).decode("utf-8-sig"))):
            for cell in line:
                assert re.fullmatch(r"-?\d+", cell) or cell.lstrip()[:1] not in tuple("=+-@"), cell


def test_excel_has_no_formula_and_no_link() -> None:
    report = document(random_table(1), difficulties=(Remark(date(2026, 11, 3), FORMULA, FORMULA),))
    content = write_xlsx(report)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert len(sheets) == 3
    assert not any(tag in sheet for sheet in sheets for tag in (b"<f>", b"<f ", b"<hyperlink"))
    remarks = read_xlsx(content, 2)
    assert remarks[1] == ["Khó khăn, kiến nghị", date(2026, 11, 3), FORMULA, FORMULA]


def test_excel_has_a_frozen_heading_and_says_what_of_when_and_by_whom() -> None:
    content = write_xlsx(document(random_table(2, is_closed=True), check=CHECK))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    facts = {row[0]: row[1] for row in read_xlsx(content, 1)}
    assert facts["Kỳ"] == "Tháng 11/2026"
    assert (facts["Từ ngày"], facts["Đến ngày"]) == (date(2026, 11, 1), date(2026, 11, 30))
    assert facts["Đã chốt lúc"] == datetime(2026, 11, 30, 16, 40)
    assert (facts["Xuất lúc"], facts["Người xuất"]) == (datetime(2026, 12, 1, 9, 0), "Hoàng Văn Bình")
    assert facts["Mã đối chiếu"] == "7K2M-9QXA"


def test_characters_that_xml_cannot_hold_stop_no_file() -> None:
    odd = document(random_table(0), practices=(Remark(date(2026, 11, 3), "Lan", "a\ufffeb\x07c"),))
    assert read_xlsx(write_xlsx(odd), 2)[1][3] == "a\ufffdb\ufffdc"
    with zipfile.ZipFile(io.BytesIO(write_docx(odd))) as parts:
        assert "a\ufffdb\ufffdc" in parts.read("word/document.xml").decode()


def test_code_of_a_closed_period_can_be_scanned_from_word() -> None:
    with zipfile.ZipFile(
        io.BytesIO(write_docx(document(random_table(4, is_closed=True), check=CHECK)))
    ) as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
        text = parts.read("word/document.xml").decode()
    assert [read_picture(picture) for picture in pictures] == [[CHECK.address]]
    assert CHECK.code in text
    with zipfile.ZipFile(io.BytesIO(write_docx(document(random_table(4))))) as parts:
        assert not [name for name in parts.namelist() if name.startswith("word/media/")]
        assert "Kỳ chưa chốt: số liệu còn có thể thay đổi." in parts.read("word/document.xml").decode()
