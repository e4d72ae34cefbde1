"""Cells that were once stored wrong: each is understood now, or refused and asked about."""

from pathlib import Path

import pytest

from app.core.db import Database
from app.intake.household_import.importer import ImportOptions
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import Rows, xlsx
from tests.intake.household_import.import_runs import households, run_import
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Ghi chú")
SKIP = ImportOptions(write=True, skip_bad_rows=True, create_hamlets=True)


@pytest.fixture
def listed(tmp_path: Path) -> "Listed":
    return Listed(tmp_path)


class Listed:
    """Lists of a few rows, parsed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> ParsedList:
        return self.sheet([header, *rows])

    def sheet(self, rows: Rows, name: str = "Sheet1") -> ParsedList:
        return parse(read(xlsx(self.folder / "ds.xlsx", {name: rows})))


def labels(parsed: ParsedList) -> list[tuple[str, str, str, str]]:
    return [(one.head_name, one.house_no, one.alley, one.hamlet) for one in parsed.households]


@cases(
    "address, hamlet",
    [
        ("Số 5, Ngõ 2, Thôn Đông - Nà Pài", "Thôn Đông - Nà Pài"),
        ("Số 5, Ngõ 2, Thôn Đông – Nà Pài, xã Yên Bình", "Thôn Đông – Nà Pài"),
        ("Số 5, Ngõ 2, Thôn Đông - xã Yên Bình", "Thôn Đông"),
        ("Số 5 - Ngõ 2 - Thôn Đông", "Thôn Đông"),
    ],
)
def test_a_hamlet_with_a_dash_in_its_name_is_not_cut_to_another_hamlet(
    listed: Listed, address: str, hamlet: str
) -> None:
    parsed = listed((1, "Vi Văn Thử", address), header=("STT", "Chủ hộ", "Địa chỉ"))
    assert labels(parsed) == [("Vi Văn Thử", "5", "Ngõ 2", hamlet)]


def test_a_title_names_a_hamlet_with_a_dash(listed: Listed) -> None:
    for title, hamlet in (
        ("DANH SÁCH HỘ THÔN ĐÔNG - NÀ PÀI", "THÔN ĐÔNG - NÀ PÀI"),
        ("Danh sách hộ Thôn Đông - xã Yên Bình", "Thôn Đông"),
        ("Danh sách hộ Thôn Đông - năm 2026", "Thôn Đông"),
        ("Danh sách hộ Thôn Đông (68 hộ)", "Thôn Đông"),
    ):
        parsed = listed.sheet([(title,), ("STT", "Chủ hộ", "Số nhà"), (1, "Vi Văn Thử", "5")])
        assert [one.hamlet for one in parsed.households] == [hamlet]


def test_the_name_of_the_commune_after_a_dash_is_no_part_of_the_hamlet(
    listed: Listed, database: Database, world: World
) -> None:
    parsed = listed((1, "Vi Văn Thử", "95", "", "Thôn Đông - Yên Bình", ""))
    assert run_import(database, parsed).added == {"Thôn Đông": 1}


def test_a_name_in_small_letters_is_written_as_a_name_or_refused(listed: Listed) -> None:
    parsed = listed(
        (1, "nguyễn văn thử", "5", "", "Thôn Đông", ""), (2, "nhà bỏ hoang", "6", "", "Thôn Đông", "")
    )
    assert labels(parsed) == [("Nguyễn Văn Thử", "5", "", "Thôn Đông")]
    assert (parsed.capitalized_names, len(parsed.rejected_rows)) == (1, 1)


@cases("cell", ["'012", "’012", "‘012"])
def test_an_apostrophe_that_made_a_number_a_text_is_not_stored(listed: Listed, cell: str) -> None:
    parsed = listed((1, "Vi Văn Thử", cell, "'3", "Thôn Đông", ""))
    assert labels(parsed) == [("Vi Văn Thử", "012", "3", "Thôn Đông")]


@cases(
    "alley, stored",
    [
        ("Ngõ 3, Thôn Đông", "Ngõ 3"),
        ("Ngõ 3 thôn Đông", "Ngõ 3"),
        ("Ngõ 3, Thôn Đông, xã Yên Bình", "Ngõ 3"),
        ("Ngõ 3 - Thôn Đông - Xã Yên Bình", "Ngõ 3"),
        ("Cạnh nhà văn hóa thôn Tây", "Cạnh nhà văn hóa thôn Tây"),
        ("Xóm 2, cạnh trường", "Xóm 2, cạnh trường"),
        ("Tổ 4", "Tổ 4"),
    ],
)
def test_a_place_after_the_alley_is_cut_off(listed: Listed, alley: str, stored: str) -> None:
    assert labels(listed((1, "Vi Văn Thử", "5", alley, "Thôn Đông", ""))) == [
        ("Vi Văn Thử", "5", stored, "Thôn Đông")
    ]


def test_another_place_after_the_alley_is_refused(listed: Listed) -> None:
    parsed = listed((1, "Vi Văn Thử", "5", "Ngõ 3, Thôn Tây", "Thôn Đông", ""))
    assert labels(parsed) == []
    assert [one.row for one in parsed.rejected_rows] == [2]


def test_a_hamlet_near_an_existing_one_is_asked_about_and_not_created(
    listed: Listed, database: Database, world: World
) -> None:
    parsed = listed(
        (1, "Vi Văn Thử", "5", "", "Thôn Đônng", ""),
        (2, "Vi Văn Mẫu", "6", "", "Thôn Trung", ""),
        (3, "Vi Văn Ví", "7", "", "Thôn Trung", ""),
        (4, "Vi Văn Lẻ", "8", "", "Thôn Trunng", ""),
        (5, "Vi Văn Số", "9", "", "Thôn Trung 2", ""),
    )
    plan = run_import(database, parsed, SKIP)
    assert plan.added == {"Thôn Trung": 2, "Thôn Trung 2": 1}
    sentences = {one.row: one.sentence for one in plan.rejected_rows}
    assert "Có phải: Thôn Đông?" in sentences[2]
    assert "Có phải: Thôn Trung?" in sentences[5]
    assert len(households(database)) == 8


@cases("name", ["Hồ Văn Nghèo", "HỒ VĂN NGHÈO", "Lò Thị Nghèo"])
def test_ngheo_is_a_name(listed: Listed, name: str) -> None:
    parsed = listed((1, name, "5", "", "Thôn Đông", ""))
    assert [one.head_name.upper() for one in parsed.households] == [name.upper()]


@cases("name", ["Hồ Văn An nghèo", "Hồ Văn An Nghèo", "Hồ Văn An hộ nghèo", "Hồ Nghèo"])
def test_ngheo_after_a_name_is_a_remark(listed: Listed, name: str) -> None:
    assert labels(listed((1, name, "5", "", "Thôn Đông", ""))) == []
