"""Running some tests of a copy, of pytest or of Node, to the first failure."""

import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUMMARY = "short test summary info"
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_ENDED = re.compile(r"^(PASSED|FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_FAILED_IN_NODE = re.compile(r"^\s*✖ (.+?) \([\d.]+ms\)", re.MULTILINE)
_NODE = ("--import", "./service_worker/resolve.mjs", "--test", "--test-force-exit", "--test-timeout=120000")
# What the app and its tests import of others: half of the CPU of a run of one test.
_OTHERS = (
    "alembic.command argon2 babel.messages cryptography.fernet docx fastapi.testclient hypothesis jinja2"
    " markdown_it multipart nh3 phonenumbers prometheus_client psycopg pydantic_settings pyrage"
    " python_calamine segno sqlmodel structlog typer uvicorn xlsxwriter _pytest.assertion.rewrite"
).split()
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


@dataclass(frozen=True)
class Run:
    """How it ended; `first`: the test that failed first; `why`: why there is no answer."""

    ended: str
    first: str = ""
    why: str = ""


def run_pytest(folder: Path, arguments: Sequence[str], seconds: float) -> Run:
    """Run tests in the order of their ids, to the first that fails."""
    code, output = _run_pytest(folder, ["-x", *arguments], seconds)
    if code == 0 and re.search(r"\d+ passed", output):
        return Run(PASSED)
    if code in (1, 2) and (found := _FAILED.search(output)):
        return Run(FAILED, found[1])
    return Run(NOT_RUN, why=_last_line(output) if code is not None else _late(seconds))


def run_each(folder: Path, arguments: Sequence[str], seconds: float) -> dict[str, bool]:
    """Run tests to the end; whether each passed, by its id."""
    _code, output = _run_pytest(folder, ["-rpfE", *arguments], seconds)
    return {id: ended == "PASSED" for ended, id in _ENDED.findall(output)}


def _run_pytest(folder: Path, arguments: Sequence[str], seconds: float) -> tuple[int | None, str]:
    """The exit code and what was printed, of a fork: what others wrote is imported once for all runs."""
    for name in _OTHERS:
        with suppress(ImportError):
            importlib.import_module(name)
    printed = folder / "printed.txt"
    printed.unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        _become_pytest(folder, ["-q", "--no-header", "--tb=line", *arguments], printed)
    code, output = _wait(pid, seconds), printed.read_text("utf-8", errors="replace")
    # What a failed test has logged may begin as a line of the summary does.
    _head, title, summary = output.partition(_SUMMARY)
    return code, summary if title else output


def run_node(folder: Path, file: str, seconds: float) -> Run:
    """Run a file of Node's tests."""
    if not (folder / file).exists():
        return Run(NOT_RUN, why=f"{file} is missing")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [shutil.which("node", path=path) or "node", *_NODE, file]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Run(NOT_RUN, why=_late(seconds))
    if process.returncode == 0:
        return Run(PASSED)
    names = [name for name in _FAILED_IN_NODE.findall(output) if not name.endswith(".test.js")]
    return Run(FAILED, f"{file}::{names[0]}") if names else Run(NOT_RUN, why=_last_line(output))


def _become_pytest(folder: Path, arguments: Sequence[str], printed: Path) -> None:
    """Run pytest in this process, as if it had been started in the folder. Does not return."""
    os.setsid()  # so that its parent ends it with all that it has started
    output = os.open(printed, os.O_CREAT | os.O_WRONLY, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(folder)
    os.environ.pop("CI", None)  # a missing program skips a test: that is no bug seen
    sys.path[:] = [str(folder), *(path for path in sys.path if path)]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("app", "tests")]:
        del sys.modules[name]
    code = 3
    try:
        code = int(importlib.import_module("pytest").main([*arguments]))
        sys.stdout.flush()
    finally:
        os._exit(code)


def _wait(pid: int, seconds: float) -> int | None:
    """The exit code of a child, None if it was killed after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _late(seconds: float) -> str:
    return f"not ended after {seconds:.0f} seconds"


def _last_line(output: str) -> str:
    return output.strip().rpartition("\n")[2]
