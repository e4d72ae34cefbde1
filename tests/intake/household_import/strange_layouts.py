"""Lists in unusual layouts of real clerks, each with the households that are certain in it.

Whatever else is stored of it is wrong; whatever it leaves in doubt is to be refused and named.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.intake.household_import.files import Formula, HalfStruck, Rows, Styled, csv_file, ods, xlsx

Label = tuple[str, str, str, str]
AN: Label = ("Bế Văn An", "61", "Ngõ 6", "Thôn Bằng")
BE: Label = ("Cao Thị Bé", "62", "Ngõ 6", "Thôn Bằng")
CO: Label = ("Dương Văn Có", "63", "Ngõ 7", "Thôn Cao")
TRUE = {AN, BE, CO}
BARE = ("STT", "Họ và tên chủ hộ", "Số nhà", "Ngõ")
FULL = (*BARE, "Thôn")


def booklet_of_everybody(folder: Path) -> Path:
    """The booklet of residence: numbered heads, members with a dash, the relation among the remarks."""
    rows: Rows = [
        ("SỔ THEO DÕI NHÂN KHẨU",),
        ("Số TT", "Họ và tên", "Ngày sinh", "Số nhà", "Ngõ", "Thôn", "Ghi chú"),
        (1, AN[0], "1/2/1970", *AN[1:], "chủ hộ"),
        ("-", "Bế Thị Con", "3/4/2001", *AN[1:], "con"),
        (2, BE[0], "5/6/1980", *BE[1:], "chủ hộ"),
    ]
    return xlsx(folder / "a.xlsx", {"NK 2026": rows})


def ticks_for_heads(folder: Path) -> Path:
    rows: Rows = [
        ("STT", "Họ tên", "Chủ hộ (✓)", "Số nhà", "Ngõ", "Thôn"),
        (1, AN[0], "✓", *AN[1:]),
        (2, "Bế Thị Con", "", *AN[1:]),
        (3, BE[0], "✓", *BE[1:]),
        (4, "Cao Văn Chồng", None, *BE[1:]),
        (5, CO[0], "✓", *CO[1:]),
    ]
    return xlsx(folder / "a.xlsx", {"Sheet1": rows})


def relations_as_codes(folder: Path) -> Path:
    """01 is the head and 02 the spouse, but nothing in the list says so."""
    rows: Rows = [
        ("STT", "Họ và tên", "Mã quan hệ", "Số nhà", "Ngõ", "Thôn"),
        (1, AN[0], "01", *AN[1:]),
        (2, "Bế Thị Con", "02", *AN[1:]),
        (3, CO[0], "01", *CO[1:]),
    ]
    return csv_file(folder / "a.csv", rows, delimiter=";")


def namesakes_by_year(folder: Path) -> Path:
    rows: Rows = [(*FULL, "Năm sinh"), (1, *AN, 1950), (2, *AN, 1982), (3, *CO, 1970)]
    return xlsx(folder / "a.xlsx", {"A": rows})


def name_in_joined_cells(folder: Path) -> Path:
    """In two rows: the heading of the name is merged over two columns, that of the address over three."""
    rows: Rows = [
        ("TT", "Họ tên chủ hộ", "", "Nơi ở", "", ""),
        ("", "", "", "Số nhà", "Ngõ", "Thôn"),
        *[(n, *label[0].rsplit(" ", 1), *label[1:]) for n, label in enumerate((AN, BE, CO), start=1)],
    ]
    ranges = [(0, 0, 1, 0, "TT"), (0, 1, 1, 2, "Họ tên chủ hộ"), (0, 3, 0, 5, "Nơi ở")]
    return xlsx(folder / "a.xlsx", {"A": rows}, merged=ranges)


def letters_for_names(folder: Path) -> Path:
    """Surname, middle name, first name; the first name first."""
    rows: Rows = [
        ("Danh sách hộ dân",),
        ("STT", "Tên", "Đệm", "Họ", *FULL[2:]),
        *[(n, *reversed(label[0].split()), *label[1:]) for n, label in enumerate((AN, BE, CO), start=1)],
    ]
    return csv_file(folder / "a.csv", rows)


def remarks_everywhere(folder: Path) -> Path:
    rows: Rows = [
        FULL,
        (1, f"{AN[0]} (HN)", *AN[1:]),
        (2, BE[0], "62 (cận nghèo)", *BE[2:]),
        (3, CO[0], CO[1], "Ngõ 7 - bị tâm thần", CO[3]),
        (4, f"{CO[0]} - CCB", *CO[1:]),
        (5, *AN),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def saved_without_unicode(folder: Path) -> Path:
    text = "\r\n".join(",".join(map(str, row)) for row in (FULL, (1, *AN), (2, *BE), (3, *CO)))
    (folder / "a.csv").write_bytes(text.encode("cp1252", "replace"))
    return folder / "a.csv"


def read_in_the_wrong_code_page(folder: Path) -> Path:
    def garbled(text: str) -> str:
        return text.encode().decode("latin-1")

    rows = [FULL, *[(n, *map(garbled, label)) for n, label in enumerate((AN, BE, CO), start=1)]]
    return xlsx(folder / "a.xlsx", {"A": rows})


def pasted_from_an_old_list(folder: Path) -> Path:
    """Half typed in Unicode, half pasted from .VnTime; *Vò Tó* and *Thôn* may be either."""
    rows: Rows = [
        FULL,
        (1, *AN),
        (2, "Hµ V¨n Léc", 8, "Ngâ 6", "Th«n B»ng"),
        (3, "Vò Tó", 9, "", AN[3]),
        (4, *CO),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def typed_in_vni(folder: Path) -> Path:
    rows: Rows = [
        FULL,
        (1, "Beá Vaên An", 61, "Ngoõ 6", "Thoân Baèng"),
        (2, "Cao Thò Beù", 62, "Ngoõ 6", AN[3]),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def struck_hidden_and_filtered(folder: Path) -> Path:
    rows: Rows = [
        FULL,
        (1, *AN),
        (2, Styled("Hà Văn Bỏ", font_strikeout=True), 70, "Ngõ 6", AN[3]),
        (3, "Hà Văn Ẩn", 71, "Ngõ 6", AN[3]),
        (4, HalfStruck("Hà Văn Cũ ", BE[0]), *BE[1:]),
        (5, *CO),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows}, hidden_rows=[3])


def struck_in_an_open_document(folder: Path) -> Path:
    styles = (
        '<office:automatic-styles><style:style style:name="s" style:family="table-cell">'
        '<style:text-properties style:text-line-through-type="single"/></style:style>'
        "</office:automatic-styles>"
    )
    rows: Rows = [FULL, (1, *AN), (2, "Hà Văn Bỏ", 70, "Ngõ 6", AN[3]), (3, *CO)]
    return ods(folder / "a.ods", {"A": rows}, styles=styles, cell_attributes={(2, 1): 'table:style-name="s"'})


def formulas_of_a_program(folder: Path) -> Path:
    """From a program that does not compute formulas: house numbers and hamlets have no values."""
    rows: Rows = [
        FULL,
        (Formula("=ROW()-1", ""), AN[0], Formula('="6"&"1"', ""), *AN[2:]),
        (Formula("=ROW()-1", ""), *BE[:3], Formula("=E2", "")),
        (Formula("=ROW()-1", ""), *CO),
        ("", "Cộng", Formula("=COUNTA(B2:B4)", "")),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def sections_by_bare_names(folder: Path) -> Path:
    rows: Rows = [BARE, ("I", "BẰNG"), (1, *AN[:3]), (2, *BE[:3]), ("II", "CAO"), (1, *CO[:3])]
    return xlsx(folder / "a.xlsx", {"Danh sách": rows})


def bare_name_after_a_full_one(folder: Path) -> Path:
    rows: Rows = [BARE, ("Thôn Bằng",), (1, *AN[:3]), (2, *BE[:3]), ("Cao (1 hộ)",), (1, *CO[:3])]
    return csv_file(folder / "a.csv", rows)


def hamlets_by_number(folder: Path) -> Path:
    rows: Rows = [FULL, (1, *AN[:3], 1), (2, *BE[:3], 1), (3, *CO[:3], 2)]
    return xlsx(folder / "a.xlsx", {"A": rows})


def hamlet_with_its_commune(folder: Path) -> Path:
    rows = [
        FULL,
        *[(n, *p[:3], f"{p[3]}, xã Yên Bình, tỉnh Lạng Sơn") for n, p in enumerate((AN, BE, CO), 1)],
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def two_heads_in_a_cell(folder: Path) -> Path:
    rows: Rows = [FULL, (1, f"{AN[0]}\n{BE[0]}", *AN[1:]), (2, f"{BE[0]}; Hà Thị Hai", *BE[1:]), (3, *CO)]
    return xlsx(folder / "a.xlsx", {"A": rows})


def titles_numbers_and_quotes(folder: Path) -> Path:
    rows: Rows = [
        ("Chủ hộ", *FULL[2:]),
        (f"1. Ông {AN[0]}", *AN[1:]),
        (f"2. Bà {BE[0]}", *BE[1:]),
        (f"“{CO[0].upper()}”", *CO[1:]),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


def eth_for_dyet(folder: Path) -> Path:
    rows: Rows = [FULL, (1, "Ðàm Văn Ðô", 61, "Ngõ Ðá", "Thôn Ðông"), (2, *CO)]
    return xlsx(folder / "a.xlsx", {"A": rows})


def dates_of_house_numbers(folder: Path) -> Path:
    rows: Rows = [FULL, (1, AN[0], date(2026, 6, 1), *AN[2:]), (2, BE[0], "02-thg 6", *BE[2:]), (3, *CO)]
    return xlsx(folder / "a.xlsx", {"A": rows})


def cover_team_and_list(folder: Path) -> Path:
    team: Rows = [
        ("DANH SÁCH TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG THÔN BẰNG",),
        ("STT", "Họ và tên", "Chức danh", "Số nhà", "Ngõ"),
        (1, "Hà Văn Tổ", "Tổ trưởng", 1, "Ngõ 1"),
    ]
    cover: Rows = [("UBND XÃ YÊN BÌNH",), ("BÁO CÁO",), ("Bản tổng hợp hộ gia đình",)]
    return xlsx(
        folder / "a.xlsx", {"Bìa": cover, "Tổ CNSCĐ": team, "Thôn Bằng": [BARE, (1, *AN[:3]), (2, *BE[:3])]}
    )


def cell_in_row_two_hundred_thousand(folder: Path) -> Path:
    rows: list[tuple[object, ...]] = [
        FULL,
        (1, *AN),
        (2, *BE),
        (3, *CO),
        *[()] * 199_995,
        ("", "", "", "", " . "),
    ]
    return xlsx(folder / "a.xlsx", {"A": rows})


LAYOUTS: tuple[tuple[Callable[[Path], Path], set[Label]], ...] = (
    (booklet_of_everybody, set()),
    (ticks_for_heads, TRUE),
    (relations_as_codes, set()),
    (namesakes_by_year, {AN, CO}),
    (name_in_joined_cells, TRUE),
    (letters_for_names, TRUE),
    (remarks_everywhere, {AN}),
    (saved_without_unicode, set()),
    (read_in_the_wrong_code_page, set()),
    (pasted_from_an_old_list, {AN}),
    (typed_in_vni, set()),
    (struck_hidden_and_filtered, {AN, CO}),
    (struck_in_an_open_document, {AN, CO}),
    (formulas_of_a_program, {CO}),
    (sections_by_bare_names, set()),
    (bare_name_after_a_full_one, {AN, BE}),
    (hamlets_by_number, set()),
    (hamlet_with_its_commune, TRUE),
    (two_heads_in_a_cell, {CO}),
    (titles_numbers_and_quotes, TRUE),
    (eth_for_dyet, {("Đàm Văn Đô", "61", "Ngõ Đá", "Thôn Đông"), CO}),
    (dates_of_house_numbers, {CO}),
    (cover_team_and_list, {AN, BE}),
    (cell_in_row_two_hundred_thousand, TRUE),
)
