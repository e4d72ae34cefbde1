"""More misleading lists, each with the households that are certain in it."""

from collections.abc import Callable
from pathlib import Path

from tests.intake.household_import.files import Rows, csv_file, ods, xlsx
from tests.intake.household_import.strange_layouts import AN, BARE, BE, CO, FULL, Label


def header_of_three_rows(folder: Path) -> Path:
    rows: Rows = [
        ("TT", "Thông tin chủ hộ", "", "Địa chỉ", "", ""),
        ("", "Họ và tên", "Năm sinh", "Chỗ ở", "", ""),
        ("", "", "", "Số nhà", "Ngõ", "Thôn"),
        *[(n, label[0], 1970, *label[1:]) for n, label in enumerate((AN, BE, CO), start=1)],
    ]
    return csv_file(folder / "a.csv", rows)


def two_tables_side_by_side(folder: Path) -> Path:
    return xlsx(folder / "a.xlsx", {"A": [(*FULL, "", *FULL), (1, *AN, "", 2, *BE)]})


def number_of_the_household_on_each_member(folder: Path) -> Path:
    rows: Rows = [
        ("DANH SÁCH HỘ GIA ĐÌNH",),
        ("STT hộ", "Họ và tên", "Số nhà", "Ngõ", "Thôn"),
        (1, *AN),
        (1, "Bế Thị Con", *AN[1:]),
        (2, *CO),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def number_of_the_household_beside_that_of_the_person(folder: Path) -> Path:
    rows: Rows = [
        ("STT", "STT hộ", "Họ tên chủ hộ", "Số nhà", "Ngõ", "Thôn"),
        (1, 1, *AN),
        (2, "", "Bế Thị Con", *AN[1:]),
        (3, 2, *CO),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def moved_away_in_the_remarks(folder: Path) -> Path:
    rows: Rows = [
        (*FULL, "Ghi chú", "Đã xóa"),
        (1, *AN, "mới chuyển đến", ""),
        (2, *BE, "đã chuyển đi nơi khác", ""),
        (3, *CO, "", "x"),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def titled_as_moved_away(folder: Path) -> Path:
    moved: Rows = [("DANH SÁCH HỘ ĐÃ CHUYỂN ĐI",), FULL, (1, *BE)]
    parts: Rows = [FULL, ("I", "Hộ đang ở"), (1, *AN), ("II", "Hộ đã chuyển đi"), (2, *CO)]
    return xlsx(folder / "a.xlsx", {"Cũ": moved, "Mới": parts})


def words_for_a_hamlet(folder: Path) -> Path:
    return xlsx(
        folder / "a.xlsx", {"A": [FULL, (1, *AN), (2, *BE[:3], "đã mất"), (3, *CO[:3], "Ngõ 7, Thôn Cao")]}
    )


def offices_below_a_list_without_numbers(folder: Path) -> Path:
    rows: Rows = [FULL[1:], AN, BE, ("CÔNG AN XÃ", "", "", "TƯ PHÁP"), ("Hà Văn Ký", "", "", "Lộc Thị Dấu")]
    return xlsx(folder / "a.xlsx", {"A": rows})


def typed_in_telex(folder: Path) -> Path:
    return csv_file(
        folder / "a.csv", [FULL, (1, "Nguyeenx Vawn Thuwr", 61, "Ngo 6", "Thoon Bawngf"), (2, *CO)]
    )


def hamlet_behind_the_name(folder: Path) -> Path:
    return xlsx(
        folder / "a.xlsx",
        {"A": [FULL, (1, "Bế Văn An Thôn Bằng", *AN[1:]), (2, "Cao Thị Bé xóm 3", *BE[1:])]},
    )


def address_against_its_section(folder: Path) -> Path:
    rows: Rows = [
        ("Thôn Bằng",),
        ("STT", "Họ tên chủ hộ", "Địa chỉ"),
        (1, AN[0], "Số nhà 61, Ngõ 6"),
        (2, BE[0], "Số nhà 62, Ngõ 6, Thôn Cao"),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def one_card_for_each_household(folder: Path) -> Path:
    rows: Rows = [
        ("Chủ hộ:", AN[0]),
        ("Số nhà:", 61),
        ("Thôn:", AN[3]),
        (),
        ("Chủ hộ:", BE[0]),
        ("Số nhà:", 62),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def carried_over_from_page_to_page(folder: Path) -> Path:
    rows: Rows = [
        BARE,
        ("Thôn Bằng",),
        (1, *AN[:3]),
        ("", "Mang sang", "", 1),
        BARE,
        ("", "Trang trước", "", 1),
        (2, *BE[:3]),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def separator_within_a_cell(folder: Path) -> Path:
    text = "STT,Chủ hộ,Số nhà,Ngõ,Thôn\n1,Bế Văn An,61,Ngõ 6,Thôn Bằng\n2,Cao Thị Bé,62,Ngõ 6,chợ,Thôn Bằng\n"
    (folder / "a.csv").write_text(text)
    return folder / "a.csv"


def the_list_of_last_month_as_well(folder: Path) -> Path:
    old: Rows = [FULL, (1, *AN), (2, BE[0], "62A", *BE[2:]), (3, "Hà Văn Trước", *CO[1:])]
    new: Rows = [FULL, (1, *AN), (2, *BE), (3, *CO)]
    return xlsx(folder / "a.xlsx", {"Tháng 10": old, "Tháng 11": new})


def head_only_in_the_heads_row(folder: Path) -> Path:
    rows: Rows = [
        ("STT", "Họ và tên", "Họ tên chủ hộ", "Số nhà", "Ngõ", "Thôn"),
        (1, AN[0], *AN),
        (2, "Bế Thị Con", "", *AN[1:]),
        (3, CO[0], *CO),
    ]
    return ods(folder / "a.ods", {"A": rows})


LAYOUTS: tuple[tuple[Callable[[Path], Path], set[Label]], ...] = (
    (header_of_three_rows, set()),
    (two_tables_side_by_side, set()),
    (number_of_the_household_on_each_member, set()),
    (number_of_the_household_beside_that_of_the_person, {AN, CO}),
    (moved_away_in_the_remarks, {AN}),
    (titled_as_moved_away, {AN}),
    (words_for_a_hamlet, {AN}),
    (offices_below_a_list_without_numbers, {AN, BE}),
    (typed_in_telex, {CO}),
    (hamlet_behind_the_name, set()),
    (address_against_its_section, {AN}),
    (one_card_for_each_household, set()),
    (carried_over_from_page_to_page, {AN}),
    (separator_within_a_cell, {AN}),
    (
        the_list_of_last_month_as_well,
        {AN, ("Cao Thị Bé", "62A", "Ngõ 6", "Thôn Bằng"), ("Hà Văn Trước", *CO[1:])},
    ),
    (head_only_in_the_heads_row, {AN, CO}),
)
