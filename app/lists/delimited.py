"""Lists as text with a separator (.csv, .tsv, .txt)."""

import csv
import io
import unicodedata
from typing import Any

from app.lists.texts import Refused, text_of, trimmed, use


def sheet(data: bytes, limits: dict[str, int]) -> dict[str, Any]:
    """The one sheet of the file. Raises `Refused`."""
    csv.field_size_limit(100_000)
    text, left = _decoded(data), dict(limits)
    rows: list[list[str]] = []
    said, separator, rest = text.partition("\n")
    try:
        if said.lower().startswith("sep=") and separator:
            delimiter, text = said[4:5], rest
        else:
            delimiter = _delimiter(text)
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            use(left, rows=1, cells=len(cells), columns=len(cells))
            rows.append(trimmed(text_of(cell) for cell in cells))
    except (csv.Error, TypeError) as error:
        raise Refused("quotes", len(rows) + 1) from error
    return {"name": "", "hidden": False, "delimited": True, "rows": rows}


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16, with or without a mark; else Windows' Vietnamese code page."""
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
    raise Refused("encoding")


def _delimiter(text: str) -> str:
    """The separator that makes the most cells of the first lines."""
    lines = text.splitlines()[:50]
    return max(",;\t", key=lambda mark: sum(map(len, csv.reader(lines, delimiter=mark))))
