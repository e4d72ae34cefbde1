"""Lists in the layouts that communes use: the same households come out of all of them."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.lists.homes import Understood
from app.lists.reading import read
from app.lists.rows import understand
from tests.lists.files import OLD_BINARY, SAMPLE, Formula, Rows, csv_file, ods, xlsx

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


def labels(found: Understood) -> list[tuple[str, str, str, str]]:
    return [(home.head_name, home.house_no, home.alley, home.hamlet) for home in found.homes]


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
    """The code page has letters and tones apart: *ễ* is *ê* and a tilde."""
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


def family_and_given_name_apart(file: Path) -> Path:
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
    family_and_given_name_apart,
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


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_same_households_from_every_layout(layout: Callable[[Path], Path], tmp_path: Path) -> None:
    found = understand(read(layout(tmp_path / "danh sách.xlsx")))
    assert found.refusals == []
    assert labels(found) == EXPECTED


def test_sample_list(tmp_path: Path) -> None:
    found = understand(read(SAMPLE))
    assert (len(found.homes), found.refusals, found.skipped) == (182, [], {"tổng cộng": 1})
    assert found.dropped == {"Điện thoại": 157, "Số nhân khẩu": 155, "Ghi chú": 73}
    assert found.capitals == 11
    assert labels(found)[10] == ("Trần Thị Hương", "11A", "cuối bản", "Thôn Đông")


def test_old_binary_format() -> None:
    found = understand(read(OLD_BINARY))
    assert labels(found) == [
        ("Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông"),
        ("Trần Thị Mẫu", "12A", "", "Thôn Đông"),
        ("Lê Văn Ví", "3", "", "Thôn Tây"),
    ]
    assert found.dropped == {"SĐT": 2}


def test_rows_keep_the_numbers_that_the_clerk_sees(tmp_path: Path) -> None:
    found = understand(read(titles_above(tmp_path / "a.xlsx")))
    assert [home.row for home in found.homes] == [5, 6, 7]


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    sheets = {"Thôn Đông": [HEADER, *PEOPLE], "Cũ": [HEADER, *PEOPLE]}
    found = understand(read(xlsx(tmp_path / "a.xlsx", sheets, hidden=["Cũ"])))
    assert (len(found.homes), found.hidden) == (3, ["Cũ"])


def test_single_names_in_capitals_are_written_as_names(tmp_path: Path) -> None:
    rows = [PEOPLE[0], (2, "TRẦN THỊ MẪU", 5, "", "Thôn Đông")]
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows]})))
    assert [home.head_name for home in found.homes] == ["Nguyễn Văn Thử", "Trần Thị Mẫu"]
    assert found.capitals == 1


@pytest.mark.parametrize(
    "name",
    [
        "Tòng Văn A",
        "Bàn Văn B",
        "Tô Trường C",
        "Kỳ Thị D",
        "Chu Tích E",
        "Tổng Văn G",
        "Nam",
        "Ngô",
        "Khu Thị H",
    ],
)
def test_names_that_look_like_something_else_are_names(name: str, tmp_path: Path) -> None:
    rows = [PEOPLE[0], (2, name, "", "", "Thôn Đông"), PEOPLE[2]]
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows]})))
    assert [home.head_name for home in found.homes] == ["Nguyễn Văn Thử", name, "Lê Văn Ví"]


@pytest.mark.parametrize("name", ["Bàn Văn B", "Tô Trường C", "Kỳ Thị D", "Khu Thị H", "Chu Tích E"])
def test_name_alone_in_its_row_is_a_name(name: str, tmp_path: Path) -> None:
    rows = [("Chủ hộ",), ("Nguyễn Văn Thử",), (name,), ("Lê Văn Ví",)]
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"Thôn Đông": rows})))
    assert [home.head_name for home in found.homes] == ["Nguyễn Văn Thử", name, "Lê Văn Ví"]
    assert {home.hamlet for home in found.homes} == {"Thôn Đông"}


@pytest.mark.parametrize("name", ["Thôn Đông", "Hồ Sen", "Bằng Mạc", "Tràng Sơn", "Khu 2"])
def test_sheet_with_a_name_of_its_own_is_a_hamlet(name: str, tmp_path: Path) -> None:
    found = understand(read(xlsx(tmp_path / "a.xlsx", {name: [("Chủ hộ",), ("Nguyễn Văn Thử",)]})))
    assert [home.hamlet for home in found.homes] == [name]


@pytest.mark.parametrize("name", ["Sheet1", "Trang tính 2", "Danh sách hộ", "DS", "Hộ dân", "Bảng 1", "2026"])
def test_sheet_with_a_name_that_says_nothing_is_no_hamlet(name: str, tmp_path: Path) -> None:
    found = understand(read(xlsx(tmp_path / "a.xlsx", {name: [("Chủ hộ",), ("Nguyễn Văn Thử",)]})))
    assert ["Thiếu tên thôn" in refusal.sentence for refusal in found.refusals] == [True]


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        (1, "", "Thiếu họ và tên"),
        (1, "12", "Thiếu họ và tên"),
        (1, "nt", "Thiếu họ và tên"),
        (1, "x", "một chữ cái"),
        (1, "=cmd|' /C calc'!A0", "công thức"),
        (1, "<b>Nguyễn</b> Thử", "mã trang web"),
        (1, "Nguyễn &lt;Thử&gt;", "mã trang web"),
        (1, "Nguyễn Văn Thử 0900.000.100", "dãy số dài"),
        (1, "Nguyễn Văn Thử 1/2/1970", "năm sinh"),
        (1, "Nguyễn Văn Thử (1970)", "năm sinh"),
        (1, "Nguyễn \u202eThử", "ký tự điều khiển"),
        (1, "Nguyễn \ufffd Thử", "bị hỏng"),
        (1, "NguyÔn V¨n Thö", "phông cũ"),
        (1, "N" + "g" * 120, "dài quá 120"),
        (2, "1" * 61, "dài quá 60"),
        (2, date(2026, 3, 12), "thành ngày tháng"),
        (3, "Ngõ 3, ĐT 0900000100", "dãy số dài"),
        (3, "x" * 161, "dài quá 160"),
        (4, "", "Thiếu tên thôn"),
        (4, "Thôn <Đông>", "mã trang web"),
        (4, "Thôn " + "g" * 60, "dài quá 60"),
    ],
)
def test_row_that_cannot_be_stored_is_refused_with_a_sentence(
    column: int, value: object, word: str, tmp_path: Path
) -> None:
    bad: list[object] = [2, "Trần Thị Mẫu", "12A", "Ngõ 1", "Thôn Đông"]
    bad[column] = value
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, PEOPLE[0], bad, PEOPLE[2]]})))
    assert [(refusal.sheet, refusal.row) for refusal in found.refusals] == [("A", 3)]
    assert word in found.refusals[0].sentence
    assert [home.head_name for home in found.homes] == ["Nguyễn Văn Thử", "Lê Văn Ví"]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([("Ghi chép",), ("không phải danh sách",)], "Không thấy dòng tiêu đề"),
        ([("TT", "Chủ hộ", "Thôn cũ", "Thôn", "Thôn mới"), (1, "A", "B", "C", "D")], "hai cột cùng ý nghĩa"),
        ([HEADER, PEOPLE[0], ("Chủ hộ", "Thôn"), ("Lê Văn Ví", "Thôn Tây")], "Bảng thứ hai"),
    ],
)
def test_table_that_is_not_understood_is_refused(rows: Rows, word: str, tmp_path: Path) -> None:
    found = understand(read(xlsx(tmp_path / "a.xlsx", {"A": rows})))
    assert [word in refusal.sentence for refusal in found.refusals] == [True]
