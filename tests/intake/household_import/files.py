"""Files as clerks make them, built cell by cell; everyone in them is invented."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter

SAMPLE = Path(__file__).parent / "danh-sach-ho-mau.xlsx"  # 182 rows with a head, two of them repeats
OLD_BINARY = Path(__file__).parent / "hai-thon.xls"

Rows = Sequence[Sequence[Any]]


def xlsx(
    file: Path,
    sheets: Mapping[str, Rows],
    *,
    merged: Sequence[tuple[int, int, int, int, str]] = (),
    hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> Path:
    """A workbook; ranges and numbers (from 0) are of the first sheet."""
    workbook = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                _write(workbook, sheet, number, column, value)
        if name in hidden:
            sheet.hide()
    first = workbook.worksheets()[0]
    for top, left, bottom, right, text in merged:
        first.merge_range(top, left, bottom, right, text)
    for hidden_row in hidden_rows:
        first.set_row(hidden_row, None, None, {"hidden": True})
    for column in hidden_columns:
        first.set_column(column, column, None, None, {"hidden": True})
    workbook.close()
    return file


class Formula:
    """A formula with the value that the program had computed; "" for one that never was."""

    def __init__(self, formula: str, value: Any) -> None:
        self.formula, self.value = formula, value


class Styled:
    """A text in a font: struck out, or of another name."""

    def __init__(self, text: str, **font: Any) -> None:
        self.text, self.font = text, font


class HalfStruck:
    """Two texts in one cell, the first of them struck out."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new


def _write(workbook: xlsxwriter.Workbook, sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value.formula, None, value.value)
    elif isinstance(value, Styled):
        sheet.write_string(row, column, value.text, workbook.add_format(value.font))
    elif isinstance(value, HalfStruck):
        sheet.write_rich_string(
            row, column, workbook.add_format({"font_strikeout": True}), value.old, value.new
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, workbook.add_format({"num_format": "d/m"}))
    elif value is not None:
        sheet.write(row, column, value)


def csv_file(file: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def ods(
    file: Path,
    sheets: Mapping[str, Rows],
    *,
    styles: str = "",
    row_attributes: Mapping[int, str] | None = None,
    cell_attributes: Mapping[tuple[int, int], str] | None = None,
) -> Path:
    """An OpenDocument spreadsheet, as small as the format allows; attributes by row, or row and column."""
    of_rows, of_cells = row_attributes or {}, cell_attributes or {}
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{_ods_rows(rows, of_rows, of_cells)}</table:table>'
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "manifest")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"{styles}<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f"<manifest:manifest {spaces}>"
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return file


def _ods_rows(rows: Rows, of_rows: Mapping[int, str], of_cells: Mapping[tuple[int, int], str]) -> str:
    return "".join(
        f"<table:table-row {of_rows.get(number, '')}>"
        + "".join(_ods_cell(value, of_cells.get((number, column), "")) for column, value in enumerate(row))
        + "</table:table-row>"
        for number, row in enumerate(rows)
    )


def _ods_cell(value: Any, attributes: str) -> str:
    if value in (None, ""):
        return f"<table:table-cell {attributes}/>"
    if isinstance(value, int | float):
        return f'<table:table-cell {attributes} office:value-type="float" office:value="{value}"/>'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell {attributes} office:value-type="string">{text}</table:table-cell>'
