"""Formatting that changes what a list means: hidden rows, struck out text, formulas without a value.

`xlsx_format.py` and `ods_format.py` fill this in, inside the limited process. Cells are bits in a number for
each row: bit 3 of `struck_out[7]` is the fourth cell of the eighth row.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from app.intake.household_import.reading.messages import FormattingData

# Fonts of TCVN3 and VNI: they show Vietnamese letters at the code points of other ones.
OLD_FONT_NAME = re.compile(r"\.vn|vni", re.IGNORECASE)
MAX_COLUMNS = 1024  # cells beyond are ignored; `Limits` refuses a sheet with more columns


class MalformedPart(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """A part of the file is not what its format says."""


@dataclass
class Formatting:
    """The formatting of one sheet. Rows and columns count from 0; ranges include their last element."""

    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck_out: dict[int, int] = field(default_factory=dict)
    uncomputed: dict[int, int] = field(default_factory=dict)
    old_font: dict[int, int] = field(default_factory=dict)

    def to_json(self, rows: int, columns: int) -> FormattingData:
        """The formatting within the sheet's size: a format may repeat a style far beyond it."""
        return {
            "hidden_rows": _expand_ranges(self.hidden_rows, rows),
            "hidden_columns": _expand_ranges(self.hidden_columns, columns),
            "struck_out": [(row, bits) for row, bits in self.struck_out.items() if row < rows],
            "uncomputed": [(row, bits) for row, bits in self.uncomputed.items() if row < rows],
            "old_font": [(row, bits) for row, bits in self.old_font.items() if row < rows],
        }


def _expand_ranges(ranges: list[tuple[int, int]], limit: int) -> list[int]:
    return sorted({n for first, last in ranges for n in range(first, min(last + 1, limit))})


def mark_cell(cells: dict[int, int], row: int, column: int) -> None:
    """Set the bit of a cell."""
    if 0 <= column < MAX_COLUMNS:
        cells[row] = cells.get(row, 0) | 1 << column


def is_on(value: str | None) -> bool:
    """The value of a boolean attribute in XML; an absent one is true."""
    return value not in ("0", "false", "none")


def parse_xml(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse XML as a stream of events; tags and attributes are passed without their prefixes.

    Raises `MalformedPart`, also for a document type declaration: no workbook has one, and entities can expand
    without limit.
    """

    def refuse(*_arguments: object) -> None:
        raise MalformedPart

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
        raise MalformedPart from error
