"""What each reader of a file does alike: cells as text, limits used up, and the refusal of a whole file."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

LONGEST_CELL = 1000  # characters; nothing that a household has is longer, and a refusal needs no more


class Refused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """Why the file as a whole is not read: a code that `reading.py` has a sentence for; a row if known."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row


def text_of(value: Any) -> str:
    """A cell as a person reads it: the number 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value)[:LONGEST_CELL]


def trimmed(cells: Iterable[str]) -> list[str]:
    """A row without its blank end."""
    row = list(cells)
    while row and not row[-1].strip():
        row.pop()
    return row


def use(left: dict[str, int], *, rows: int = 0, cells: int = 0, columns: int = 0) -> None:
    """Take from what is left of the limits. Raises `Refused` when that is too little."""
    if columns > left["columns"]:
        raise Refused("columns")
    left["rows"] -= rows
    left["cells"] -= cells
    if left["rows"] < 0:
        raise Refused("rows")
    if left["cells"] < 0:
        raise Refused("cells")
