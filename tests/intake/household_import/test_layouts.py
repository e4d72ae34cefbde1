"""Lists in the layouts that communes use: the same households come out of all of them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import OLD_BINARY, SAMPLE, Rows, xlsx
from tests.intake.household_import.layouts import EXPECTED, HEADER, LAYOUTS, PEOPLE, titles_above


def labels(found: ParsedList) -> list[tuple[str, str, str, str]]:
    return [
        (household.head_name, household.house_no, household.alley, household.hamlet)
        for household in found.households
    ]


@cases("layout", LAYOUTS)
def test_same_households_from_every_layout(layout: Callable[[Path], Path], tmp_path: Path) -> None:
    found = parse(read(layout(tmp_path / "danh sách.xlsx")))
    assert found.rejected_rows == []
    assert labels(found) == EXPECTED


def test_sample_list(tmp_path: Path) -> None:
    found = parse(read(SAMPLE))
    assert (len(found.households), found.rejected_rows, found.skipped_rows) == (182, [], {"tổng cộng": 1})
    assert found.dropped_values == {"Điện thoại": 157, "Số nhân khẩu": 155, "Ghi chú": 73}
    assert found.capitalized_names == 12
    assert labels(found)[10] == ("Trần Thị Hương", "11A", "cuối bản", "Thôn Đông")


def test_old_binary_format() -> None:
    found = parse(read(OLD_BINARY))
    assert labels(found) == [
        ("Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông"),
        ("Trần Thị Mẫu", "12A", "", "Thôn Đông"),
        ("Lê Văn Ví", "3", "", "Thôn Tây"),
    ]
    assert found.dropped_values == {"SĐT": 2}


def test_rows_have_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    found = parse(read(titles_above(tmp_path / "a.xlsx")))
    assert [household.row for household in found.households] == [5, 6, 7]


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    sheets = {"Thôn Đông": [HEADER, *PEOPLE], "Cũ": [HEADER, *PEOPLE]}
    found = parse(read(xlsx(tmp_path / "a.xlsx", sheets, hidden=["Cũ"])))
    assert (len(found.households), found.hidden_sheets) == (3, ["Cũ"])


def test_single_names_in_capitals_are_written_as_names(tmp_path: Path) -> None:
    rows = [PEOPLE[0], (2, "TRẦN THỊ MẪU", 5, "", "Thôn Đông")]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows]})))
    assert [household.head_name for household in found.households] == ["Nguyễn Văn Thử", "Trần Thị Mẫu"]
    assert found.capitalized_names == 1


@cases(
    "name",
    [
        "Tòng Văn A",
        "Bàn Văn B",
        "Tô Trường C",
        "Kỳ Thị D",
        "Chu Tích E",
        "Tổng Văn G",
        "Nam",
        "Ngô",
        "Khu Thị H",
    ],
)
def test_names_that_look_like_something_else_are_names(name: str, tmp_path: Path) -> None:
    rows = [PEOPLE[0], (2, name, "", "", "Thôn Đông"), PEOPLE[2]]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows]})))
    assert [household.head_name for household in found.households] == ["Nguyễn Văn Thử", name, "Lê Văn Ví"]


@cases("name", ["Bàn Văn B", "Tô Trường C", "Kỳ Thị D", "Khu Thị H", "Chu Tích E"])
def test_name_alone_in_its_row_is_a_name(name: str, tmp_path: Path) -> None:
    rows = [("Chủ hộ",), ("Nguyễn Văn Thử",), (name,), ("Lê Văn Ví",)]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"Thôn Đông": rows})))
    assert [household.head_name for household in found.households] == ["Nguyễn Văn Thử", name, "Lê Văn Ví"]
    assert {household.hamlet for household in found.households} == {"Thôn Đông"}


@cases("name", ["Thôn Đông", "Hồ Sen", "Bằng Mạc", "Tràng Sơn", "Khu 2"])
def test_sheet_with_any_other_name_is_a_hamlet(name: str, tmp_path: Path) -> None:
    found = parse(read(xlsx(tmp_path / "a.xlsx", {name: [("Chủ hộ",), ("Nguyễn Văn Thử",)]})))
    assert [household.hamlet for household in found.households] == [name]


@cases("name", ["Sheet1", "Trang tính 2", "Danh sách hộ", "DS", "Hộ dân", "Bảng 1", "2026"])
def test_sheet_with_a_generic_name_is_no_hamlet(name: str, tmp_path: Path) -> None:
    found = parse(read(xlsx(tmp_path / "a.xlsx", {name: [("Chủ hộ",), ("Nguyễn Văn Thử",)]})))
    assert ["Thiếu tên thôn" in rejected.sentence for rejected in found.rejected_rows] == [True]


@cases(
    "column, value, word",
    [
        (1, "", "Thiếu họ và tên"),
        (1, "12", "Thiếu họ và tên"),
        (1, "nt", "Thiếu họ và tên"),
        (1, "x", "một chữ cái"),
        (1, "=cmd|' /C calc'!A0", "công thức"),
        (1, "<b>Nguyễn</b> Thử", "mã trang web"),
        (1, "Nguyễn &lt;Thử&gt;", "mã trang web"),
        (1, "Nguyễn Văn Thử 0900.000.100", "dãy số dài"),
        (1, "Nguyễn Văn Thử 1/2/1970", "năm sinh"),
        (1, "Nguyễn Văn Thử (1970)", "năm sinh"),
        (1, "Nguyễn \u202eThử", "ký tự điều khiển"),
        (1, "Nguyễn \ufffd Thử", "bị hỏng"),
        (1, "NguyÔn V¨n Thö", "phông cũ"),
        (1, "N" + "g" * 120, "dài quá 120"),
        (2, "1" * 61, "dài quá 60"),
        (2, date(2026, 3, 12), "thành ngày tháng"),
        (3, "Ngõ 3, ĐT 0900000100", "dãy số dài"),
        (3, "x" * 161, "dài quá 160"),
        (4, "", "Thiếu tên thôn"),
        (4, "Thôn <Đông>", "mã trang web"),
        (4, "Thôn " + "g" * 60, "dài quá 60"),
    ],
)
def test_row_that_cannot_be_stored_is_refused_with_a_sentence(
    column: int, value: object, word: str, tmp_path: Path
) -> None:
    bad: list[object] = [2, "Trần Thị Mẫu", "12A", "Ngõ 1", "Thôn Đông"]
    bad[column] = value
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, PEOPLE[0], bad, PEOPLE[2]]})))
    assert [(rejected.sheet, rejected.row) for rejected in found.rejected_rows] == [("A", 3)]
    assert word in found.rejected_rows[0].sentence
    assert [household.head_name for household in found.households] == ["Nguyễn Văn Thử", "Lê Văn Ví"]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([("Ghi chép",), ("không phải danh sách",)], "Không thấy dòng tiêu đề"),
        ([("TT", "Chủ hộ", "Thôn cũ", "Thôn", "Thôn mới"), (1, "A", "B", "C", "D")], "hai cột cùng ý nghĩa"),
        ([HEADER, PEOPLE[0], ("Chủ hộ", "Thôn"), ("Lê Văn Ví", "Thôn Tây")], "Bảng thứ hai"),
    ],
)
def test_table_that_is_not_understood_is_refused(rows: Rows, word: str, tmp_path: Path) -> None:
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": rows})))
    assert [word in rejected.sentence for rejected in found.rejected_rows] == [True]
