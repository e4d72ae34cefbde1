"""How wide texts are in Times New Roman, and how the columns of a table share the width of a page."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.reports.forms.document import format_number
from app.reports.table import CellValue, ReportColumn, ReportRow

MILLIMETRES_OF_A_POINT = 25.4 / 72
_BOLD = 1.1  # no letter of the bold face is wider than this, beside the usual one, in a word of several
# Thousandths of the letters' size: the metrics of Times. Other characters count as 500.
_WIDTHS = {
    250: " ,.",
    278: "ijlt/\\:;",
    333: "Ifr-()[]`",
    389: "Js",
    444: "acez?",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVwXY",
    778: "m&",
    889: "M%",
    944: "W",
    1000: "–…",
}
_STROKES = {chr(0x110): "D", chr(0x111): "d"}  # letters that `NFD` leaves as they are
_EM = {letter: width for width, letters in _WIDTHS.items() for letter in letters}


@dataclass(frozen=True)
class ColumnNeed:
    """What a column needs, in mm: `least` so that no word or number is broken, `most` it can use."""

    least: float
    most: float


_LEAST_NAME, _LEAST, _MOST = 44, 14, 45  # mm


def column_needs(
    columns: Sequence[ReportColumn], rows: Sequence[ReportRow], size: float, padding: float
) -> list[ColumnNeed]:
    """What the columns need; `size`: of the letters, in points; `padding`: beside a text, in mm."""
    texts = [[_printed(row.cells[place]) for row in rows] for place in range(len(columns))]
    first, *others = zip((column.heading for column in columns), texts, strict=True)
    return [
        _name_need([first[0], *first[1]], size, padding),
        *(_figure_need(heading, cells, size, padding) for heading, cells in others),
    ]


def _name_need(texts: Sequence[str], size: float, padding: float) -> ColumnNeed:
    """Of a first column: with room each of its names is on one line."""
    most = widest_line(texts, size, bold=True) + padding
    return ColumnNeed(min(most, max(_LEAST_NAME, widest_word(texts, size, bold=True) + padding)), most)


def _figure_need(heading: str, cells: Iterable[str], size: float, padding: float) -> ColumnNeed:
    """Of another column: its cells are on one line; with room its heading is on two."""
    whole = max(widest_word([heading], size, bold=True), widest_line(cells, size, bold=True))
    least = min(_MOST, max(_LEAST, whole + padding))
    return ColumnNeed(least, max(least, min(_MOST, widest_line([heading], size, bold=True) / 2 + padding)))


def _printed(cell: CellValue) -> str:
    return format_number(cell) if isinstance(cell, int) else cell or "–"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text on one line, in mm; `size`: of its letters, in points."""
    letters = (one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    em = sum(_EM.get(_STROKES.get(one, one), 500) for one in letters) / 1000
    return em * size * MILLIMETRES_OF_A_POINT * (_BOLD if bold else 1)


def widest_word(texts: Iterable[str], size: float, *, bold: bool = False) -> float:
    """The width of the widest word of these texts, in mm; 0 for none."""
    words = (word for text in texts for word in text.split())
    return max((text_width(word, size, bold=bold) for word in words), default=0)


def widest_line(texts: Iterable[str], size: float, *, bold: bool = False) -> float:
    """The width of the widest of these texts, each on one line, in mm; 0 for none."""
    return max((text_width(text, size, bold=bold) for text in texts), default=0)


def share_width(first: ColumnNeed, others: Sequence[ColumnNeed], available: float) -> tuple[float, ...]:
    """The widths of the first column, which has names, and of the others; together at most `available`. What
    is left over what all need is half for the names, half for the others' headings, as far as they use it."""
    least = [first.least, *(one.least for one in others)]
    room = available - sum(least)
    if room < 0:
        return tuple(width * available / sum(least) for width in least)
    name = min(first.most - first.least, room / 2 if others else room)
    spread = _spread(others, room - name)
    name = min(first.most - first.least, room - sum(spread))
    return (
        first.least + name,
        *(one.least + more for one, more in zip(others, spread, strict=True)),
    )


def _spread(columns: Sequence[ColumnNeed], room: float) -> list[float]:
    """How much of `room` each column gets beside its least: as much as the others, but no more than it
    can use."""
    shares = [0.0] * len(columns)
    for place in sorted(range(len(columns)), key=lambda at: columns[at].most - columns[at].least):
        left = len(columns) - sum(share > 0 for share in shares)
        shares[place] = min(columns[place].most - columns[place].least, (room - sum(shares)) / max(1, left))
    return shares
