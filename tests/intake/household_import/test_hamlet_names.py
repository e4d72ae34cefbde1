"""Which hamlet a row belongs to: columns, titles, sections and sheets that name one, and some that do not."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.core.db import Database
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.conftest import NOW
from tests.intake.household_import.files import Rows, csv_file, xlsx
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ")
THU = (1, "Nguyễn Văn Thử", "21", "Ngõ 9")
VI = (2, "Lê Văn Ví", "22", "Ngõ 9")


def parse_file(folder: Path, *rows: Sequence[object]) -> ParsedList:
    return parse(read(csv_file(folder / "a.csv", [HEADER, *rows])))


def places(found: ParsedList) -> list[tuple[str, str]]:
    return [(household.head_name, household.hamlet) for household in found.households]


def planned(database: Database, found: ParsedList) -> ImportPlan:
    options = ImportOptions(create_hamlets=True)
    return database.read(lambda s: import_list(s, "06391", found, options, NOW, lambda plan: None))


@cases(
    "title",
    [
        ("", "Tây"),
        ("", "Nà Lùng"),
        ("II", "Tây"),
        ("B.", "Nà Lùng", "", ""),
        ("II. Nà Lùng",),
        ("Tây (1 hộ)",),
        ("", "Khu vực chợ"),
        ("II", "Hộ nghèo"),
        ("", "", "Tây"),
        ("***", "Tây", "***"),
        ("*",),
    ],
)
def test_rows_below_a_line_that_may_be_a_hamlets_name_have_no_hamlet(
    title: tuple[str, ...], tmp_path: Path
) -> None:
    found = parse_file(tmp_path, ("I. Thôn Đông",), THU, title, VI)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [rejected.row for rejected in found.rejected_rows] == [4, 5]


def test_bare_name_does_not_matter_if_each_row_names_its_hamlet(tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows: Rows = [header, (*THU, "Thôn Đông"), ("II", "Tây"), (*VI, "Thôn Tây")]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông"), ("Lê Văn Ví", "Thôn Tây")]
    assert [rejected.row for rejected in found.rejected_rows] == [3]


def test_single_name_in_a_list_without_numbers_may_be_a_section(tmp_path: Path) -> None:
    rows: Rows = [("Thôn Đông",), HEADER[1:], THU[1:], ("Nà Lùng",), VI[1:]]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [rejected.row for rejected in found.rejected_rows] == [4, 5]


@cases(
    "written",
    [
        "Thôn Đông, xã Yên Bình",
        "Thôn Đông - xã Yên Bình",
        "Thôn Đông xã Yên Bình",
        "Thôn Đông, Yên Bình, Lạng Sơn",
        "thôn: Đông, phường Yên Bình, tỉnh Lạng Sơn",
    ],
)
def test_hamlet_of_a_column_is_named_without_its_commune(written: str, tmp_path: Path) -> None:
    rows = [(*HEADER, "Thôn"), (*THU, written)]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    named = [hamlet.lower() for _, hamlet in places(found)]
    assert named == ["thôn đông"] or (named, len(found.rejected_rows)) == ([], 1)


@cases(
    "written",
    ["1", "01", "3.0", "số 1", "I", "Thôn", "Tổ", "TDP số", "xã Yên Bình", "Thôn Đông và Thôn Tây",
     "Thôn Đông, Thôn Tây", "Thôn Đông/Thôn Tây", "Thôn Đông + Tây", "x", "Có", "Thôn ?", "12/3/2026"],
)  # fmt: skip
def test_text_that_is_not_the_name_of_one_hamlet_is_rejected(written: str, tmp_path: Path) -> None:
    rows = [(*HEADER, "Thôn"), (*THU, written)]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert (places(found), len(found.rejected_rows)) == ([], 1)


@cases("name", ["Thôn Nà Lùng - Khau Dề", "Thôn 3", "Bản Bản Lùng", "TDP số 1", "Khu 2"])
def test_usual_names_of_hamlets_are_accepted(name: str, tmp_path: Path) -> None:
    found = parse(read(csv_file(tmp_path / "a.csv", [(*HEADER, "Thôn"), (*THU, name)])))
    assert places(found) == [("Nguyễn Văn Thử", name)]


def test_blank_under_a_column_of_hamlets_is_not_filled_from_the_title(tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows: Rows = [("Danh sách hộ Thôn Đông",), header, (*THU, "Thôn Tây"), (*VI, "")]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Tây")]
    assert "Thiếu tên thôn" in found.rejected_rows[0].sentence


@pytest.mark.parametrize("column", [2, 3])
def test_vertically_merged_house_number_and_alley_apply_to_each_row(column: int, tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows = [header, (*THU, "Thôn Đông"), (*VI[:column], "", *VI[column + 1 :], "Thôn Đông")]
    file = xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(1, column, 2, column, str(THU[column]))])
    first, second = parse(read(file)).households
    assert (first.house_no, second.house_no)[column - 2 :] == ("21", "21" if column == 2 else "22")[
        column - 2 :
    ]
    assert (first.alley, second.alley) == ("Ngõ 9", "Ngõ 9")


@cases("name", ["Tháng 11", "Bản chính", "Bản sao", "Hộ nghèo", "Tổ công nghệ số", "KQ", "Nà Lùng"])
def test_name_of_a_sheet_alone_creates_no_hamlet(
    name: str, database: Database, world: World, tmp_path: Path
) -> None:
    found = parse(read(xlsx(tmp_path / "a.xlsx", {name: [HEADER, THU]})))
    plan = planned(database, found)
    assert (plan.added, plan.new_hamlets, [rejected.row for rejected in plan.rejected_rows]) == ({}, {}, [2])


def test_sheet_named_as_a_hamlet_is_named_creates_it(
    database: Database, world: World, tmp_path: Path
) -> None:
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"Thôn Nà Lùng": [HEADER, THU]})))
    assert planned(database, found).added == {"Thôn Nà Lùng": 1}


@pytest.mark.parametrize("written", ["Đông", "ĐÔNG", "dong"])
def test_bare_name_of_an_existing_hamlet_creates_no_second_one(
    written: str, database: Database, world: World, tmp_path: Path
) -> None:
    found = parse(read(csv_file(tmp_path / "a.csv", [(*HEADER, "Thôn"), (*THU, written)])))
    plan = planned(database, found)
    assert (plan.added, plan.new_hamlets) == ({}, {})
    assert "Có phải: Thôn Đông?" in plan.rejected_rows[0].sentence


def test_bare_name_of_a_hamlet_that_the_list_spells_out_creates_no_second_one(
    database: Database, world: World, tmp_path: Path
) -> None:
    rows = [(*HEADER, "Thôn"), (*THU, "Thôn Nà Lùng"), (*VI, "Nà Lùng")]
    plan = planned(database, parse(read(csv_file(tmp_path / "a.csv", rows))))
    assert (plan.added, [rejected.row for rejected in plan.rejected_rows]) == ({"Thôn Nà Lùng": 1}, [3])


@cases(
    "sheet",
    [
        [("UBND XÃ YÊN BÌNH",), ("DANH SÁCH HỘ GIA ĐÌNH",), ("Tháng 11 năm 2026",)],
        [
            ("TỔ CÔNG NGHỆ SỐ THÔN ĐÔNG",),
            ("STT", "Họ và tên", "Chức vụ", "Điện thoại"),
            (1, "Vi Văn Tổ", "Tổ trưởng"),
        ],
        [("STT", "Họ và tên", "Nhiệm vụ", "Thôn"), (1, "Vi Văn Tổ", "Tổ phó", "Thôn Đông")],
        [("STT", "Thành viên tổ", "Thôn"), (1, "Vi Văn Tổ", "Thôn Đông")],
        [("Thôn", "Số hộ", "Trưởng thôn"), ("Thôn Đông", 80, "Vi Văn Tổ")],
    ],
)
def test_cover_sheet_or_list_of_the_team_becomes_no_household(sheet: Rows, tmp_path: Path) -> None:
    sheets = {"Bìa": sheet, "Thôn Đông": [HEADER, THU]}
    found = parse(read(xlsx(tmp_path / "a.xlsx", sheets)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [(rejected.sheet, rejected.row) for rejected in found.rejected_rows] == [("Bìa", 0)]


@pytest.mark.parametrize(
    "team",
    [
        [("STT", "Chức vụ", "Họ và tên", "SĐT"), (1, "Tổ trưởng", "Vi Văn Tổ", "0900000100")],
        [("STT", "Họ và tên", "Chức vụ", "SĐT"), (1, "Vi Văn Tổ", "Tổ trưởng", "0900000100")],
        [("TT", "Cán bộ phụ trách", "SĐT"), (1, "Vi Văn Tổ", "0900000100")],
    ],
)
def test_table_of_the_team_under_the_list_becomes_no_household(team: Rows, tmp_path: Path) -> None:
    found = parse_file(tmp_path, ("Thôn Đông",), THU, (), *team)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert found.rejected_rows != []


@cases("words", ["hộ nghèo", "bị tâm thần", "khuyết tật", "sinh năm 1970", "12/3/1970"])
@cases("column", [2, 3])
def test_facts_that_are_never_stored_are_rejected_beside_a_number_or_an_alley(
    words: str, column: int, tmp_path: Path
) -> None:
    row = [*VI]
    row[column] = f"{row[column]} ({words})"
    found = parse_file(tmp_path, ("Thôn Đông",), THU, row)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert words not in str(found.rejected_rows)
