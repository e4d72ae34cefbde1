"""Reading a file into sheets of text cells, in a process of its own with limited memory and time.

`reader.py` starts the process and writes the file to its standard input; the process writes an `Answer` as
JSON to its standard output. The file's content is not written anywhere else.
"""

import io
import json
import sys
import zipfile
from datetime import date, time, timedelta
from typing import Protocol

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.intake.household_import.reading import delimited, ods_format, xlsx_format
from app.intake.household_import.reading.cell_text import ReadRefused, cell_text, consume, trim_row
from app.intake.household_import.reading.formatting import Formatting, MalformedPart
from app.intake.household_import.reading.messages import Answer, FormattingData, SheetData

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
_CHUNK = 1 << 20


class _Formats(Protocol):
    """The formatting of a workbook's sheets, by their index."""

    def sheet(self, index: int) -> Formatting: ...


def main(suffix: str, limits: dict[str, int]) -> None:
    answer: Answer
    try:
        data = sys.stdin.buffer.read(limits["file_bytes"] + 1)
        answer = {"sheets": _read_sheets(data, suffix, limits)}
    except ReadRefused as refused:
        answer = {"refused": refused.code, "row": refused.row}
    except MemoryError:
        answer = {"refused": "memory"}
    except MalformedPart:
        answer = {"refused": "damaged"}
    except PasswordError:
        answer = {"refused": "encrypted"}
    except BaseException:  # a panic of calamine is raised as a subclass of it
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer))


def _read_sheets(data: bytes, suffix: str, limits: dict[str, int]) -> list[SheetData]:
    if not data.strip():
        raise ReadRefused("empty")
    if len(data) > limits["file_bytes"]:
        raise ReadRefused("file_bytes")
    if data.startswith(b"PK"):
        _check_zip(data, limits)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_workbook(data, limits, _open_formatting(archive))
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadRefused("encrypted")
        return _read_workbook(data, limits, None)
    _check_text(data, suffix)
    return [delimited.read_sheet(data, limits)]


def _check_text(data: bytes, suffix: str) -> None:
    if data.startswith(b"%PDF"):
        raise ReadRefused("pdf")
    if data.lstrip()[:1] == b"<":
        raise ReadRefused("web_page")
    if suffix not in TEXT_SUFFIXES:
        raise ReadRefused("no_sheet")


def _check_zip(data: bytes, limits: dict[str, int]) -> None:
    """Refuse an archive that unpacks to too much, by its declared sizes and by the real ones."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "content.xml"}:
                raise ReadRefused("no_sheet")
            if len(names) < len(entries):  # of two entries with one name, readers may choose different ones
                raise ReadRefused("damaged")
            if any(entry.flag_bits & 1 for entry in entries):
                raise ReadRefused("encrypted")
            remaining = limits["unpacked_bytes"]
            if len(entries) > limits["entries"] or sum(entry.file_size for entry in entries) > remaining:
                raise ReadRefused("unpacked_bytes")
            for entry in entries:
                remaining -= _unpacked_size(archive, entry, remaining)
            if "content.xml" in names and b"encryption-data" in _manifest(archive, names):
                raise ReadRefused("encrypted")
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise ReadRefused("damaged") from error


def _unpacked_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> int:
    size = 0
    entry.file_size = limit + 2 * _CHUNK  # otherwise the stream ends at the declared size
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise ReadRefused("unpacked_bytes")
    return size


def _manifest(archive: zipfile.ZipFile, names: set[str]) -> bytes:
    name = "META-INF/manifest.xml"
    return archive.read(name) if name in names else b""


def _open_formatting(archive: zipfile.ZipFile) -> _Formats:
    if "xl/workbook.xml" in archive.namelist():
        return xlsx_format.Workbook(archive)
    return ods_format.Workbook(archive)


def _read_workbook(data: bytes, limits: dict[str, int], formatting: _Formats | None) -> list[SheetData]:
    """Every sheet; `formatting` is None for the binary format .xls, whose formatting cannot be read."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        metas = list(workbook.sheets_metadata)
        if len(metas) > limits["sheets"]:
            raise ReadRefused("sheets")
        remaining = dict(limits)
        return [
            _read_sheet(workbook, index, meta.name, remaining, formatting)
            if meta.visible == SheetVisibleEnum.Visible
            else {"name": meta.name, "hidden": True, "rows": []}
            for index, meta in enumerate(metas)
            if meta.typ == SheetTypeEnum.WorkSheet
        ]


def _read_sheet(
    workbook: CalamineWorkbook,
    index: int,
    name: str,
    remaining: dict[str, int],
    formatting: _Formats | None,
) -> SheetData:
    """One sheet; `remaining` are the limits minus what earlier sheets used."""
    sheet = workbook.get_sheet_by_index(index)
    bottom, right = sheet.end or (-1, -1)
    consume(remaining, cells=(bottom + 1) * (right + 1), columns=right + 1)
    values = sheet.to_python(skip_empty_area=False)
    rows = [trim_row(cell_text(value) for value in cells) for cells in values]
    consume(remaining, rows=sum(map(bool, rows)))
    dates = [
        (row, column)
        for row, cells in enumerate(values)
        for column, value in enumerate(cells)
        if isinstance(value, date | time | timedelta)
    ]
    merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
    found: FormattingData = {"formatted": False}
    if formatting:
        found = formatting.sheet(index).to_json(len(rows), right + 1)
    return {
        "name": name,
        "hidden": False,
        "delimited": False,
        "rows": rows,
        "dates": dates,
        "merged": merged,
        **found,
    }
