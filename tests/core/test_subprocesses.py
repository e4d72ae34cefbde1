"""Limited processes: memory, time and output end them, and who started them learns how."""

import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from app.core.subprocesses import limited
from app.core.subprocesses.limited import Limits, OutputTooLarge

pytestmark = pytest.mark.slow
LIMITS = Limits(memory_bytes=256 << 20, cpu_seconds=5, wall_seconds=20, output_bytes=1000)


def script(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "script.py"
    file.write_text(text, "utf-8")
    return file


def test_what_a_process_writes_comes_back_with_how_it_ended(tmp_path: Path) -> None:
    echo = script(tmp_path, "import sys\nsys.stdout.write(sys.argv[1] + sys.stdin.read())\nsys.exit(3)\n")
    assert limited.run(echo, LIMITS, "Lan ", content=b"Nam") == (3, b"Lan Nam")
    unbounded = replace(LIMITS, output_bytes=1 << 40)
    assert limited.run(echo, unbounded, "", content=b"Nam") == (3, b"Nam"), "no memory is taken beforehand"
    with TemporaryFile() as file:
        file.write(b"Mai")
        file.seek(0)
        assert limited.run(echo, LIMITS, "", content=file) == (3, b"Mai")


def test_what_goes_into_a_file_is_not_read(tmp_path: Path) -> None:
    writing = script(tmp_path, "print('x' * 5000)")
    with TemporaryFile() as file:
        unlimited = replace(LIMITS, file_bytes=None)
        assert limited.run(writing, unlimited, content=b"", output=file) == (0, b"")
        file.seek(0)
        assert len(file.read()) == 5001


def test_too_much_memory_ends_a_process(tmp_path: Path) -> None:
    assert limited.run(script(tmp_path, "bytearray(400 << 20)"), LIMITS, content=b"").returncode == 1
    assert limited.run(script(tmp_path, "bytearray(100 << 20)"), LIMITS, content=b"").returncode == 0


def test_too_much_computing_ends_a_process(tmp_path: Path) -> None:
    endless = script(tmp_path, "while True: pass")
    ended = limited.run(endless, replace(LIMITS, cpu_seconds=1), content=b"")
    assert ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_process_that_waits_is_killed_and_its_input_is_not_waited_for(tmp_path: Path) -> None:
    waiting = script(tmp_path, "import time\ntime.sleep(60)")
    begin = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        limited.run(waiting, replace(LIMITS, wall_seconds=0.5), content=b"x" * (1 << 20))
    assert time.monotonic() - begin < 30


def test_endless_output_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(OutputTooLarge):
        limited.run(script(tmp_path, "while True: print('x' * 1000)"), LIMITS, content=b"")


def test_a_process_writes_no_file(tmp_path: Path) -> None:
    writing = script(tmp_path, f"with open({str(tmp_path / 'left')!r}, 'w') as file: file.write('Lan')")
    assert limited.run(writing, LIMITS, content=b"").returncode == 1
    assert not (tmp_path / "left").exists() or (tmp_path / "left").read_bytes() == b""
    assert limited.run(writing, replace(LIMITS, file_bytes=1000), content=b"").returncode == 0


def test_a_process_ends_by_itself_if_its_server_has_ended(tmp_path: Path) -> None:
    process = limited.start(script(tmp_path, "import time\ntime.sleep(60)"), replace(LIMITS, wall_seconds=1))
    with process:
        assert process.wait(30) == -signal.SIGALRM


def test_a_process_has_neither_the_servers_settings_nor_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNGNHA_DATABASE_URL", "postgresql://binh:mat-khau@localhost/x")
    shown = script(
        tmp_path, "import os, sys\nprint(sorted(os.environ), sys.flags.isolated, sys.flags.no_site)"
    )
    names = "['LC_ALL', 'PATH']"
    assert limited.run(shown, LIMITS, content=b"").output.decode().split(" 1 ") == [names, "0\n"]
    assert limited.run(shown, LIMITS, content=b"", has_packages=False).output.decode().endswith(" 1 1\n")
