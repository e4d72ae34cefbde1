"""Lists of people as spreadsheets have them: headings, hidden rows, numbers without their first 0."""

from pathlib import Path

import pytest
import xlsxwriter

from app.intake.household_import.reading.reader import Sheet, read
from app.intake.people_import.parser import parse
from app.intake.people_import.records import ListedPerson
from app.intake.people_import.template import make_template
from tests.cases import cases

HEAD = ["Họ và tên", "Số điện thoại", "Thôn", "Vai trò"]
HOA = ["Lò Thị Hoa", "0900000077", "Thôn Đông", "Tổ trưởng"]


@cases(
    "head",
    [
        HEAD,
        ["Họ tên", "SĐT", "Tổ", "Chức vụ"],
        ["HỌ VÀ TÊN THÀNH VIÊN", "Số ĐT (Zalo)", "Thôn/bản", "Nhiệm vụ"],
        ["Tên", "Điện thoại di động", "Tổ công nghệ số cộng đồng", "Vai trò trong tổ"],
        ["Họ và tên", "DTDĐ", "Tổ dân phố", "Chức danh"],
    ],
)
def test_headings_are_recognized_in_any_order_below_titles(head: list[str]) -> None:
    titles = [["DANH SÁCH TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG"], [], ["Năm 2026"]]
    rows = [*titles, ["TT", *reversed(head)], ["1", *reversed(HOA)], []]
    found = parse([Sheet("Tổ", rows)])
    assert found.people == [ListedPerson("Tổ", 5, *HOA)]
    assert found.refused == []


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["Họ và tên", "Thôn"], ["Lò A", "Thôn Đông"]], "Không thấy cột: Số điện thoại."),
        ([["Lò A", "0900000077"]], "Không thấy cột: Họ và tên, Số điện thoại, Thôn hoặc tổ."),
        ([[*HEAD, "Điện thoại 2"], HOA], "Có hai cột cùng ý nghĩa: “Số điện thoại”, “Điện thoại 2”."),
    ],
)
def test_sheet_without_a_clear_header_is_refused_as_a_whole(rows: list[list[str]], sentence: str) -> None:
    found = parse([Sheet("Tổ", rows), Sheet("", [HEAD, HOA])])
    assert [(row.sheet, row.row) for row in found.refused] == [("Tổ", 0)]
    assert found.refused[0].sentence.startswith(sentence)
    assert [person.sheet for person in found.people] == [""], "the other sheet is read"


@cases(
    "sheet, words",
    [
        (Sheet("", [HEAD, HOA], hidden_rows=frozenset({1})), "đang bị ẩn"),
        (Sheet("", [HEAD, HOA], struck_out={1: 1 << 1}), "gạch ngang"),
        (Sheet("", [HEAD, HOA], uncomputed={1: 1}), "công thức"),
        (Sheet("", [HEAD, HOA], dates=frozenset({(1, 1)})), "ngày tháng"),
        (Sheet("", [HEAD, HOA], old_font={1: 1}), "phông cũ"),
        (Sheet("", [HEAD, [*HOA, "x"]], delimited=True), "dấu nháy kép"),
        (Sheet("", [HEAD, HOA], hidden_columns=frozenset({1})), "Cột đang bị ẩn: “Số điện thoại”."),
    ],
)
def test_row_that_may_not_say_what_was_meant_is_refused(sheet: Sheet, words: str) -> None:
    found = parse([sheet])
    assert found.people == []
    assert words in found.refused[0].sentence


def test_hidden_sheet_and_blank_rows_are_nobody(tmp_path: Path) -> None:
    assert parse([Sheet("a", [HEAD, ["", "", ""], []]), Sheet("b", [], hidden=True)]).people == []
    assert parse([Sheet("", [])]).refused[0].sentence == "Tệp không có dòng nào."


def test_template_has_the_headings_and_nobody(tmp_path: Path) -> None:
    file = tmp_path / "mau.xlsx"
    file.write_bytes(make_template())
    found = parse(read(file))
    assert (found.people, found.refused) == ([], [])


def test_number_that_a_spreadsheet_made_a_number_keeps_its_digits(tmp_path: Path) -> None:
    file = tmp_path / "so.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, [HOA[0], 900000077, *HOA[2:]])
    assert [person.phone for person in parse(read(file)).people] == ["900000077"]
