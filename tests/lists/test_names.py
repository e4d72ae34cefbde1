"""A head's name as lists write it: in one column or three, with a title, a number or a remark beside it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.lists.homes import Understood
from app.lists.reading import read
from app.lists.rows import understand
from tests.lists.files import Rows, csv_file, ods, xlsx

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
FIRST = (1, "Vi Thị Mẫu", "1", "Ngõ 1", "Thôn Đông")


def names(found: Understood) -> list[str]:
    return [home.head_name for home in found.homes]


def read_name(folder: Path, name: object) -> Understood:
    rows = [HEADER, FIRST, (2, name, "2", "Ngõ 1", "Thôn Đông")]
    return understand(read(xlsx(folder / "a.xlsx", {"Sheet1": rows})))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ông Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("ÔNG NGUYỄN VĂN THỬ", "Nguyễn Văn Thử"),
        ("Bà Lê Thị Ví", "Lê Thị Ví"),
        ("Ông: Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Ô. Nguyễn Thử", "Nguyễn Thử"),
        ("Ông/Bà Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Ông (bà) Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Hộ ông Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Hộ bà: Lê Thị Ví", "Lê Thị Ví"),
        ("Gia đình ông Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Chủ hộ: Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("1. Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("12) Ông Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("2/ Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("3 - Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("• Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("* Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("“Nguyễn Văn Thử”", "Nguyễn Văn Thử"),
        ('"Nguyễn Văn Thử"', "Nguyễn Văn Thử"),
        ("'Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Nguyễn Văn Thử.", "Nguyễn Văn Thử"),
        ("Ông Thị Ngọc Lan", "Ông Thị Ngọc Lan"),
        ("Ðặng Văn Ðạt", "Đặng Văn Đạt"),
        ("ÐẶNG VĂN ÐẠT", "Đặng Văn Đạt"),
        ("H'Hen Niê Kdăm", "H'Hen Niê Kdăm"),
        ("Y-Bhăm Êban", "Y-Bhăm Êban"),
        ("Công Tằng Tôn Nữ Lan", "Công Tằng Tôn Nữ Lan"),
        ("Nguyễn Thị Văn", "Nguyễn Thị Văn"),
        ("nguyễn văn thử", "nguyễn văn thử"),
    ],
)
def test_name_is_what_stands_between_title_number_and_quotes(written: str, name: str, tmp_path: Path) -> None:
    found = read_name(tmp_path, written)
    assert (names(found), found.refusals) == (["Vi Thị Mẫu", name], [])


@pytest.mark.parametrize(
    "written",
    [
        "Nguyễn Văn Thử (hộ nghèo)",
        "Nguyễn Văn Thử (tâm thần)",
        "Nguyễn Văn Thử (Tám)",
        "Nguyễn Văn Thử [đã mất]",
        "Nguyễn Văn Thử (60)",
        "Nguyễn Văn Thử 60 tuổi",
        "Nguyễn Văn Thử sn 60",
        "Nguyễn Văn Thử - hộ cận nghèo",
        "Nguyễn Văn Thử – bị tâm thần",
        "Nguyễn Văn Thử, khuyết tật",
        "Nguyễn Văn Thử; chuyển đi",
        "Nguyễn Văn Thử: BTXH",
        "Nguyễn Văn Thử hộ nghèo",
        "NGUYỄN VĂN THỬ HỘ NGHÈO",
        "Nguyen Van Thu ho ngheo",
        "Nguyễn Văn Thử đã mất",
        "Nguyễn Văn Thử (",
        "Nguyễn Văn Thử *",
        "Nguyễn Văn Thử, Trần Thị Mẫu",
        "Nguyễn Văn Thử và Trần Thị Mẫu",
        "Nguyễn Văn Thử - Trần Thị Mẫu",
        "Nguyễn Văn Thử/Trần Thị Mẫu",
        "Nguyễn Văn Thử + Trần Thị Mẫu",
        "Nguyễn Văn Thử & Trần Thị Mẫu",
        "Nguyễn Văn Thử\nTrần Thị Mẫu",
        "Nguyễn Văn Thử   Trần Thị Mẫu",
        "Nguyễn Thử Trần Mẫu Lê Ví",
        "Nguyễn Văn Thử\n(vợ Mẫu)",
        "Ông Cao Thắng",
        "Ông Thử",
        "Bà Mẫu",
        "Ông",
        "Ông Nguyễn Văn Thử, bà Trần Thị Mẫu",
        "Thôn Đông",
        "Nguyễn Văn Thử #2",
        "#N/A",
        "#REF!",
    ],
)
def test_name_with_anything_else_beside_it_is_refused_and_not_told(written: str, tmp_path: Path) -> None:
    found = read_name(tmp_path, written)
    assert (names(found), [refusal.row for refusal in found.refusals]) == (["Vi Thị Mẫu"], [3])
    assert written == "Ông" or written not in str(found.refusals)


PARTS = (
    ("Họ", "Đệm", "Tên"),
    ("Họ", "Tên đệm", "Tên"),
    ("Họ", "Chữ lót", "Tên"),
    ("Họ chủ hộ", "Đệm", "Tên chủ hộ"),
)


@pytest.mark.parametrize("parts", PARTS)
def test_name_in_three_columns_is_put_together(parts: Sequence[str], tmp_path: Path) -> None:
    rows: Rows = [
        ("DANH SÁCH HỘ",),
        ("STT", *parts, "Số nhà", "Thôn"),
        (1, "Nguyễn", "Văn", "Thử", 12, "Thôn Đông"),
    ]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert (names(found), found.refusals) == (["Nguyễn Văn Thử"], [])


def test_given_name_before_the_family_name_is_put_behind_it(tmp_path: Path) -> None:
    rows: Rows = [
        ("Danh sách hộ",),
        ("TT", "Tên", "Họ và đệm", "Thôn"),
        (1, "Thử", "Nguyễn Văn", "Thôn Đông"),
    ]
    assert names(understand(read(csv_file(tmp_path / "a.csv", rows)))) == ["Nguyễn Văn Thử"]


def test_name_of_two_columns_with_the_first_called_the_heads(tmp_path: Path) -> None:
    rows: Rows = [("STT", "Họ", "Tên chủ hộ", "Thôn"), (1, "Nguyễn", "Văn Thử", "Thôn Đông")]
    found = understand(read(csv_file(tmp_path / "a.csv", rows)))
    assert (names(found), found.refusals) == (["Nguyễn Văn Thử"], [])


@pytest.mark.parametrize("heading", ["Họ và tên chủ hộ", "Chủ hộ"])
@pytest.mark.parametrize("parts", [("Nguyễn Văn", "Thử"), ("Nguyễn", "Văn", "Thử")])
def test_joined_heading_over_the_parts_of_a_name(
    parts: tuple[str, ...], heading: str, tmp_path: Path
) -> None:
    blank = [""] * (len(parts) - 1)
    rows: Rows = [("STT", heading, *blank, "Số nhà", "Thôn"), (1, *parts, 12, "Thôn Đông")]
    file = xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(0, 1, 0, len(parts), heading)])
    found = understand(read(file))
    assert (names(found), found.refusals) == (["Nguyễn Văn Thử"], [])


def test_joined_heading_over_headings_of_the_parts(tmp_path: Path) -> None:
    rows: Rows = [
        ("STT", "Chủ hộ", "", "", "Thôn"),
        ("", "Họ", "Đệm", "Tên", ""),
        (1, "Nguyễn", "Văn", "Thử", "Thôn Đông"),
    ]
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(0, 1, 0, 3, "Chủ hộ")])))
    assert (names(found), found.refusals) == (["Nguyễn Văn Thử"], [])


@pytest.mark.parametrize(
    "rows",
    [
        [("STT", "Họ và tên chủ hộ", "", "Thôn"), (1, "Nguyễn Văn", "Thử", "Thôn Đông")],
        [("STT", "", "Họ và tên chủ hộ", "Thôn"), (1, "Nguyễn Văn", "Thử", "Thôn Đông")],
        [("STT", "Chủ hộ", "Tên", "Thôn"), (1, "Nguyễn Văn", "Thử", "Thôn Đông")],
        [("Danh sách hộ",), ("STT", "Họ", "Thôn"), (1, "Nguyễn", "Thôn Đông")],
        [("Danh sách hộ",), ("STT", "Họ đệm", "Thôn"), (1, "Nguyễn Văn", "Thôn Đông")],
        [("Danh sách hộ",), ("STT", "Đệm", "Tên", "Thôn"), (1, "Văn", "Thử", "Thôn Đông")],
    ],
)
@pytest.mark.parametrize("kind", ["csv", "ods"])
def test_name_of_which_a_part_would_be_lost_is_refused(rows: Rows, kind: str, tmp_path: Path) -> None:
    file = ods(tmp_path / "a.ods", {"A": rows}) if kind == "ods" else csv_file(tmp_path / "a.csv", rows)
    found = understand(read(file))
    assert (found.homes, len(found.refusals)) == ([], 1)


def test_titles_taken_off_are_counted(tmp_path: Path) -> None:
    assert read_name(tmp_path, "Ông Nguyễn Văn Thử").bare_names == 1
