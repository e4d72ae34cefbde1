"""Texts in the wrong encoding: old fonts, wrong code pages, look-alike letters."""

from pathlib import Path

import pytest

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import Styled, csv_file, xlsx

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
FIRST = (1, "Nguyễn Văn Thử", "1", "Ngõ 1", "Thôn Đông")


def names(found: ParsedList) -> list[str]:
    return [household.head_name for household in found.households]


def with_name(folder: Path, *written: object) -> ParsedList:
    rows = [(n, name, n, "Ngõ 1", "Thôn Đông") for n, name in enumerate(written, start=2)]
    return parse(read(xlsx(folder / "a.xlsx", {"A": [HEADER, FIRST, *rows]})))


@cases(
    "written",
    [
        "Tri?u Văn Mẫu",
        "Nguy?n Th? Lan",
        "NGUY?N V?N M?U",
        "Nguyá»…n Văn Mẫu",
        "LÃª VÄƒn MÃ¢u",
        "HÃ Lan",
        "Nguy□n Văn Mẫu",
        "NguyÔn V¨n MÉu",
        "TrÇn ThÞ MÉu",
        "NguyeÃn Vaên Maãu",
        "Nguyeãn Vaên Maãu",
        "Traàn Thò Maãu",
        "ÑAËNG VAÊN THÖÛ",
        "Ñaëng Thò Maãu",
        "Leâ Thò Hueä",
        "Nguye^~n Va(n Ma^~u",
        "Nguyễn V\u0309n Mẫu",
        "Нгуен Văn Mẫu",
        "Nguyễn Vаn Mẫu",  # a Cyrillic а
        "Ｎｇｕｙễｎ Văn Mẫu",
        "Nguyễn Văn Mẫu 😀",
        "Nguyễn_Văn_Mẫu",
    ],
)
def test_letters_of_another_encoding_are_rejected(written: str, tmp_path: Path) -> None:
    found = with_name(tmp_path, written)
    assert (names(found), [rejected.row for rejected in found.rejected_rows]) == (["Nguyễn Văn Thử"], [3])


def test_one_name_in_an_old_font_rejects_all_names_that_could_be_in_it(tmp_path: Path) -> None:
    """*Vò Léc* is Vũ Lộc in TCVN3, which only the names beside it show."""
    found = with_name(tmp_path, "NguyÔn V¨n MÉu", "Vò Léc", "Lò Tó", "Lan Anh", "Trần Thị Ví")
    assert names(found) == ["Nguyễn Văn Thử", "Lan Anh", "Trần Thị Ví"]
    assert [(rejected.row, "phông" in rejected.sentence) for rejected in found.rejected_rows] == [
        (3, True),
        (4, True),
        (5, True),
    ]


def test_hamlet_or_alley_in_an_old_font_rejects_others_of_its_own_column_only(tmp_path: Path) -> None:
    rows = [(2, "NguyÔn V¨n MÉu", 2, "Ngõ 2", "Thôn Đông"), (3, "Trần Thị Ví", 3, "Ngõ 3", "Thôn Đông")]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, FIRST, *rows]})))
    assert [household.alley for household in found.households] == ["Ngõ 1", "Ngõ 3"]


@cases("font", [".VnTime", ".VnTimeH", "VNI-Times", ".vnArial"])
def test_old_font_that_the_workbook_names(font: str, tmp_path: Path) -> None:
    found = with_name(tmp_path, Styled("Vò Léc", font_name=font), Styled("Trần Thị Ví", font_name=font))
    assert names(found) == ["Nguyễn Văn Thử", "Trần Thị Ví"]
    assert [(rejected.row, "phông" in rejected.sentence) for rejected in found.rejected_rows] == [(3, True)]


def test_hamlet_in_an_old_font_in_a_section(tmp_path: Path) -> None:
    header = HEADER[:4]
    rows = [("Thôn Đông",), FIRST[:4], ("Th«n T©y",), (2, "Lê Văn Ví", 3, "Ngõ 1")]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [header, *rows]})))
    assert [(household.head_name, household.hamlet) for household in found.households] == [
        ("Nguyễn Văn Thử", "Thôn Đông")
    ]


def test_list_saved_in_tcvn3_bytes(tmp_path: Path) -> None:
    text = "STT;Chñ hé;Th«n\r\n1;NguyÔn V¨n MÉu;Th«n §«ng\r\n"
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode("latin-1"))
    found = parse(read(file))
    assert (found.households, len(found.rejected_rows)) == ([], 1)


def test_list_saved_with_question_marks(tmp_path: Path) -> None:
    rows = [("STT", "Ch? h?", "Th?n"), (1, "Tri?u V?n M?u", "Th?n ??ng")]
    found = parse(read(csv_file(tmp_path / "a.csv", rows)))
    assert (found.households, len(found.rejected_rows)) == ([], 1)


@pytest.mark.parametrize("place", ["Thôn Ðông", "THÔN ÐÔNG"])
def test_eth_is_written_as_the_letter_that_it_stands_for(place: str, tmp_path: Path) -> None:
    rows = [HEADER, (1, "Ðinh Văn Mẫu", "1", "Ngõ Ðá", place)]
    (household,) = parse(read(xlsx(tmp_path / "a.xlsx", {"A": rows}))).households
    assert (household.head_name, household.alley, household.hamlet[5]) == ("Đinh Văn Mẫu", "Ngõ Đá", "Đ")


def test_question_mark_in_a_house_number_an_alley_or_a_hamlet_is_refused(tmp_path: Path) -> None:
    rows = [
        (2, "A B", "2?", "Ngõ 1", "Thôn Đông"),
        (3, "A C", 3, "Ng? 3", "Thôn Đông"),
        (4, "A D", 4, "", "Th?n"),
    ]
    found = parse(read(xlsx(tmp_path / "a.xlsx", {"A": [HEADER, FIRST, *rows]})))
    assert [rejected.row for rejected in found.rejected_rows] == [3, 4, 5]
