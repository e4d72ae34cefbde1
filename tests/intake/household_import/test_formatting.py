"""Formatting that changes what a list means: hidden and struck out rows, formulas without a value."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import FileRefused, Limits, read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import (
    OLD_BINARY,
    Formula,
    HalfStruck,
    Rows,
    Styled,
    csv_file,
    ods,
    xlsx,
)

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Ghi chú")
LIST: Rows = (
    HEADER,
    (1, "Nguyễn Văn Thử", "12", "Ngõ 3", "Thôn Đông", ""),
    (2, "Trần Thị Mẫu", "14", "Ngõ 3", "Thôn Đông", ""),
    (3, "Lê Văn Ví", "16", "Ngõ 3", "Thôn Đông", ""),
)
STRUCK = {"font_strikeout": True}


def parse_file(file: Path) -> ParsedList:
    return parse(read(file))


def names(found: ParsedList) -> list[str]:
    return [household.head_name for household in found.households]


def rejected_rows(found: ParsedList) -> list[int]:
    return [rejected.row for rejected in found.rejected_rows]


def changed(row: int, column: int, value: object) -> list[list[Any]]:
    rows = [list(cells) for cells in LIST]
    rows[row][column] = value
    return rows


def test_hidden_row_is_refused(tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": LIST}, hidden_rows=[2]))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])
    assert "đang bị ẩn" in found.rejected_rows[0].sentence


def test_filtered_row_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(file)
    sheet = workbook.add_worksheet("A")
    for number, row in enumerate(LIST):
        sheet.write_row(number, 0, row)
    sheet.autofilter(0, 0, 3, 5)
    sheet.filter_column(1, 'x == "Lê Văn Ví"')
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_row(2, None, None, {"hidden": True})
    workbook.close()
    found = parse_file(file)
    assert (names(found), rejected_rows(found)) == (["Lê Văn Ví"], [2, 3])


def test_hidden_section_title_leaves_those_below_without_a_hamlet(tmp_path: Path) -> None:
    header, *rows = [row[:4] for row in LIST]
    sheet = [("Thôn Đông",), header, rows[0], ("Thôn Tây",), rows[1]]
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": sheet}, hidden_rows=[3]))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử"], [4, 5])


def test_struck_section_title_leaves_those_below_without_a_hamlet(tmp_path: Path) -> None:
    header, *rows = [row[:4] for row in LIST]
    sheet = [("Thôn Đông",), header, rows[0], (Styled("Thôn Tây", **STRUCK),), rows[1]]
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": sheet}))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử"], [4, 5])


@pytest.mark.parametrize("column", [1, 2, 4])
def test_hidden_column_that_would_be_stored_is_refused(column: int, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": LIST}, hidden_columns=[column]))
    assert (names(found), rejected_rows(found)) == ([], [0])
    assert HEADER[column] in found.rejected_rows[0].sentence


def test_hidden_column_that_is_dropped_does_not_matter(tmp_path: Path) -> None:
    assert rejected_rows(parse_file(xlsx(tmp_path / "a.xlsx", {"A": LIST}, hidden_columns=[5]))) == []


@cases(
    "column, value",
    [
        (1, Styled("Trần Thị Mẫu", **STRUCK)),
        (2, Styled("14", **STRUCK)),
        (4, Styled("Thôn Đông", **STRUCK)),
        (1, HalfStruck("Trần Văn Cũ", " Trần Thị Mẫu")),
    ],
)
def test_struck_out_row_is_refused(column: int, value: object, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, column, value)}))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])
    assert "gạch ngang" in found.rejected_rows[0].sentence


def test_struck_out_text_is_seen_though_it_is_the_workbooks_first(tmp_path: Path) -> None:
    rows: Rows = ((HalfStruck("Thôn Tây", " Thôn Đông"),), *LIST)
    (sheet,) = read(xlsx(tmp_path / "a.xlsx", {"A": rows}))
    assert sheet.struck_out == {0: 1}  # row 0, bit 0: its first cell


def test_struck_remark_does_not_matter(tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, 5, Styled("đi xa", **STRUCK))}))
    assert rejected_rows(found) == []


@cases("column", [1, 2, 3, 4])
def test_formula_that_was_never_computed_is_refused(column: int, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, column, Formula("=B9", ""))}))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])
    assert "công thức" in found.rejected_rows[0].sentence


def test_section_title_that_was_never_computed_leaves_those_below_without_a_hamlet(tmp_path: Path) -> None:
    header, *rows = [row[:4] for row in LIST]
    sheet = [("Thôn Đông",), header, rows[0], (Formula('="Thôn Tây"', ""),), rows[1]]
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": sheet}))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử"], [4, 5])


def test_number_and_total_that_were_never_computed_do_not_matter(tmp_path: Path) -> None:
    rows = [[Formula("=ROW()-1", ""), *row[1:]] for row in LIST[1:]]
    found = parse_file(
        xlsx(tmp_path / "a.xlsx", {"A": [HEADER, *rows, ("", "Tổng cộng", Formula("=COUNTA(B:B)", ""))]})
    )
    assert (len(found.households), rejected_rows(found)) == (3, [])


@cases("value", ["#N/A", "#REF!", "#DIV/0!", "#NAME?"])
@cases("column", [1, 2, 3, 4])
def test_error_of_a_formula_is_refused(column: int, value: str, tmp_path: Path) -> None:
    for cell in (value, Formula("=B9", value)):
        found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, column, cell)}))
        assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])


@cases(
    "value",
    [
        date(2026, 3, 12),
        time(12, 30),
        "12-Mar",
        "Mar-12",
        "12-thg 3",
        "12/3/2026",
        "2026-03-12",
        "2026-03-12 00:00:00",
        46093,
        "46093",
        "1.20E+04",
        "12?",
    ],
)
def test_house_number_converted_by_a_program_is_rejected(value: object, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, 2, value)}))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])


@cases("value", ["12/3", "12-3", "12/3A", "12A", "Lô 12-3", "1250"])
def test_house_number_is_stored_as_written(value: str, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, 2, value)}))
    assert [household.house_no for household in found.households] == ["12", value, "16"]


@cases("value", ["Không", "không có", "chưa có số", "ko", "-", "x", 0])
def test_word_for_no_house_number_is_stored_as_none(value: object, tmp_path: Path) -> None:
    found = parse_file(xlsx(tmp_path / "a.xlsx", {"A": changed(2, 2, value)}))
    assert ([household.house_no for household in found.households], rejected_rows(found)) == (
        ["12", "", "16"],
        [],
    )


def test_stray_cell_far_below_is_named_and_the_list_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(file)
    sheet = workbook.add_worksheet("A")
    for number, row in enumerate(LIST):
        sheet.write_row(number, 0, row)
    sheet.write(199_999, 2, "x")
    workbook.close()
    found = parse_file(file)
    assert (len(found.households), rejected_rows(found)) == (3, [200_000])


def test_only_rows_with_content_count_towards_the_limit(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "a.xlsx", {"A": [*LIST, *[()] * 500, ("", "", "x")]})
    assert len(read(file, Limits(rows=5))[0].rows) == 505
    with pytest.raises(FileRefused, match="quá nhiều dòng"):
        read(file, Limits(rows=4))


ODS_STYLES = (
    '<office:automatic-styles><style:style style:name="struck" style:family="table-cell">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles>'
)


@pytest.mark.parametrize("hidden", ["collapse", "filter"])
def test_hidden_row_of_an_open_document_is_refused(hidden: str, tmp_path: Path) -> None:
    found = parse_file(
        ods(tmp_path / "a.ods", {"A": LIST}, row_attributes={2: f'table:visibility="{hidden}"'})
    )
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])


def test_struck_row_of_an_open_document_is_refused(tmp_path: Path) -> None:
    attributes = {(2, 1): 'table:style-name="struck"'}
    found = parse_file(ods(tmp_path / "a.ods", {"A": LIST}, styles=ODS_STYLES, cell_attributes=attributes))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])


def test_formula_of_an_open_document_that_was_never_computed_is_refused(tmp_path: Path) -> None:
    attributes = {(2, 2): 'table:formula="of:=[.B9]"'}
    found = parse_file(ods(tmp_path / "a.ods", {"A": changed(2, 2, "")}, cell_attributes=attributes))
    assert (names(found), rejected_rows(found)) == (["Nguyễn Văn Thử", "Lê Văn Ví"], [3])


def test_formatting_of_an_xls_file_is_unknown(tmp_path: Path) -> None:
    assert parse_file(OLD_BINARY).formatting_unknown
    assert not parse_file(xlsx(tmp_path / "a.xlsx", {"A": LIST})).formatting_unknown
    assert not parse_file(csv_file(tmp_path / "a.csv", LIST)).formatting_unknown
