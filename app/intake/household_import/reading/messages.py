"""The JSON that the reader process writes to its standard output."""

from typing import NotRequired, TypedDict

Cell = tuple[int, int]  # row, column
MergedRange = tuple[int, int, int, int]  # top, left, bottom, right
RowBits = list[tuple[int, int]]  # row, and a bit for each of its cells


class FormattingData(TypedDict, total=False):
    """The formatting of a sheet; `formatted` is False if it cannot be read from this format."""

    formatted: bool
    hidden_rows: list[int]
    hidden_columns: list[int]
    struck_out: RowBits
    uncomputed: RowBits
    old_font: RowBits


class SheetData(FormattingData):
    """A sheet; `delimited` is True for a text file with separators."""

    name: str
    hidden: bool
    rows: list[list[str]]
    delimited: NotRequired[bool]
    dates: NotRequired[list[Cell]]
    merged: NotRequired[list[MergedRange]]


class Answer(TypedDict, total=False):
    """Either the sheets, or the code of a refusal and the row of a CSV file that it is about."""

    sheets: list[SheetData]
    refused: str
    row: int
