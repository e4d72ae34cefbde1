"""What a workbook shows and its values do not say: hidden rows, struck text, formulas without a value.

The readers of each format (`xlsx_format.py`, `ods_format.py`, `xls_format.py`) fill these in, inside the
confined process. Cells are bits: bit 3 of `struck[7]` is the fourth cell of the eighth row.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

# The fonts of TCVN3 and VNI draw Vietnamese where Unicode has other letters.
OLD_FONT_NAME = re.compile(r"\.vn|vni", re.IGNORECASE)
MOST_COLUMNS = 1024  # of which a cell is noted; a sheet of more columns than `Limits` allows is refused


class Malformed(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """A part of the file is not what its format says."""


@dataclass
class Formatting:
    """Of one sheet. Rows and columns count from 0; ranges hold their last."""

    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck: dict[int, int] = field(default_factory=dict)
    uncomputed: dict[int, int] = field(default_factory=dict)
    old_font: dict[int, int] = field(default_factory=dict)

    def for_rows(self, rows: int, columns: int) -> dict[str, Any]:
        """As JSON, within the bounds of the sheet, so that it is not much larger than the sheet's own."""
        cells = {"struck": self.struck, "uncomputed": self.uncomputed, "old_font": self.old_font}
        return {
            "hidden_rows": _numbers(self.hidden_rows, rows),
            "hidden_columns": _numbers(self.hidden_columns, columns),
            **{
                name: [(row, bits) for row, bits in noted.items() if row < rows]
                for name, noted in cells.items()
            },
        }


def _numbers(ranges: list[tuple[int, int]], most: int) -> list[int]:
    return sorted({n for first, last in ranges for n in range(first, min(last + 1, most))})


def note(cells: dict[int, int], row: int, column: int) -> None:
    """Remember a cell."""
    if 0 <= column < MOST_COLUMNS:
        cells[row] = cells.get(row, 0) | 1 << column


def is_on(value: str | None) -> bool:
    """A yes or no of XML; an element without it says yes."""
    return value not in ("0", "false", "none")


def parse(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through XML without keeping it; tags and attributes come without prefixes.

    Raises `Malformed`, also for a document type: no workbook has one, and entities multiply.
    """

    def refuse(*_declared: object) -> None:
        raise Malformed

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(
        tag.rpartition(":")[2], {name.rpartition(":")[2]: value for name, value in attributes.items()}
    )
    if end:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    try:
        parser.ParseFile(stream)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed from error
