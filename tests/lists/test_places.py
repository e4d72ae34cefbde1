"""Which hamlet a row stands under: titles, sections and sheets that say it, and those that only seem to."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.core.db import Database
from app.lists.comparing import Plan
from app.lists.homes import Understood
from app.lists.importing import Wish, import_list
from app.lists.reading import read
from app.lists.rows import understand
from tests.conftest import NOW
from tests.lists.files import Rows, csv_file, xlsx
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ")
THU = (1, "Nguyễn Văn Thử", "21", "Ngõ 9")
VI = (2, "Lê Văn Ví", "22", "Ngõ 9")


def taken(folder: Path, *rows: Sequence[object]) -> Understood:
    return understand(read(csv_file(folder / "a.csv", [HEADER, *rows])))


def places(found: Understood) -> list[tuple[str, str]]:
    return [(home.head_name, home.hamlet) for home in found.homes]


def planned(database: Database, found: Understood) -> Plan:
    wish = Wish(create_hamlets=True)
    return database.read(lambda s: import_list(s, "06391", found, wish, NOW, lambda plan: None))


@pytest.mark.parametrize(
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
def test_line_that_may_be_a_hamlets_bare_name_leaves_those_below_to_nobody(
    title: tuple[str, ...], tmp_path: Path
) -> None:
    found = taken(tmp_path, ("I. Thôn Đông",), THU, title, VI)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [refusal.row for refusal in found.refusals] == [4, 5]


def test_bare_name_is_no_matter_where_each_row_names_its_hamlet(tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows: Rows = [header, (*THU, "Thôn Đông"), ("II", "Tây"), (*VI, "Thôn Tây")]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông"), ("Lê Văn Ví", "Thôn Tây")]
    assert [refusal.row for refusal in found.refusals] == [3]


def test_name_alone_where_there_are_no_numbers_may_be_a_section(tmp_path: Path) -> None:
    rows: Rows = [("Thôn Đông",), HEADER[1:], THU[1:], ("Nà Lùng",), VI[1:]]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [refusal.row for refusal in found.refusals] == [4, 5]


@pytest.mark.parametrize(
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
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    named = [hamlet.lower() for _, hamlet in places(found)]
    assert named == ["thôn đông"] or (named, len(found.refusals)) == ([], 1)


@pytest.mark.parametrize(
    "written",
    ["1", "01", "3.0", "số 1", "I", "Thôn", "Tổ", "TDP số", "xã Yên Bình", "Thôn Đông và Thôn Tây",
     "Thôn Đông, Thôn Tây", "Thôn Đông/Thôn Tây", "Thôn Đông + Tây", "x", "Có", "Thôn ?", "12/3/2026"],
)  # fmt: skip
def test_what_is_no_name_of_one_hamlet_is_refused(written: str, tmp_path: Path) -> None:
    rows = [(*HEADER, "Thôn"), (*THU, written)]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert (places(found), len(found.refusals)) == ([], 1)


@pytest.mark.parametrize("name", ["Thôn Nà Lùng - Khau Dề", "Thôn 3", "Bản Bản Lùng", "TDP số 1", "Khu 2"])
def test_names_that_hamlets_have(name: str, tmp_path: Path) -> None:
    found = understand(read(csv_file(tmp_path / "a.csv", [(*HEADER, "Thôn"), (*THU, name)])))
    assert places(found) == [("Nguyễn Văn Thử", name)]


def test_blank_under_a_column_of_hamlets_is_not_filled_from_the_title(tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows: Rows = [("Danh sách hộ Thôn Đông",), header, (*THU, "Thôn Tây"), (*VI, "")]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Tây")]
    assert "Thiếu tên thôn" in found.refusals[0].sentence


@pytest.mark.parametrize("column", [2, 3])
def test_house_number_and_alley_joined_downwards_hold_for_each_row(column: int, tmp_path: Path) -> None:
    header = (*HEADER, "Thôn")
    rows = [header, (*THU, "Thôn Đông"), (*VI[:column], "", *VI[column + 1 :], "Thôn Đông")]
    file = xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(1, column, 2, column, str(THU[column]))])
    first, second = understand(read(file)).homes
    assert (first.house_no, second.house_no)[column - 2 :] == ("21", "21" if column == 2 else "22")[
        column - 2 :
    ]
    assert (first.alley, second.alley) == ("Ngõ 9", "Ngõ 9")


@pytest.mark.parametrize(
    "name", ["Tháng 11", "Bản chính", "Bản sao", "Hộ nghèo", "Tổ công nghệ số", "KQ", "Nà Lùng"]
)
def test_name_of_a_sheet_alone_creates_no_hamlet(
    name: str, database: Database, world: World, tmp_path: Path
) -> None:
    found = understand(read(xlsx(tmp_path / "a.xlsx", {name: [HEADER, THU]})))
    plan = planned(database, found)
    assert (plan.added, plan.new, [refusal.row for refusal in plan.refusals]) == ({}, {}, [2])


def test_sheet_named_as_a_hamlet_is_named_creates_it(
    database: Database, world: World, tmp_path: Path
) -> None:
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"Thôn Nà Lùng": [HEADER, THU]})))
    assert planned(database, found).added == {"Thôn Nà Lùng": 1}


@pytest.mark.parametrize("written", ["Đông", "ĐÔNG", "dong"])
def test_bare_name_of_a_hamlet_that_there_is_creates_no_second_one(
    written: str, database: Database, world: World, tmp_path: Path
) -> None:
    found = understand(read(csv_file(tmp_path / "a.csv", [(*HEADER, "Thôn"), (*THU, written)])))
    plan = planned(database, found)
    assert (plan.added, plan.new) == ({}, {})
    assert "Có phải: Thôn Đông?" in plan.refusals[0].sentence


def test_bare_name_of_a_hamlet_that_the_list_spells_out_creates_no_second_one(
    database: Database, world: World, tmp_path: Path
) -> None:
    rows = [(*HEADER, "Thôn"), (*THU, "Thôn Nà Lùng"), (*VI, "Nà Lùng")]
    plan = planned(database, understand(read(csv_file(tmp_path / "a.csv", rows))))
    assert (plan.added, [refusal.row for refusal in plan.refusals]) == ({"Thôn Nà Lùng": 1}, [3])


@pytest.mark.parametrize(
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
def test_cover_or_team_beside_the_list_becomes_no_household(sheet: Rows, tmp_path: Path) -> None:
    sheets = {"Bìa": sheet, "Thôn Đông": [HEADER, THU]}
    found = understand(read(xlsx(tmp_path / "a.xlsx", sheets)))
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert [(refusal.sheet, refusal.row) for refusal in found.refusals] == [("Bìa", 0)]


@pytest.mark.parametrize(
    "team",
    [
        [("STT", "Chức vụ", "Họ và tên", "SĐT"), (1, "Tổ trưởng", "Vi Văn Tổ", "0900000100")],
        [("STT", "Họ và tên", "Chức vụ", "SĐT"), (1, "Vi Văn Tổ", "Tổ trưởng", "0900000100")],
        [("TT", "Cán bộ phụ trách", "SĐT"), (1, "Vi Văn Tổ", "0900000100")],
    ],
)
def test_table_of_the_team_under_the_list_becomes_no_household(team: Rows, tmp_path: Path) -> None:
    found = taken(tmp_path, ("Thôn Đông",), THU, (), *team)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert found.refusals != []


@pytest.mark.parametrize("words", ["hộ nghèo", "bị tâm thần", "khuyết tật", "sinh năm 1970", "12/3/1970"])
@pytest.mark.parametrize("column", [2, 3])
def test_what_is_never_stored_is_refused_beside_a_number_or_an_alley_as_well(
    words: str, column: int, tmp_path: Path
) -> None:
    row = [*VI]
    row[column] = f"{row[column]} ({words})"
    found = taken(tmp_path, ("Thôn Đông",), THU, row)
    assert places(found) == [("Nguyễn Văn Thử", "Thôn Đông")]
    assert words not in str(found.refusals)
