"""Broken and hostile files are refused with one sentence: no traceback, nothing written, nobody's name."""

import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import FileRefused, Limits, read
from tests.intake.household_import.files import SAMPLE, xlsx
from tests.intake.household_import.hostile import HEADER, NAME, WHOLE_FILES, bad_rows


@pytest.mark.parametrize(("make", "word"), WHOLE_FILES, ids=[make.__name__ for make, _ in WHOLE_FILES])
def test_file_that_is_no_list_ends_in_one_sentence(
    make: Callable[[Path], Path], word: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = make(tmp_path)
    with pytest.raises(FileRefused) as refused:
        read(file)
    assert word in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert NAME not in refused.value.sentence
    assert capfd.readouterr() == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], [file.name])


def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "a.xlsx", {"A": [HEADER]})
    file.chmod(0)
    if os.access(file, os.R_OK):  # root reads everything; a name too long is as unreadable to root
        file = tmp_path / ("a" * 300 + ".xlsx")
    with pytest.raises(FileRefused, match="không được phép đọc"):
        read(file)


def test_every_hostile_row_is_rejected(tmp_path: Path) -> None:
    found = parse(read(bad_rows(tmp_path)))
    assert (found.households, [rejected.row for rejected in found.rejected_rows]) == ([], [2, 3, 4, 5, 6])
    assert NAME not in str(found.rejected_rows)


def test_reader_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(FileRefused, match="quá lâu"):
        read(SAMPLE, Limits(wall_seconds=0))


def test_reader_that_computes_too_long_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"Chu ho,Thon\n" + b"A,B\n" * 4_000_000)
    with pytest.raises(FileRefused, match="quá lâu"):
        read(file, Limits(cpu_seconds=1, rows=5_000_000, cells=50_000_000))


def test_reader_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="bộ nhớ"):
        read(SAMPLE, Limits(memory_bytes=30 << 20))


def test_limits_apply_to_the_reader_process_only() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    read(SAMPLE)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_file_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(SAMPLE.read_bytes())
    file.chmod(stat.S_IRUSR)
    before = file.stat()
    read(file)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (SAMPLE.read_bytes(), before.st_mtime_ns)
