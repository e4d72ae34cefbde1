"""Only the owner can read the files of an instance, and its answers do not name its software."""

import json
import os
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.e2e.server import free_port
from tests.operator import run
from tests.world import LAN

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "TUNGNHA_DATA_DIR": str(data), "TUNGNHA_MODE": "demo"}


def _command(data: Path, *arguments: str) -> int:
    """The exit code of a command that begins with a umask that lets everybody read new files."""
    return run("", *arguments, TUNGNHA_DATA_DIR=str(data), TUNGNHA_MODE="demo").exit_code


@contextmanager
def _served(data: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environment(data), umask=0o022, stdout=subprocess.DEVNULL
    )
    try:
        yield _answering(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _answering(process: subprocess.Popen[bytes], url: str) -> str:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{url}/healthz").close()
        except OSError:
            time.sleep(0.05)
        else:
            return url
    raise AssertionError("the server did not answer")


def _sign_in(url: str) -> Any:
    form = json.dumps({"invite": LAN[1], "phone": LAN[0], "name": ""}).encode()
    headers = {"Content-Type": "application/json", "Origin": url}
    return urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/devices", form, headers))


def _modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.iterdir()]}


def test_what_a_running_instance_writes_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with _served(data) as url:
        with _sign_in(url) as answer:
            assert answer.status == 201
            assert answer.headers["server"] is None
        names = ["desk-log.jsonl", "desk-log.jsonl.mark"]
        names += [f"tungnha.sqlite3{end}" for end in ("", "-shm", "-wal", ".lock", ".key")]
        modes = _modes(data)
        names += [name for name in modes if name.startswith("views-")]
        assert modes == {"data": "0o700"} | dict.fromkeys(names, "0o600")


def test_backup_and_the_report_of_an_import_are_their_owners_alone(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    out.mkdir(mode=0o755)
    lists = out / "ds.csv"
    lists.write_text("STT,Chủ hộ,Số nhà,Thôn\n1,Nguyễn Văn Thử,12,Thôn Đông\n2,Bà 0912345678,3,Thôn Đông\n")
    lists.chmod(0o644)
    assert _command(data, "load-areas") == 0
    assert _command(data, "backup", str(out / "b.tungnha")) == 0
    assert _command(data, "import-households", str(lists), "--commune", "06391") == 1
    written = {name: mode for name, mode in _modes(out).items() if name not in ("out", "ds.csv")}
    assert len(written) == 3, written  # the backup, its id key, and the report
    assert set(written.values()) == {"0o600"}


def test_what_others_could_read_before_is_closed_to_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert _command(data, "load-areas") == 0
    data.chmod(0o755)
    for path in [*data.iterdir(), data / "tungnha.sqlite3-wal", data / "desk-log.jsonl"]:
        path.touch()
        path.chmod(0o664)
    assert _command(data, "check") == 0
    assert set(_modes(data).values()) <= {"0o700", "0o600"}


def test_folder_that_is_everybodys_by_intent_stays_so(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert _command(shared, "load-areas") == 0
    assert oct(stat.S_IMODE(shared.stat().st_mode)) == "0o1777"
    assert _modes(shared)["tungnha.sqlite3"] == "0o600"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can open. Each pytest that starts closes the one in which `tmp_path` is."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_file_of_another_user_that_others_may_read_is_refused(open_folder: Path) -> None:
    file, logs = open_folder / "tungnha.sqlite3", open_folder / "logs"
    assert run(f"sqlite:///{file}", "load-areas").exit_code == 0
    file.chmod(0o644)
    logs.mkdir()
    logs.chmod(0o777)
    os.seteuid(NOBODY)
    try:
        refused = run(f"sqlite:///{file}", "check", TUNGNHA_DESK_LOG=str(logs / "desk-log.jsonl"))
    finally:
        os.seteuid(0)
    assert refused.exit_code == 2
    assert (
        refused.stderr == f"{file} may be read by others and is another user's: chmod go= it as its owner.\n"
    )
