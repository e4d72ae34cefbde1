"""Shared by the readers of all file formats: cells as text, limits, and the refusal of a file."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

MAX_CELL_LENGTH = 1000  # characters; no field of a household is longer, and validation rejects a longer one


class ReadRefused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """The file cannot be read: a code for which `reader.py` has a sentence, and the row if it is known."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row


def cell_text(value: object) -> str:
    """A cell as the program shows it: the number 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value)[:MAX_CELL_LENGTH]


def trim_row(cells: Iterable[str]) -> list[str]:
    """The row without the blank cells at its end."""
    row = list(cells)
    while row and not row[-1].strip():
        row.pop()
    return row


def consume(remaining: dict[str, int], *, rows: int = 0, cells: int = 0, columns: int = 0) -> None:
    """Subtract from the remaining limits. Raises `ReadRefused` if they are exceeded."""
    if columns > remaining["columns"]:
        raise ReadRefused("columns")
    remaining["rows"] -= rows
    remaining["cells"] -= cells
    if remaining["rows"] < 0:
        raise ReadRefused("rows")
    if remaining["cells"] < 0:
        raise ReadRefused("cells")
