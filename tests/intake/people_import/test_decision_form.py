"""The founding decision's own form: hamlets as section lines, titles or sheets; two columns of offices."""

from app.intake.household_import.reading.reader import Sheet
from app.intake.people_import.parser import parse
from app.intake.people_import.records import ListedPerson
from tests.cases import cases

HEAD = ["TT", "Họ và tên", "Chức vụ", "Nhiệm vụ trong Tổ", "Số điện thoại"]
HOA = ["1", "Lò Thị Hoa", "Trưởng thôn", "Tổ trưởng", "0900000077"]
SU = ["2", "Vi Văn Sự", "Bí thư chi đoàn", "Tổ phó", "0900000078"]
NA = ["1", "Lò Thị Na", "", "Thành viên", "0900000079"]


def people(*sheets: Sheet) -> list[tuple[str, str, str]]:
    found = parse(list(sheets))
    assert found.refused == [], found.refused
    return [(one.name, one.place, one.role) for one in found.people]


@cases(
    "line",
    [
        "Thôn Đông",
        "I. Thôn Đông",
        "1. Tổ công nghệ số cộng đồng Thôn Đông",
        "TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG THÔN ĐÔNG",
        "II. Tổ CNSCĐ thôn Đông (3 người)",
    ],
)
def test_a_section_line_names_the_hamlet_of_the_rows_below(line: str) -> None:
    found = people(Sheet("Tổ", [HEAD, ["", line], HOA, SU, ["", "Thôn Tây"], NA]))
    assert [(name, place.lower(), role) for name, place, role in found] == [
        ("Lò Thị Hoa", "thôn đông", "Tổ trưởng"),
        ("Vi Văn Sự", "thôn đông", "Tổ phó"),
        ("Lò Thị Na", "thôn tây", "Thành viên"),
    ]


def test_a_title_above_the_table_names_the_hamlet() -> None:
    rows = [["DANH SÁCH TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG THÔN ĐÔNG"], [], HEAD, HOA]
    assert people(Sheet("Sheet1", rows)) == [("Lò Thị Hoa", "THÔN ĐÔNG", "Tổ trưởng")]


def test_a_sheet_for_each_hamlet() -> None:
    found = people(Sheet("Thôn Đông", [HEAD, HOA]), Sheet("Thôn Tây", [HEAD, NA]))
    assert [place for _name, place, _role in found] == ["Thôn Đông", "Thôn Tây"]


def test_a_column_of_hamlets_that_is_merged_over_a_team_holds_for_all_its_rows() -> None:
    head = [*HEAD, "Thôn"]
    rows = [head, [*HOA, "Thôn Đông"], [*SU, ""], [*NA, "Thôn Tây"]]
    merged = Sheet("", rows, merged=[(1, 5, 2, 5)])
    assert [place for _name, place, _role in people(merged)] == ["Thôn Đông", "Thôn Đông", "Thôn Tây"]


def test_a_row_without_any_hamlet_is_left_to_the_check() -> None:
    rows = [["Họ và tên", "Số điện thoại", "Thôn"], ["Lò Thị Hoa", "0900000077", ""]]
    assert parse([Sheet("", rows)]).people == [ListedPerson("", 2, "Lò Thị Hoa", "0900000077", "", "")]


def test_a_sheet_that_names_no_hamlet_anywhere_is_refused() -> None:
    (refused,) = parse([Sheet("Sheet1", [HEAD, HOA])]).refused
    assert refused.sentence.startswith("Không thấy cột: Thôn hoặc tổ.")


def test_two_columns_of_roles_stay_refused_if_neither_has_the_roles_of_a_team() -> None:
    rows = [[*HEAD, "Thôn"], ["1", "Lò Thị Hoa", "Trưởng thôn", "Phụ trách", "0900000077", "Thôn Đông"]]
    (refused,) = parse([Sheet("", rows)]).refused
    assert "Có hai cột cùng ý nghĩa" in refused.sentence
