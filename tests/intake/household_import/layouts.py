"""Layouts that communes use, each a file with the same three households."""

import unicodedata
from pathlib import Path

from tests.intake.household_import.files import Formula, Rows, csv_file, ods, xlsx

HEADER = ("STT", "Họ và tên chủ hộ", "Số nhà", "Ngõ/Xóm", "Thôn/Tổ dân phố", "Điện thoại", "Ghi chú")
PEOPLE: Rows = (
    (1, "Nguyễn Văn Thử", 12, "Ngõ 3", "Thôn Đông", "0900 000 100", ""),
    (2, "Trần Thị Mẫu", "12A", "", "Thôn Đông", 900000101, "đi làm xa"),
    (3, "Lê Văn Ví", "", "Cạnh nhà văn hóa", "Thôn Tây", "", ""),
)
EXPECTED = [
    ("Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông"),
    ("Trần Thị Mẫu", "12A", "", "Thôn Đông"),
    ("Lê Văn Ví", "", "Cạnh nhà văn hóa", "Thôn Tây"),
]
TITLE: Rows = (("UBND XÃ YÊN BÌNH",), ("DANH SÁCH HỘ GIA ĐÌNH NĂM 2026 (số liệu mẫu)",), ())
WITHOUT_HAMLET = [[*row[:4], *row[5:]] for row in (HEADER, *PEOPLE)]


def decomposed(rows: Rows) -> Rows:
    return [[unicodedata.normalize("NFD", c) if isinstance(c, str) else c for c in row] for row in rows]


def titles_above(file: Path) -> Path:
    return xlsx(file, {"Danh sách hộ": [*TITLE, HEADER, *PEOPLE, ("", "Tổng cộng", "", "", "", "", 3)]})


def no_title(file: Path) -> Path:
    return xlsx(file, {"Sheet1": [HEADER, *PEOPLE]})


def open_document(file: Path) -> Path:
    return ods(file.with_suffix(".ods"), {"Hộ dân": [*TITLE, HEADER, *PEOPLE]})


def comma(file: Path) -> Path:
    return csv_file(file.with_suffix(".csv"), [HEADER, *PEOPLE])


def semicolon_with_mark(file: Path) -> Path:
    return csv_file(file.with_suffix(".csv"), [*TITLE, HEADER, *PEOPLE], delimiter=";", encoding="utf-8-sig")


def tab_utf_16(file: Path) -> Path:
    return csv_file(file.with_suffix(".csv"), [HEADER, *PEOPLE], delimiter="\t", encoding="utf-16")


def tab_utf_16_without_mark(file: Path) -> Path:
    return csv_file(file.with_suffix(".csv"), [HEADER, *PEOPLE], delimiter="\t", encoding="utf-16-le")


def windows_1258(file: Path) -> Path:
    """In this code page letters and tones are separate: *ễ* is *ê* and a tilde."""
    text = "\r\n".join(";".join(map(str, row)) for row in (HEADER, *PEOPLE))
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in tones)
        letters.append(unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones)) + tone)
    file = file.with_suffix(".csv")
    file.write_bytes("".join(letters).encode("cp1258"))
    return file


def separator_said(file: Path) -> Path:
    file = csv_file(file.with_suffix(".csv"), [HEADER, *PEOPLE], delimiter="|")
    file.write_bytes(b"sep=|\r\n" + file.read_bytes())
    return file


def header_of_two_rows(file: Path) -> Path:
    rows = [
        *TITLE,
        ("TT", "Chủ hộ", "", "Địa chỉ", "", "", "Nhân khẩu", ""),
        ("", "Họ và tên", "Năm sinh", "Số nhà", "Ngõ, xóm", "Thôn", "Tổng số", "Nữ"),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"),
        *[(row[0], row[1], 1970, *row[2:5], 4, 2) for row in PEOPLE],
        ("", "Cộng", "", "", "", "", 12, 6),
    ]
    return xlsx(file, {"Biểu 1": rows}, merged=[(3, 1, 3, 2, "Chủ hộ"), (3, 3, 3, 5, "Địa chỉ")])


def header_of_two_rows_in_a_format_without_ranges(file: Path) -> Path:
    rows = [
        ("STT", "Họ tên chủ hộ", "Địa chỉ", "", "", "Liên hệ"),
        ("", "", "Số nhà", "Ngõ", "Thôn/Bản", "SĐT"),
        *[(*row[:5], row[5]) for row in PEOPLE],
    ]
    return ods(file.with_suffix(".ods"), {"Biểu 2": rows})


def family_and_given_name_in_two_columns(file: Path) -> Path:
    names = [row[1].rsplit(" ", 1) for row in PEOPLE]
    rows = [("STT", "Họ và tên đệm", "Tên", "Số nhà", "Ngõ", "Thôn"), *_renamed(names)]
    return xlsx(file, {"DS hộ": rows})


def _renamed(names: list[list[str]]) -> Rows:
    return [(row[0], *name, *row[2:5]) for row, name in zip(PEOPLE, names, strict=True)]


def sheets_named_by_hamlet(file: Path) -> Path:
    header, *rows = WITHOUT_HAMLET
    return xlsx(file, {"Thôn Đông": [header, *rows[:2]], "Thôn Tây": [header, rows[2]], "Sheet3": []})


def sections_named_by_hamlet(file: Path) -> Path:
    header, *rows = WITHOUT_HAMLET
    sections = [("I", "Thôn Đông"), *rows[:2], ("", "Cộng thôn Đông", 2), ("II.", "Thôn Tây: 1 hộ"), rows[2]]
    return xlsx(file, {"Danh sách": [*TITLE, header, *sections]})


