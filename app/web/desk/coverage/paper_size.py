"""How a hamlet map fits on pages of A4: the largest cells with which it takes one, or the fewest pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

WIDE_TEXT = 5
"""A cell has room for so many characters; a longer text takes two cells."""
# Millimetres, as static/css/desk/hamlet-map.css has them.
_CELLS = {"large": (14.5, 11.0), "medium": (11.5, 9.0), "small": (9.0, 7.5)}
_GAP = 1.0
_COLUMN_GAP = 5.0
_HEADING = 7.0
_COLUMNS = (2, 3, 4)
_PAPER = (190.0, 272.0)  # A4 within its margins, with some millimetres to spare
_TOP = 45.0  # a title of two lines, the legend and what is said above the cells


@dataclass(frozen=True)
class PaperSize:
    """`cells`: their size by name; `columns` of alleys stand side by side; `pages` of it."""

    cells: str
    columns: int
    pages: int = 0

    @property
    def row(self) -> float:
        """The height of a row of cells with the gap below it."""
        return _CELLS[self.cells][1] + _GAP

    def rows(self, alley: Iterable[int]) -> int:
        """How many rows an alley has, of cells of these widths (1 or 2)."""
        column = (_PAPER[0] - _COLUMN_GAP * (self.columns - 1)) / self.columns
        in_row = int(column / (_CELLS[self.cells][0] + _GAP))
        rows, room = 1, in_row
        for width in alley:
            if room < width:
                rows, room = rows + 1, in_row
            room -= width
        return rows

    def is_long(self, rows: int) -> bool:
        """Whether an alley of so many rows has to be parted. Others stay in one column."""
        return _HEADING + rows * self.row > _PAPER[1] - _TOP


def paper_size(alleys: Iterable[Iterable[int]]) -> PaperSize:
    """The size for these alleys, each the widths of its cells."""
    widths = [list(alley) for alley in alleys]
    sizes = [PaperSize(cells, columns) for cells, columns in product(_CELLS, _COLUMNS)]
    return min((replace(one, pages=_pages(widths, one)) for one in sizes), key=lambda one: one.pages)


def _pages(alleys: list[list[int]], size: PaperSize) -> int:
    """How many pages are filled from column to column."""
    column, room = 0, _PAPER[1] - _TOP
    for rows in map(size.rows, alleys):
        left, is_long = rows, size.is_long(rows)
        while room < _HEADING + left * size.row:
            left -= max(0, int((room - _HEADING) / size.row)) if is_long else 0
            column += 1
            room = _PAPER[1] - (_TOP if column < size.columns else 0)
        room -= _HEADING + left * size.row
    return column // size.columns + 1
