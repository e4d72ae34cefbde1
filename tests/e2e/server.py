"""A real server process that a test can stop, as if the network were gone, and start again at the same
address."""

import itertools
import os
import random
import socket
import time
import urllib.request
from pathlib import Path

from tests.e2e.fork_server import ROOT, Forked, forked

__all__ = ["ROOT", "Server", "free_port"]
APP = "app.main:create_app"
START_TIMEOUT = 60  # seconds; a busy machine needs several to import the app
# Below the range from which systems take the ports of outgoing connections. One of those could be taken while
# a test has its server stopped. Browsers open all of these.
PORTS = range(20_000, 32_000)


class Server:
    """uvicorn in its own process, on a loopback port that is the same after each start.

    `root` is the folder of the project that runs; another one can be set before the next start. `factory`
    makes the app; `settings` are environment variables.
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
        self._process: Forked | None = None

    def use_app(self, factory: str, **settings: str) -> None:
        """From the next start on, run another app, with these environment variables."""
        self._factory = factory
        self.environment |= settings

    def start(self) -> None:
        """Start the server unless it runs, and wait until it answers."""
        if self._process is not None:
            return
        self._process = forked(self._factory, self.port, self.environment, self._log, self.root)
        end = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {self._log.read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill the process: from now on every connection is refused."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


_NUMBERS = itertools.count(random.SystemRandom().randrange(len(PORTS)))  # processes start at different ports


def free_port() -> int:
    """A loopback port on which nothing listens, another one at each call."""
    for number in _NUMBERS:
        port = PORTS[number % len(PORTS)]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("never reached: the numbers do not end")