def tables_with_titles_one_under_the_other(file: Path) -> Path:
    header, *rows = WITHOUT_HAMLET
    tables = [("Thôn: Đông",), header, *rows[:2], (), ("Thôn Tây (1 hộ)",), header, rows[2]]
    return xlsx(file, {"Tổng hợp": tables})


def hamlet_joined_downwards(file: Path) -> Path:
    rows = [[*row[:4], "" if row[0] == 2 else row[4]] for row in PEOPLE]
    return xlsx(file, {"A": [HEADER[:5], *rows]}, merged=[(1, 4, 2, 4, "Thôn Đông")])


def other_names_and_order(file: Path) -> Path:
    rows = [(row[4], row[3], row[2], row[6], row[1]) for row in PEOPLE]
    return xlsx(file, {"Trang 1": [("Tên thôn", "Đường/Ngõ", "Nhà số", "Lưu ý", "Tên chủ hộ"), *rows]})


def everyone_of_the_household(file: Path) -> Path:
    rows: list[tuple[object, ...]] = [("TT", "Họ và tên", "Quan hệ với chủ hộ", "Số nhà", "Ngõ", "Thôn")]
    for row in PEOPLE:
        rows += [(row[0], row[1], "Chủ hộ", *row[2:5]), ("", "Nguyễn Thị Con", "Con", *row[2:5])]
    return xlsx(file, {"NK": rows})


def signed_below(file: Path) -> Path:
    below = [
        (),
        ("", "Tổng số: 3 hộ"),
        ("", "", "", "Yên Bình, ngày 25 tháng 11 năm 2026"),
        ("", "Người lập biểu", "", "TM. UBND XÃ"),
        ("", "(Ký, ghi rõ họ tên)"),
        ("", "Bùi Văn Ký", "", "Hứa Thị Dấu"),
    ]
    return xlsx(file, {"Sheet1": [*TITLE, HEADER, *PEOPLE, *below]})


def address_in_one_cell(file: Path) -> Path:
    rows = [
        (1, "Nguyễn Văn Thử", "Số nhà 12, Ngõ 3, Thôn Đông, xã Yên Bình"),
        (2, "Trần Thị Mẫu", "12A - Thôn Đông - Xã Yên Bình - tỉnh Lạng Sơn"),
        (3, "Lê Văn Ví", "Cạnh nhà văn hóa; Thôn Tây"),
    ]
    return xlsx(file, {"Danh sách": [("STT", "Họ tên chủ hộ", "Địa chỉ thường trú"), *rows]})


def as_above(file: Path) -> Path:
    rows = [[*row[:4], "nt" if row[0] == 2 else row[4]] for row in PEOPLE]
    return xlsx(file, {"Danh sách": [HEADER[:5], *rows]})


def numbered_further_than_filled_in(file: Path) -> Path:
    below = [(4,), (5, "", "", "", ""), ("Ghi chú: số liệu mẫu",), ("", "", "", "", "", "", "TM. UBND")]
    return xlsx(file, {"Danh sách": [HEADER, *PEOPLE, *below]})


def titles_of_each_hamlet(file: Path) -> Path:
    header, *rows = WITHOUT_HAMLET
    first = [("DANH SÁCH CÁC HỘ Thôn Đông NĂM 2026",), header, *rows[:2]]
    return xlsx(file, {"Sheet1": [*first, ("", "Cộng: 2 hộ"), ("Danh sách hộ Thôn Tây",), header, rows[2]]})


def numbers_as_text(file: Path) -> Path:
    rows = [[f"{cell}.0" if isinstance(cell, int) else cell for cell in row] for row in PEOPLE]
    return csv_file(file.with_suffix(".csv"), [HEADER, *rows])


def blanks_and_marks(file: Path) -> Path:
    rows = [[f"\u00a0 {c} \u200b".replace(" ", " \u00a0") if isinstance(c, str) and c else c for c in row]
            for row in PEOPLE]  # fmt: skip
    return xlsx(file, {"Sheet1": [*decomposed([HEADER]), (), *decomposed(rows), (" ", "\u00a0")]})


def capitals(file: Path) -> Path:
    return xlsx(file, {"Sheet1": [HEADER, *[(row[0], row[1].upper(), *row[2:]) for row in PEOPLE]]})


def formulas(file: Path) -> Path:
    rows = [
        (Formula("=ROW()-1", row[0]), Formula(f'=TRIM("{row[1]}")', row[1]), row[2], *row[3:])
        for row in PEOPLE
    ]
    return xlsx(file, {"Sheet1": [HEADER, *rows, ("", "TỔNG CỘNG", Formula("=COUNTA(B2:B4)", 3))]})


LAYOUTS = (
    titles_above,
    no_title,
    open_document,
    comma,
    semicolon_with_mark,
    tab_utf_16,
    tab_utf_16_without_mark,
    windows_1258,
    separator_said,
    header_of_two_rows,
    header_of_two_rows_in_a_format_without_ranges,
    family_and_given_name_in_two_columns,
    sheets_named_by_hamlet,
    sections_named_by_hamlet,
    tables_with_titles_one_under_the_other,
    hamlet_joined_downwards,
    other_names_and_order,
    everyone_of_the_household,
    signed_below,
    address_in_one_cell,
    as_above,
    numbered_further_than_filled_in,
    titles_of_each_hamlet,
    numbers_as_text,
    blanks_and_marks,
    capitals,
    formulas,
)
