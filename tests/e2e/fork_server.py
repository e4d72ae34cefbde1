"""Starts servers and commands by forking a process that has imported the app: a second of CPU less for each.

`forked` starts a server, as `subprocess.Popen` does with `uvicorn FACTORY --factory --port PORT`.
`run_forked` runs a command, as `subprocess.run` does with `python -m app.cli ARGUMENTS`.
Run as a program it is that process: a JSON line on its input for each of them, the process id on its output.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi.testclient import TestClient

from app.cli import cli
from app.core.config import Settings
from app.main import create_app
from app.web.rendering import environment

ROOT = Path(__file__).parents[2]


class Forked:
    """A server process whose parent is the forking process, which reaps it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, seconds: float = 120) -> None:
        """Until it is gone. Raises TimeoutError."""
        end = time.monotonic() + seconds
        with suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.kill(self.pid, 0)
                time.sleep(0.005)
            raise TimeoutError(f"process {self.pid} has not ended in {seconds:.0f} s")


def forked(factory: str, port: int, environment: dict[str, str], log: Path, root: Path = ROOT) -> Forked:
    """A running server of the project in `root`; its output is appended to `log`."""
    out = {"out": str(log), "err": str(log)}
    return _fork(root, {"factory": factory, "port": port, "environment": environment} | out)


def run_forked(
    arguments: Sequence[str], environment: dict[str, str], root: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """Run a command of the operator, of the project in `root`, to its end. Raises FileNotFoundError if its
    process was killed."""
    with TemporaryDirectory() as folder:
        return ForkedCommand(arguments, environment, Path(folder), root).wait()


class ForkedCommand:
    """A command of the operator that runs; what it prints is written into `folder`."""

    def __init__(
        self, arguments: Sequence[str], environment: dict[str, str], folder: Path, root: Path = ROOT
    ) -> None:
        self._arguments = list(arguments)
        self._out, self._err, self._code = (folder / name for name in ("out", "err", "code"))
        files = {"out": str(self._out), "err": str(self._err), "code": str(self._code)}
        self.process = _fork(root, {"arguments": self._arguments, "environment": environment} | files)

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """Its end. Raises FileNotFoundError if it was killed."""
        self.process.wait()
        printed = [file.read_text("utf-8") for file in (self._out, self._err)]
        return subprocess.CompletedProcess(
            ["tung-nha", *self._arguments], int(self._code.read_text()), *printed
        )


def _fork(root: Path, request: dict[str, Any]) -> Forked:
    parent = _parent(root)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(json.dumps(request) + "\n")
    parent.stdin.flush()
    return Forked(int(parent.stdout.readline()))


@cache
def _parent(root: Path) -> "subprocess.Popen[str]":
    """The forking process of a project folder: its app is found there, and these tests here."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", __name__, *(["warm"] if root == ROOT else [])]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(command, cwd=root, env=environment, stdin=pipe, stdout=pipe, encoding="utf-8")
    atexit.register(parent.kill)
    return parent


def warm_up() -> None:
    """Do once what each server would do again at its start and at the first requests for its pages. It takes
    as long as a few starts, and a changed copy of the project has no more.

    What is then in memory is frozen: a child that looks through it for garbage would copy all of it.
    """
    with TemporaryDirectory() as folder:
        app = create_app(Settings(database_url=f"sqlite:///{folder}/none.sqlite3", data_dir=Path(folder)))
        uvicorn.Config(app).load()
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        for path in ("/desk/sign-in", "/field/sign-in"):
            client.get(path)
        app.state.database.close()
    for template in environment().list_templates(extensions=["html"]):
        environment().get_template(template)
    gc.collect()
    gc.freeze()


def main() -> None:
    if sys.argv[1:] == ["warm"]:
        warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    for line in sys.stdin:
        request = json.loads(line)
        if pid := os.fork():
            print(pid, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the child waits for processes of its own
        _redirect(request["out"], request["err"])
        os.environ.clear()
        os.environ.update(request["environment"])
        if "factory" in request:
            uvicorn.run(request["factory"], factory=True, port=request["port"])
        else:
            _run_command(request["arguments"], Path(request["code"]))
        os._exit(0)


def _run_command(arguments: list[str], code: Path) -> None:
    """Run the command and write down the code that it ends with, as the interpreter would find it."""
    ended: str | int | None = 1
    try:
        cli(arguments, prog_name="python -m app.cli")
    except SystemExit as end:
        ended = end.code
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    code.write_text(str(ended or 0))


def _redirect(out: str, err: str) -> None:
    """Nothing to read; output and errors to these files."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    opened = [os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for file in (out, err)]
    for target, source in enumerate((nothing, *opened)):
        os.dup2(source, target)


if __name__ == "__main__":
    main()
