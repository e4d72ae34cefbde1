"""`serve` as an operator starts it, with several processes; which of them run, and killing one."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.server import ROOT, free_port

START_TIMEOUT = 120  # seconds, on a busy machine


class Workers:
    """A server started by `serve --workers`: the process that was started, and its children."""

    def __init__(self, url: str, folder: Path, workers: int, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.workers = workers
        environment = os.environ | {"TUNGNHA_DATABASE_URL": url, "TUNGNHA_DATA_DIR": str(folder / "var")}
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                cwd=ROOT, env=environment | settings, stdout=log, stderr=log,
            )  # fmt: skip

    def wait(self) -> None:
        """Until all processes run and one answers. Raises RuntimeError with the end of the log."""
        wait_for(lambda: self.answers() and len(self.pids()) == self.workers, self._failure)

    def answers(self) -> bool:
        """Whether `/healthz` is answered with 200."""
        if self._process.poll() is not None:
            raise RuntimeError(self._failure())
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def pids(self) -> set[int]:
        """The processes that answer requests: those that listen."""
        if self.workers == 1:
            return {self._process.pid}
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return {int(pid) for pid in children if b"multiprocessing.spawn" in _command(int(pid))}

    def kill_one(self) -> int:
        """SIGKILL one of them; its process id."""
        pid = min(self.pids())
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        """End it as a service manager does."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _failure(self) -> str:
        return f"the server did not start: {self.log.read_text()[-2000:]}"


@contextmanager
def serving(url: str, folder: Path, workers: int, **settings: str) -> Iterator[Workers]:
    """A server that answers; it is stopped afterwards."""
    server = Workers(url, folder, workers, **settings)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def wait_for(is_so: Callable[[], bool], failure: Callable[[], str], seconds: float = START_TIMEOUT) -> None:
    """Wait until `is_so`. Raises RuntimeError."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(failure())
        time.sleep(0.1)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
