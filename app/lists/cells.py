"""A file turned into sheets of text cells, in a process of its own that `reading.py` bounds.

`reader.py` runs it: the file comes on standard input, JSON leaves on standard output, either
`{"sheets": […]}` or `{"refused": code}`. Nothing of the file is ever written elsewhere.
"""

import io
import json
import resource
import sys
import zipfile
from datetime import date, time, timedelta
from typing import Any, Protocol

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.lists import delimited, ods_format, xlsx_format
from app.lists.formatting import Formatting, Malformed
from app.lists.texts import Refused, text_of, trimmed, use

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
_STEP = 1 << 20


class _Formats(Protocol):
    """The formatting of a workbook's sheets, by their number."""

    def sheet(self, number: int) -> Formatting: ...


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
    except Malformed:
        answer = {"refused": "damaged"}
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
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _workbook(data, limits, _formats(archive))
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused("encrypted")
        return _workbook(data, limits, None)
    _check_text(data, suffix)
    return [delimited.sheet(data, limits)]


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
            if len(names) < len(entries):  # two readers would not read the same one
                raise Refused("damaged")
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


def _formats(archive: zipfile.ZipFile) -> _Formats:
    if "xl/workbook.xml" in archive.namelist():
        return xlsx_format.Workbook(archive)
    return ods_format.Workbook(archive)


def _workbook(data: bytes, limits: dict[str, int], formats: _Formats | None) -> list[dict[str, Any]]:
    """Every sheet; `formats` is None for the binary format, whose formatting nothing here reads."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        metas = list(book.sheets_metadata)
        if len(metas) > limits["sheets"]:
            raise Refused("sheets")
        left = dict(limits)
        return [
            _sheet(book, number, meta.name, left, formats)
            if meta.visible == SheetVisibleEnum.Visible
            else {"name": meta.name, "hidden": True, "rows": []}
            for number, meta in enumerate(metas)
            if meta.typ == SheetTypeEnum.WorkSheet
        ]


def _sheet(
    book: CalamineWorkbook, number: int, name: str, left: dict[str, int], formats: _Formats | None
) -> dict[str, Any]:
    """One sheet; `left` is what of the limits earlier sheets have not used up."""
    sheet = book.get_sheet_by_index(number)
    bottom, right = sheet.end or (-1, -1)
    use(left, cells=(bottom + 1) * (right + 1), columns=right + 1)
    values = sheet.to_python(skip_empty_area=False)
    rows = [trimmed(text_of(value) for value in cells) for cells in values]
    use(left, rows=sum(map(bool, rows)))
    dates = [
        (row, column)
        for row, cells in enumerate(values)
        for column, value in enumerate(cells)
        if isinstance(value, date | time | timedelta)
    ]
    merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
    shown = formats.sheet(number).for_rows(len(rows), right + 1) if formats else {"formatted": False}
    return {"name": name, "hidden": False, "rows": rows, "dates": dates, "merged": merged, **shown}
