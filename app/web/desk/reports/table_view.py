"""A report's table as pages show it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.reports.forms.parts import MOST_COLUMNS, column_headings
from app.reports.table import CellValue, ReportColumn, ReportRow
from app.web.rendering import number

PAPER = 240  # millimetres of a page turned sideways beside the names
HEADING_LETTERS = 28  # of a printed heading's line: reports.css


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the address of the records that it counts, or empty, and its column's heading."""

    text: str
    href: str
    heading: str
    is_text: bool


@dataclass(frozen=True)
class ColumnParts:
    """The columns as parts that open: the heading of each part, with how many columns it has; and of each
    column the number of its part from 1, 0 of the first column, which is always open."""

    headings: list[tuple[str, int]]
    of_columns: list[int]


def column_parts(columns: Sequence[ReportColumn], pillars: Mapping[str, str]) -> ColumnParts | None:
    """The parts of a table, by pillar; None if it fits without them. `pillars`: that of each service, by the
    code of its column."""
    headings = column_headings(columns, pillars)
    counts = Counter(headings)
    if len(headings) <= MOST_COLUMNS or len(counts) < 2:
        return None
    numbers = {heading: number for number, heading in enumerate(counts, start=1)}
    return ColumnParts(list(counts.items()), [0, *(numbers[heading] for heading in headings)])


def cell_text(value: CellValue) -> str:
    """The text of a cell's value."""
    if value is None:
        return "–"
    return number(value) if isinstance(value, int) else value


def plain_rows(columns: Iterable[ReportColumn], rows: Iterable[ReportRow]) -> list[list[Cell]]:
    """The cells of these rows, which lead nowhere."""
    heads = [(column.heading, column.kind == "text") for column in columns]
    return [
        [Cell(cell_text(value), "", *head) for value, head in zip(row.cells, heads, strict=True)]
        for row in rows
    ]


def print_classes(rows: list[list[Cell]]) -> str:
    """How the table is printed: *wide* if its numbers, in letters of 8 points, are wider than paper; *folded*
    if its headings have room on several short lines, so that each page can begin with them."""
    columns = zip(*([cell for cell in row if not cell.is_text] for row in rows), strict=True)
    cells = [(max(len(cell.text) for cell in column), len(column[0].heading)) for column in columns]
    is_wide = sum(1.6 * digits + 1.4 for digits, _letters in cells) > PAPER
    size = 0.8 if is_wide else 1
    lines = ((digits, -(-letters // HEADING_LETTERS)) for digits, letters in cells)
    needed = sum(max(1.6 * size * digits, 3.25 * size * count) + 1 for digits, count in lines)
    return " ".join(["wide"] * is_wide + ["folded"] * (needed <= PAPER))
