"""Reading lists in text files with separators (.csv, .tsv, .txt)."""

import csv
import io
import unicodedata

from app.intake.household_import.reading.cell_text import ReadRefused, cell_text, consume, trim_row
from app.intake.household_import.reading.messages import SheetData


def read_sheet(data: bytes, limits: dict[str, int]) -> SheetData:
    """The file's only sheet. Raises `ReadRefused`."""
    csv.field_size_limit(100_000)
    text, remaining = _decode(data), dict(limits)
    rows: list[list[str]] = []
    first_line, separator, rest = text.partition("\n")
    try:
        if first_line.lower().startswith("sep=") and separator:
            delimiter, text = first_line[4:5], rest
        else:
            delimiter = _delimiter(text)
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            consume(remaining, rows=1, cells=len(cells), columns=len(cells))
            rows.append(trim_row(cell_text(cell) for cell in cells))
    except (csv.Error, TypeError) as error:
        raise ReadRefused("quotes", len(rows) + 1) from error
    return {"name": "", "hidden": False, "delimited": True, "rows": rows}


def _decode(data: bytes) -> str:
    """Decode UTF-8 or UTF-16, with or without a byte order mark; else the Vietnamese code page of Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data[:2]:
        encodings = ["utf-16-be" if data[:1] == b"\x00" else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            text = unicodedata.normalize("NFC", data.decode(encoding))
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ReadRefused("encoding")


def _delimiter(text: str) -> str:
    """The separator that splits the first lines into the most cells."""
    lines = text.splitlines()[:50]
    return max(",;\t", key=lambda mark: sum(map(len, csv.reader(lines, delimiter=mark))))
