"""A real server process that a test can take off the network and bring back at the same address."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = "app.main:create_app"


class Server:
    """uvicorn in a process of its own, on a loopback port that stays the same over restarts.

    `root` is the project it runs; a newer one takes the place of the old at the next start. `factory` makes
    the app; `settings` are variables of its environment.
    """

    def __init__(
        self,
        database_url: str,
        log: Path,
        root: Path = ROOT,
        factory: str = APP,
        settings: dict[str, str] | None = None,
    ) -> None:
        self.root = root
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {"TUNGNHA_DATABASE_URL": database_url, "TUNGNHA_MODE": "demo"}
        self.environment |= {"TUNGNHA_DATA_DIR": str(log.parent)} | (settings or {})
        self._factory = factory
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def runs(self, factory: str, **settings: str) -> None:
        """From its next start on: another app, with these variables."""
        self._factory = factory
        self.environment |= settings

    def start(self) -> None:
        """Start unless it runs, and wait until it answers."""
        if self._process is not None:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "uvicorn",
                    self._factory,
                    "--factory",
                    "--port",
                    str(self.port),
                ],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        for _ in range(200):
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Kill it: from here on every connection is refused, as with no network."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
