"""Heads' names as lists write them: in one column or three, with a title, a number or a remark."""

from collections.abc import Sequence
from pathlib import Path

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import Rows, csv_file, ods, xlsx

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
FIRST = (1, "Vi Thị Mẫu", "1", "Ngõ 1", "Thôn Đông")


def names(found: ParsedList) -> list[str]:
    return [household.head_name for household in found.households]


def read_name(folder: Path, name: object) -> ParsedList:
    rows = [HEADER, FIRST, (2, name, "2", "Ngõ 1", "Thôn Đông")]
    return parse(read(xlsx(folder / "a.xlsx", {"Sheet1": rows})))


@cases(
    "written, name",
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
        ("nguyễn văn thử", "Nguyễn Văn Thử"),
    ],
)
def test_title_number_and_quotes_are_removed_from_a_name(written: str, name: str, tmp_path: Path) -> None:
    found = read_name(tmp_path, written)
    assert (names(found), found.rejected_rows) == (["Vi Thị Mẫu", name], [])


@cases(
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
def test_name_with_anything_else_beside_it_is_rejected_and_not_reported(written: str, tmp_path: Path) -> None:
    found = read_name(tmp_path, written)
    assert (names(found), [rejected.row for rejected in found.rejected_rows]) == (["Vi Thị Mẫu"], [3])
    assert written == "Ông" or written not in str(found.rejected_rows)


PARTS = (
    ("Họ", "Đệm", "Tên"),
    ("Họ", "Tên đệm", "Tên"),
    ("Họ", "Chữ lót", "Tên"),
    ("Họ chủ hộ", "Đệm", "Tên chủ hộ"),
)


@cases("parts", PARTS)
def test_name_in_three_columns_is_put_together(parts: Sequence[str], tmp_path: Path) -> None:
    rows: Rows = [
        ("DANH SÁCH HỘ",),
        ("STT", *parts, "Số nhà", "Thôn"),
        (1, "Nguyễn", "Văn", "Thử", 12, "Thôn Đông"),
    ]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert (names(found), found.rejected_rows) == (["Nguyễn Văn Thử"], [])


def test_parts_of_a_name_are_put_in_the_order_of_a_name(tmp_path: Path) -> None:
    rows: Rows = [
        ("Danh sách hộ",),
        ("TT", "Tên", "Họ và đệm", "Thôn"),
        (1, "Thử", "Nguyễn Văn", "Thôn Đông"),
    ]
    assert names(parse(read(csv_file(tmp_path / "a.csv", rows)))) == ["Nguyễn Văn Thử"]


def test_name_in_two_columns_of_which_the_first_has_the_heading_of_the_head(tmp_path: Path) -> None:
    rows: Rows = [("STT", "Họ", "Tên chủ hộ", "Thôn"), (1, "Nguyễn", "Văn Thử", "Thôn Đông")]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert (names(found), found.rejected_rows) == (["Nguyễn Văn Thử"], [])


@cases("heading", ["Họ và tên chủ hộ", "Chủ hộ"])
@cases("parts", [("Nguyễn Văn", "Thử"), ("Nguyễn", "Văn", "Thử")])
def test_merged_heading_over_the_parts_of_a_name(
    parts: tuple[str, ...], heading: str, tmp_path: Path
) -> None:
    blank = [""] * (len(parts) - 1)
    rows: Rows = [("STT", heading, *blank, "Số nhà", "Thôn"), (1, *parts, 12, "Thôn Đông")]
    file = xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(0, 1, 0, len(parts), heading)])
    found = parse(read(file))
    assert (names(found), found.rejected_rows) == (["Nguyễn Văn Thử"], [])


def test_merged_heading_over_headings_of_the_parts(tmp_path: Path) -> None:
    rows: Rows = [
        ("STT", "Chủ hộ", "", "", "Thôn"),
        ("", "Họ", "Đệm", "Tên", ""),
        (1, "Nguyễn", "Văn", "Thử", "Thôn Đông"),
    ]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": rows}, merged=[(0, 1, 0, 3, "Chủ hộ")])))
    assert (names(found), found.rejected_rows) == (["Nguyễn Văn Thử"], [])


@cases(
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
@cases("kind", ["csv", "ods"])
def test_name_with_a_part_that_would_be_lost_is_rejected(rows: Rows, kind: str, tmp_path: Path) -> None:
    file = ods(tmp_path / "a.ods", {"A": rows}) if kind == "ods" else csv_file(tmp_path / "a.csv", rows)
    found = parse(read(file))
    assert (found.households, len(found.rejected_rows)) == ([], 1)


def test_removed_titles_are_counted(tmp_path: Path) -> None:
    assert read_name(tmp_path, "Ông Nguyễn Văn Thử").cleaned_names == 1
