"""Lists of people instead of households: only those marked as heads become households."""

from pathlib import Path

import pytest

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import Rows, csv_file, xlsx

THU = ("Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông")
VI = ("Lê Văn Ví", "", "Cạnh nhà văn hóa", "Thôn Tây")


def parse_file(file: Path) -> ParsedList:
    return parse(read(file))


def heads(found: ParsedList) -> list[tuple[str, str, str, str]]:
    return [
        (household.head_name, household.house_no, household.alley, household.hamlet)
        for household in found.households
    ]


def residents(folder: Path, heading: str, *words: object) -> ParsedList:
    """Thử, his wife and Ví, each with a word of `words` under `heading`."""
    people = (THU, ("Trần Thị Mẫu", *THU[1:]), VI)
    rows = [(n, p[0], word, *p[1:]) for n, (p, word) in enumerate(zip(people, words, strict=True), start=1)]
    header = ("STT", "Họ và tên", heading, "Số nhà", "Ngõ", "Thôn")
    return parse_file(xlsx(folder / "a.xlsx", {"Sheet1": [header, *rows]}))


@cases(
    "heading, words",
    [
        ("Quan hệ với chủ hộ", ("Chủ hộ", "Vợ", "chủ hộ")),
        ("QH chủ hộ", ("CH", "vợ", "CH")),
        ("Quan hệ", ("Là chủ hộ", "Vợ chủ hộ", "Chủ hộ")),
        ("Quan hệ trong gia đình", ("Chủ hộ", "Con dâu", "Chủ hộ")),
        ("Vai trò trong hộ", ("Chủ hộ", "Thành viên", "Chủ hộ")),
        ("Mối QH", ("chủ hộ", "Cháu nội", "chủ hộ.")),
        ("Chủ hộ", ("Có", "Không", "Có")),
        ("Chủ hộ", ("x", "", "X")),
        ("Chủ hộ", ("✓", None, "v")),
        ("Chủ hộ", (1, 0, 1)),
        ("Chủ hộ", (True, False, True)),
        ("Là chủ hộ", ("Đúng", "Sai", "Đúng")),
        ("Chủ hộ (đánh dấu x)", ("x", "", "x")),
        ("Chủ hộ", ("Chủ hộ", "Vợ", "Chủ hộ")),
        ("Quan hệ với chủ hộ", ("Chủ hộ", "", "Chủ hộ")),
    ],
)
def test_person_marked_as_a_head_becomes_a_household(
    heading: str, words: tuple[object, ...], tmp_path: Path
) -> None:
    found = residents(tmp_path, heading, *words)
    assert (heads(found), found.rejected_rows) == ([THU, VI], [])
    assert found.skipped_rows == {"người trong hộ, không phải chủ hộ": 1}


@cases("word", ["", "Tâm", "?", "2", "khác họ", "Không"])
def test_person_with_a_blank_or_unknown_relation_is_rejected(word: str, tmp_path: Path) -> None:
    header = ("TT", "Họ và tên", "Quan hệ với chủ hộ", "Số nhà", "Ngõ", "Thôn")
    rows: Rows = [
        (1, THU[0], "Chủ hộ", *THU[1:]),
        (2, "Trần Thị Mẫu", "Vợ", *THU[1:]),
        (3, "Vi Văn Lạ", word, *THU[1:]),
    ]
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"Sheet1": [header, *rows]}))
    assert heads(found) == [THU]
    assert [(r.row, "quan hệ với chủ hộ" in r.sentence) for r in found.rejected_rows] == [(4, True)]


@pytest.mark.parametrize("words", [("", "", ""), ("Không", "Không", "Không"), ("Vợ", "Con", "Con")])
def test_list_in_which_nobody_is_a_head_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    found = residents(tmp_path, "Quan hệ với chủ hộ", *words)
    assert (found.households, len(found.rejected_rows) > 0) == ([], True)


