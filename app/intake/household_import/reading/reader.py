"""Reading a file into sheets, in a separate process with limited memory and time.

Files come from outside and may unpack to any size. However the process (`reader_process.py`) fails, the
result here is one sentence.
"""

import json
import signal
import subprocess
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from app.core.strings import _
from app.core.subprocesses import limited
from app.core.subprocesses.limited import Limits as ProcessLimits
from app.intake.household_import.reading.messages import Answer, Cell, MergedRange, SheetData

READER = Path(__file__).parent / "reader_process.py"
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Limits:
    """Limits for a file and for the process that reads it.

    A commune's list of 2,500 households has 150 KB, one of 50,000 has 3 MB.
    """

    file_bytes: int = 20 << 20
    unpacked_bytes: int = 200 << 20
    entries: int = 2_000
    sheets: int = 100
    rows: int = 100_000
    columns: int = 200
    cells: int = 3_000_000
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 30
    wall_seconds: int = 60


LIMITS = Limits()


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells as text, without the blank ends of rows. Rows and columns count from 0.

    `dates`: cells that the spreadsheet program turned into a date. `struck_out` (in whole or in part),
    `uncomputed` (a formula without a value) and `old_font`: by row, a bit for each cell. `has_formatting` is
    False where the file's format does not let us read what is hidden or struck out; `delimited` is True for
    text files with separators.
    """

    name: str
    rows: list[list[str]]
    hidden: bool = False
    dates: frozenset[Cell] = frozenset()
    merged: list[MergedRange] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck_out: dict[int, int] = field(default_factory=dict)
    uncomputed: dict[int, int] = field(default_factory=dict)
    old_font: dict[int, int] = field(default_factory=dict)
    has_formatting: bool = True
    delimited: bool = False

    def is_visible(self, row: int) -> bool:
        """Whether the row is neither hidden nor struck out in any of its cells."""
        return row not in self.hidden_rows and row not in self.struck_out

    def merged_across(self, row: int) -> list[tuple[int, int]]:
        """Ranges that start in `row` and cover several columns: first and last column."""
        return self._ranges_by_row.get(row, [])

    @cached_property
    def _ranges_by_row(self) -> dict[int, list[tuple[int, int]]]:
        ranges: dict[int, list[tuple[int, int]]] = {}
        for top, left, _bottom, right in self.merged:
            if right > left:
                ranges.setdefault(top, []).append((left, right))
        return ranges


class FileRefused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """The file cannot be read; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read(path: Path, limits: Limits = LIMITS) -> list[Sheet]:
    """The file's sheets; hidden ones have no rows. Raises `FileRefused`."""
    try:
        if path.is_dir():
            raise _refused("folder", limits)
        if not path.is_file():
            raise _refused("missing", limits)
        if path.suffix.lower() not in SUFFIXES:
            raise _refused("suffix", limits)
        if path.stat().st_size > limits.file_bytes:
            raise _refused("file_bytes", limits)
        with path.open("rb") as file:
            answer = _run_reader(file, path.suffix.lower(), limits)
    except (OSError, ValueError):
        raise _refused("missing", limits) from None
    if "refused" in answer:
        raise _refused(answer["refused"], limits, answer.get("row", 0))
    return [_sheet(sheet) for sheet in answer["sheets"]]


def _run_reader(file: BinaryIO, suffix: str, limits: Limits) -> Answer:
    """Run the reader process on the file. Its answer is made in its memory, so it is not longer than that."""
    process = ProcessLimits(
        limits.memory_bytes, limits.cpu_seconds, limits.wall_seconds, output_bytes=limits.memory_bytes
    )
    try:
        done = limited.run(READER, process, suffix, json.dumps(asdict(limits)), content=file)
        answer: Answer = json.loads(done.output)
    except subprocess.TimeoutExpired:
        return {"refused": "time"}
    except ValueError:
        return {"refused": _failure_code(done.returncode)}
    return answer


def _failure_code(code: int) -> str:
    """The kernel kills a process that is out of time (SIGXCPU, SIGKILL); one out of memory aborts itself."""
    return "time" if code in (-signal.SIGXCPU, -signal.SIGKILL) else "memory"


def _refused(code: str, limits: Limits, row: int = 0) -> FileRefused:
    megabytes = {"file_mb": limits.file_bytes >> 20, "unpacked_mb": limits.unpacked_bytes >> 20}
    values: dict[str, object] = {"row": row, **asdict(limits), **megabytes}
    sentences = {
        "missing": _("Không có tệp này, hoặc không được phép đọc."),
        "folder": _("Đây là thư mục, không phải tệp: hãy chỉ đúng tệp danh sách."),
        "suffix": _("Chỉ đọc được tệp .xlsx, .xls, .ods và .csv: hãy lưu lại dưới một dạng đó."),
        "empty": _("Tệp trống, không có dòng nào."),
        "encrypted": _("Tệp có mật khẩu: hãy mở tệp, bỏ mật khẩu rồi lưu lại."),
        "pdf": _("Đây là tệp PDF, không phải bảng tính: hãy xin tệp .xlsx gốc."),
        "web_page": _("Đây là trang web, không phải bảng tính: hãy mở bằng Excel và lưu lại dạng .xlsx."),
        "no_sheet": _("Nội dung tệp không phải bảng tính: hãy mở bằng Excel và lưu lại dạng .xlsx."),
        "damaged": _("Tệp bị hỏng hoặc chưa tải xong: hãy mở bằng Excel và lưu lại dạng .xlsx."),
        "encoding": _("Không nhận ra bảng mã của tệp: hãy lưu lại dạng CSV UTF-8 hoặc .xlsx."),
        "quotes": _("Dòng %(row)s của tệp CSV có dấu nháy kép không khớp.", **values),
        "file_bytes": _("Tệp quá lớn (tối đa %(file_mb)s MB).", **values),
        "unpacked_bytes": _("Tệp khi giải nén quá lớn (tối đa %(unpacked_mb)s MB).", **values),
        "sheets": _("Tệp có quá nhiều trang (tối đa %(sheets)s).", **values),
        "rows": _("Tệp có quá nhiều dòng (tối đa %(rows)s): hãy chia thành nhiều tệp.", **values),
        "columns": _("Có trang quá nhiều cột (tối đa %(columns)s): hãy xóa các cột thừa bên phải.", **values),
        "cells": _("Tệp có quá nhiều ô: hãy xóa các cột và dòng thừa quanh bảng."),
        "memory": _("Tệp cần quá nhiều bộ nhớ để đọc: hãy xóa các ô lẻ ở xa bảng, rồi lưu lại."),
        "time": _("Đọc tệp quá lâu nên đã dừng: hãy lưu lại dạng .xlsx chỉ với bảng danh sách."),
    }
    return FileRefused(sentences[code])


def _sheet(data: SheetData) -> Sheet:
    return Sheet(
        name=data["name"],
        rows=data["rows"],
        hidden=data["hidden"],
        dates=frozenset((row, column) for row, column in data.get("dates", ())),
        merged=[(top, left, bottom, right) for top, left, bottom, right in data.get("merged", ())],
        hidden_rows=frozenset(data.get("hidden_rows", ())),
        hidden_columns=frozenset(data.get("hidden_columns", ())),
        struck_out=dict(data.get("struck_out", ())),
        uncomputed=dict(data.get("uncomputed", ())),
        old_font=dict(data.get("old_font", ())),
        has_formatting=data.get("formatted", True),
        delimited=data.get("delimited", False),
    )
