"""A file → its sheets of cells, read by a process that can use only so much memory and time.

Spreadsheets come from outside and unpack to anything; the reader (`reader.py`) therefore runs apart,
and whatever happens to it, here it becomes one sentence.
"""

import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from app.core.strings import _

READER = Path(__file__).parent / "reader.py"
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Limits:
    """What a file may cost. A commune's list of 2,500 households is 150 KB; of 50,000, 3 MB."""

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
    """Cells as text, row by row, blank ends left out; `dates` are cells that the program made a date of,
    `merged` are joined ranges (top, left, bottom, right). Rows and columns count from 0.

    `struck` (in whole or in part), `uncomputed` (a formula without a value) and `old_font` are cells, a bit
    each by row. `formatted` is False where the format hides from us what is hidden or struck out, `delimited`
    is True where nothing but a separator tells one cell from the next.
    """

    name: str
    rows: list[list[str]]
    hidden: bool = False
    dates: frozenset[tuple[int, int]] = frozenset()
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: dict[int, int] = field(default_factory=dict)
    uncomputed: dict[int, int] = field(default_factory=dict)
    old_font: dict[int, int] = field(default_factory=dict)
    formatted: bool = True
    delimited: bool = False

    def shows(self, row: int) -> bool:
        """Whether the row is neither hidden nor struck out in any of its cells."""
        return row not in self.hidden_rows and row not in self.struck

    def joined_across(self, row: int) -> list[tuple[int, int]]:
        """Ranges that begin in `row` and span several columns: first and last column."""
        return self._across.get(row, [])

    @cached_property
    def _across(self) -> dict[int, list[tuple[int, int]]]:
        across: dict[int, list[tuple[int, int]]] = {}
        for top, left, _bottom, right in self.merged:
            if right > left:
                across.setdefault(top, []).append((left, right))
        return across


class FileRefused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """The file as a whole cannot be read; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read(path: Path, limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of the file, hidden ones without their rows. Raises `FileRefused`."""
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
            answer = _ask(file, path.suffix.lower(), limits)
    except (OSError, ValueError):
        raise _refused("missing", limits) from None
    if "refused" in answer:
        raise _refused(answer["refused"], limits, answer.get("row", 0))
    return [_sheet(sheet) for sheet in answer["sheets"]]


def _ask(file: BinaryIO, suffix: str, limits: Limits) -> dict[str, Any]:
    """What the reader says of the file. It is alone (`-I`), and what it complains of goes nowhere."""
    command = [sys.executable, "-I", str(READER), suffix, json.dumps(asdict(limits))]
    try:
        done = subprocess.run(
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_seconds,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"refused": "time"}
    except ValueError:
        return {"refused": _how_it_ended(done.returncode)}
    return answer


def _how_it_ended(code: int) -> str:
    """The kernel ends a process that is out of time (SIGXCPU, SIGKILL); one out of memory aborts itself."""
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


def _sheet(answer: dict[str, Any]) -> Sheet:
    return Sheet(
        name=answer["name"],
        rows=answer["rows"],
        hidden=answer["hidden"],
        dates=frozenset((row, column) for row, column in answer.get("dates", ())),
        merged=[(top, left, bottom, right) for top, left, bottom, right in answer.get("merged", ())],
        hidden_rows=frozenset(answer.get("hidden_rows", ())),
        hidden_columns=frozenset(answer.get("hidden_columns", ())),
        struck=dict(answer.get("struck", ())),
        uncomputed=dict(answer.get("uncomputed", ())),
        old_font=dict(answer.get("old_font", ())),
        formatted=answer.get("formatted", True),
        delimited=answer.get("delimited", False),
    )
