"""The tables of a report's page and files, read back as text and numbers."""

import csv
import io
import re
from html import unescape
from typing import Any

from docx import Document
from python_calamine import CalamineWorkbook

Cells = list[list[str | int | None]]


def read_texts(page: str) -> list[list[str]]:
    """The texts of the table on the report's page, row by row."""
    table = page.partition('class="report-box"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    cell = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [[unescape(re.sub("<[^>]*>", "", text)) for text in cell.findall(row)] for row in rows]


def read_screen(page: str) -> Cells:
    """The headings and rows of that table."""
    texts = read_texts(page)
    return [[line[0], *map(_printed_number, line[1:])] if at else [*line] for at, line in enumerate(texts)]


def read_csv(content: bytes) -> Cells:
    """The headings and rows, without the last column, which says what the file is."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [[line[0], *map(_number, line[1:-1])] if at else [*line[:-1]] for at, line in enumerate(lines)]


def read_xlsx(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """The cells of a sheet; whole numbers as int, empty cells as None."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()
    return [[_whole(cell) for cell in row] for row in rows]


def read_docx(content: bytes, name: str) -> Cells:
    """The annex: the tables whose first heading is `name`, put side by side again."""
    parts = [table for table in Document(io.BytesIO(content)).tables if table.rows[0].cells[0].text == name]
    joined: Cells = []
    for at, table in enumerate(parts):
        for line, row in enumerate(table.rows):
            texts = [cell.text for cell in row.cells]
            cells = [*texts] if line == 0 else [texts[0], *map(_printed_number, texts[1:])]
            if at == 0:
                joined.append(list(cells))
            else:
                assert joined[line][0] == cells[0], "the parts have the same rows"
                joined[line] += cells[1:]
    return joined


def _number(text: str) -> str | int | None:
    return int(text) if text.lstrip("-").isdecimal() else text or None


def _printed_number(text: str) -> str | int | None:
    return None if text == "–" else _number(text.replace(".", ""))


def _whole(cell: Any) -> Any:
    if isinstance(cell, float):
        assert cell.is_integer()
        return int(cell)
    return None if cell == "" else cell
