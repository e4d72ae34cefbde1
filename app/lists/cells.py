"""A file turned into sheets of text cells, in a process of its own that `reading.py` bounds.

It is run as a script, apart from the app: the file comes on standard input, JSON leaves on standard
output, either `{"sheets": […]}` or `{"refused": code}`. Nothing of the file is ever written elsewhere.
"""

import csv
import io
import json
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
LONGEST_CELL = 1000  # characters; nothing that a household has is longer, and a refusal needs no more
_STEP = 1 << 20


class Refused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """Why the file as a whole is not read: a code that `reading.py` has a sentence for; a row if known."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row


def main(suffix: str, limits: dict[str, int]) -> None:
    _confine(limits)
    answer: dict[str, Any]
    try:
        data = sys.stdin.buffer.read(limits["file_bytes"] + 1)
        answer = {"sheets": _load(data, suffix, limits)}
    except Refused as refused:
        answer = {"refused": refused.code, "row": refused.row}
    except MemoryError:
        answer = {"refused": "memory"}
    except PasswordError:
        answer = {"refused": "encrypted"}
    except BaseException:  # a panic of the reader comes as one
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer))


def _confine(limits: dict[str, int]) -> None:
    """What the reader may use. No core dump: it would hold people's names."""
    bounds = (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        resource.setrlimit(kind, (most, most))


def _load(data: bytes, suffix: str, limits: dict[str, int]) -> list[dict[str, Any]]:
    if not data.strip():
        raise Refused("empty")
    if len(data) > limits["file_bytes"]:
        raise Refused("file_bytes")
    if data.startswith(b"PK"):
        _check_zip(data, limits)
        return _workbook(data, limits)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused("encrypted")
        return _workbook(data, limits)
    _check_text(data, suffix)
    return [_csv(_decoded(data), limits)]


def _check_text(data: bytes, suffix: str) -> None:
    if data.startswith(b"%PDF"):
        raise Refused("pdf")
    if data.lstrip()[:1] == b"<":
        raise Refused("web_page")
    if suffix not in TEXT_SUFFIXES:
        raise Refused("no_sheet")


def _check_zip(data: bytes, limits: dict[str, int]) -> None:
    """Refuse what unpacks to too much, by what the archive says and by what really comes out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "content.xml"}:
                raise Refused("no_sheet")
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("encrypted")
            room = limits["unpacked_bytes"]
            if len(entries) > limits["entries"] or sum(entry.file_size for entry in entries) > room:
                raise Refused("unpacked_bytes")
            for entry in entries:
                room -= _real_size(archive, entry, room)
            if "content.xml" in names and b"encryption-data" in _manifest(archive, names):
                raise Refused("encrypted")
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error


def _real_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    size = 0
    entry.file_size = room + 2 * _STEP  # else the stream ends where the archive claims that it does
    with archive.open(entry) as stream:
        while piece := stream.read(_STEP):
            size += len(piece)
            if size > room:
                raise Refused("unpacked_bytes")
    return size


def _manifest(archive: zipfile.ZipFile, names: set[str]) -> bytes:
    name = "META-INF/manifest.xml"
    return archive.read(name) if name in names else b""


def _workbook(data: bytes, limits: dict[str, int]) -> list[dict[str, Any]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        metas = list(book.sheets_metadata)
        if len(metas) > limits["sheets"]:
            raise Refused("sheets")
        left = dict(limits)
        return [
            _sheet(book, number, meta.name, meta.visible != SheetVisibleEnum.Visible, left)
            for number, meta in enumerate(metas)
            if meta.typ == SheetTypeEnum.WorkSheet
        ]


def _sheet(
    book: CalamineWorkbook, number: int, name: str, hidden: bool, left: dict[str, int]
) -> dict[str, Any]:
    """One sheet; `left` is what of the limits earlier sheets have not used up."""
    if hidden:
        return {"name": name, "hidden": True, "rows": [], "dates": [], "merged": []}
    sheet = book.get_sheet_by_index(number)
    bottom, right = sheet.end or (-1, -1)
    _use(left, bottom + 1, right + 1)
    values = sheet.to_python(skip_empty_area=False)
    dates = [
        (row, column)
        for row, cells in enumerate(values)
        for column, value in enumerate(cells)
        if isinstance(value, date | time | timedelta)
    ]
    merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
    rows = [_trimmed(_text(value) for value in cells) for cells in values]
    return {"name": name, "hidden": False, "rows": rows, "dates": dates, "merged": merged}


def _use(left: dict[str, int], rows: int, columns: int) -> None:
    if columns > left["columns"]:
        raise Refused("columns")
    left["rows"] -= rows
    left["cells"] -= rows * columns
    if left["rows"] < 0:
        raise Refused("rows")
    if left["cells"] < 0:
        raise Refused("cells")


def _text(value: Any) -> str:
    """A cell as a person reads it: the number 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value)[:LONGEST_CELL]


def _trimmed(cells: Iterable[str]) -> list[str]:
    row = list(cells)
    while row and not row[-1].strip():
        row.pop()
    return row


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


def _csv(text: str, limits: dict[str, int]) -> dict[str, Any]:
    csv.field_size_limit(100_000)
    rows: list[list[str]] = []
    left = dict(limits)
    said, separator, rest = text.partition("\n")
    try:
        if said.lower().startswith("sep=") and separator:
            delimiter, text = said[4:5], rest
        else:
            delimiter = _delimiter(text)
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            _use(left, 1, len(cells))
            rows.append(_trimmed(_text(cell) for cell in cells))
    except (csv.Error, TypeError) as error:
        raise Refused("quotes", len(rows) + 1) from error
    return {"name": "", "hidden": False, "rows": rows, "dates": [], "merged": []}


def _delimiter(text: str) -> str:
    """The separator that makes the most cells of the first lines."""
    lines = text.splitlines()[:50]
    return max(",;\t", key=lambda mark: sum(map(len, csv.reader(lines, delimiter=mark))))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