@cases(
    "title, header",
    [
        ("", ("STT", "Họ và tên", "Năm sinh", "Số nhà", "Thôn")),
        ("", ("STT", "Họ tên", "Giới tính", "Số nhà", "Thôn")),
        ("", ("STT", "Họ và tên", "Nghề nghiệp", "Số nhà", "Thôn")),
        ("DANH SÁCH NHÂN KHẨU", ("STT", "Họ và tên", "Ghi chú", "Số nhà", "Thôn")),
        ("DANH SÁCH CỬ TRI", ("STT", "Họ và tên công dân", "Ghi chú", "Số nhà", "Thôn")),
        ("DANH SÁCH HỘ VÀ NHÂN KHẨU", ("STT", "Họ và tên", "Ngày sinh", "Số nhà", "Thôn")),
        ("", ("STT", "Họ và tên", "Ghi chú", "Số nhà", "Thôn")),
        ("TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG", ("STT", "Họ và tên", "Chức vụ", "Số nhà", "Thôn")),
        ("DANH SÁCH HỘ", ("STT", "Họ và tên", "Chức vụ", "Số nhà", "Thôn")),
    ],
)
def test_list_of_people_that_does_not_say_who_is_a_head_is_refused(
    title: str, header: tuple[str, ...], tmp_path: Path
) -> None:
    rows = [(1, THU[0], 1970, 12, "Thôn Đông"), (2, "Trần Thị Mẫu", 1975, 12, "Thôn Đông")]
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"Sheet1": [(title,), header, *rows]}))
    assert found.households == []
    assert [(r.row, "chủ hộ" in r.sentence) for r in found.rejected_rows] == [(0, True)]


@cases(
    "title, header",
    [
        ("DANH SÁCH HỘ GIA ĐÌNH", ("STT", "Họ và tên", "Số nhà", "Ngõ", "Thôn")),
        ("Danh sách các hộ dân năm 2026", ("STT", "Họ tên", "Số nhà", "Ngõ", "Thôn")),
        ("", ("STT", "Tên hộ", "Số nhà", "Ngõ", "Thôn")),
        ("", ("STT", "Họ và tên", "Số nhà", "Ngõ", "Thôn", "Số nhân khẩu")),
    ],
)
def test_list_that_says_it_is_of_households_is_parsed(
    title: str, header: tuple[str, ...], tmp_path: Path
) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"Sheet1": [(title,), header, (1, *THU), (2, *VI)]}))
    assert (heads(found), found.rejected_rows) == ([THU, VI], [])


def test_row_without_its_number_among_numbered_ones_may_be_a_member(tmp_path: Path) -> None:
    header = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
    rows: Rows = [(1, *THU), ("", "Trần Thị Mẫu", *THU[1:]), (2, *VI)]
    found = parse_file(csv_file(tmp_path / "a.csv", [header, *rows]))
    assert heads(found) == [THU, VI]
    assert [(r.row, "số thứ tự" in r.sentence) for r in found.rejected_rows] == [(3, True)]


@cases("word", ["Có", "Không", "Chủ hộ", "Vợ", "con", "nt", "Tên"])
def test_word_of_another_column_is_not_accepted_as_a_name(word: str, tmp_path: Path) -> None:
    header = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
    found = parse_file(csv_file(tmp_path / "a.csv", [header, (1, *THU), (2, word, *VI[1:])]))
    assert heads(found) == [THU]
    assert [r.row for r in found.rejected_rows] == [3]


def test_head_named_beside_each_resident_is_one_household(tmp_path: Path) -> None:
    header = ("STT", "Họ và tên", "Họ tên chủ hộ", "Số nhà", "Ngõ", "Thôn")
    rows: Rows = [(1, THU[0], *THU), (2, "Trần Thị Mẫu", *THU), (3, VI[0], *VI)]
    found = parse_file(csv_file(tmp_path / "a.csv", [header, *rows]))
    assert set(heads(found)) == {THU, VI}
