"""`serve` prints what it serves, and the commands of the README work as written."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app import __version__
from tests.cli.test_mode import SUPERVISOR
from tests.cli.test_settings import is_one_sentence
from tests.e2e.server import free_port
from tests.intake.household_import.files import SAMPLE
from tests.operator import run

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "templates", "static", "service_worker")
LOCKS = (
    "pyproject.toml",
    "requirements.lock",
    "requirements-build.lock",
    "service_worker/package-lock.json",
)
NOBODY = 65534
# Root without these capabilities may access another user's files no more than any other user.
AS_ANOTHER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project, with what `make build` installs and has built: it builds nothing again."""
    assert (ROOT / ".venv/bin/tung-nha").exists(), "make build installs it; this test must not"
    folder = tmp_path / "tung-nha"
    folder.mkdir()
    ignored = shutil.ignore_patterns("node_modules")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "Makefile", folder)
    for name in (".venv", "service_worker/node_modules"):
        (folder / name).symlink_to((ROOT / name).resolve())
    for name in LOCKS:
        shutil.copy(ROOT / name, folder / name)
        os.utime(folder / name, (0, 0))  # installed already
    return folder


@contextmanager
def served(words: list[str], folder: Path, **settings: str) -> Iterator[list[str]]:
    """What a process prints until its server answers; it is stopped afterwards."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), **settings}
    output = folder / "output"
    with output.open("w") as written:
        process = subprocess.Popen(
            words, cwd=folder, env=environment, stdout=written, stderr=written, start_new_session=True
        )
    try:
        _wait(port, process)
        yield output.read_text().replace(str(port), "8000").splitlines()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)


def readme_lines() -> str:
    text = (ROOT / "README.md").read_text("utf-8").split("## A real commune")[1]
    block = re.search(r"```sh\n(.+?)```", text, re.DOTALL)
    assert block
    return block[1]


def test_real_commune_begins_by_the_lines_of_the_readme(project: Path) -> None:
    shutil.copy(SAMPLE, project / "danh-sach.xlsx")
    with served(["bash", "-euc", readme_lines()], project) as printed:
        assert f"Từng Nhà {__version__}+" in "\n".join(printed)
        assert "  Communes  xã Yên Bình (06391)" in printed
        assert f"  Database  sqlite:///{project / 'var' / 'tungnha.sqlite3'}" in printed
        assert any(line.startswith("Có thể nhập: 180 hộ mới") for line in printed)


def test_make_run_starts_the_demo_on_a_fresh_folder_and_again(project: Path) -> None:
    plan = subprocess.run(["make", "-n", "run"], cwd=project, capture_output=True, text=True, check=True)
    assert "python service_worker/build\n" in plan.stdout
    for _ in range(2):
        with served(["make", "run"], project) as printed:
            assert "  Communes  xã Yên Bình (06391)" in printed
            assert any("can-bo / tung-nha-demo" in line for line in printed)


def test_nothing_is_served_before_it_is_built(project: Path) -> None:
    shutil.rmtree(project / "static" / "dist")
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve"], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The phone's app is not built: run make build first.\n"
    assert not (project / "var").exists()


@pytest.mark.parametrize("for_others", [0o700, 0o755])
def test_data_of_another_user_are_refused_with_a_sentence(for_others: int, tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can begin as one user and serve as another")
    folder = tmp_path / "var"
    settings = {"TUNGNHA_DATA_DIR": str(folder), "TUNGNHA_MODE": "production"}
    assert run("", *SUPERVISOR, **settings).exit_code == 0
    for path in (folder, *folder.iterdir()):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(for_others & (0o777 if path.is_dir() else 0o666))
    command = [*AS_ANOTHER, sys.executable, "-m", "app.cli", "serve"]
    done = subprocess.run(
        command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "another user" in done.stderr or "may this user" in done.stderr


@pytest.mark.parametrize(
    ("mode", "database_url"), [("demo", "sqlite"), ("production", "postgresql")], indirect=["database_url"]
)
def test_server_prints_address_database_and_communes_and_no_password(
    mode: str, database_url: str, tmp_path: Path
) -> None:
    if mode == "production":
        run(database_url, *SUPERVISOR, TUNGNHA_MODE=mode)
    secret = "mat-khau-that"
    url = database_url.replace("tungnha@", f"tungnha:{secret}@")
    words = [sys.executable, "-m", "app.cli", "serve"]
    settings = {"TUNGNHA_DATABASE_URL": url, "TUNGNHA_MODE": mode, "PYTHONPATH": str(ROOT)}
    with served(words, tmp_path, **settings) as printed:
        assert re.fullmatch(rf"Từng Nhà {__version__}\+[0-9a-f]{{8}}, {mode} mode", printed[0])
        assert printed[1] == "  Address   http://127.0.0.1:8000"
        assert printed[2].startswith("  Database  " + database_url.partition(":")[0])
        commune = {"demo": "xã Yên Bình (06391)", "production": "phường Ba Đình (00004)"}[mode]
        assert printed[3] == f"  Communes  {commune}"
        assert any("tung-nha-demo" in line for line in printed) is (mode == "demo")
        assert secret not in "\n".join(printed)


def test_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        done = run(
            "", "serve", "--port", str(occupied.getsockname()[1]), TUNGNHA_DATA_DIR=str(tmp_path / "var")
        )
    assert is_one_sentence(done)
    assert "Address already in use" in done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "khong-co.invalid", "::2"])
def test_address_of_another_machine_is_refused_with_a_sentence(host: str, tmp_path: Path) -> None:
    settings = {"TUNGNHA_MODE": "production", "TUNGNHA_HOST": host, "TUNGNHA_DATA_DIR": str(tmp_path)}
    done = run("", "serve", **settings)
    assert is_one_sentence(done)
    assert f"Nothing can listen on {host}, port 8000: " in done.stderr
