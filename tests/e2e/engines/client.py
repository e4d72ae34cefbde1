"""The interface of a browser, and how an element is found by the words on the screen."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

WAIT = 30.0
"""Seconds to wait for something on the screen."""
ANSWER = 60.0
"""Seconds to wait for an answer of the browser."""
PAUSE = 0.04
SIZE = (360, 640)
Element = Any
"""The engine's reference to an element of the page."""

T = TypeVar("T")

_FINDER = (Path(__file__).parent / "words.js").read_text("utf-8")
WORDS = f"return {_FINDER.strip()}(...arguments)"
"""For `find`: the element of a kind that has these words, or begins with them."""


class RefusedError(Exception):
    """The browser did not carry out a command."""


class Client(Protocol):
    """One tab. `run` takes the body of a function; `find` one that returns an element or null."""

    def open(self, url: str) -> None: ...
    def reload(self) -> None: ...
    def back(self) -> None: ...
    def forward(self) -> None: ...
    def run(self, script: str, *arguments: object) -> Any: ...
    def find(self, script: str, *arguments: object) -> Element | None: ...
    def click(self, element: Element) -> None: ...
    def type(self, element: Element, text: str) -> None: ...
    def picture(self, file: Path) -> None: ...
    def tab(self) -> "Client":
        """Open another tab of the same browser; both can be used in turn."""
        ...

    def kill(self) -> None:
        """Kill the browser with SIGKILL."""
        ...


def wait_for(look: Callable[[], T | None], what: str, seconds: float = WAIT) -> T:
    """The first result of `look` that is true. Raises AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(PAUSE)
    raise AssertionError(f"not found in {seconds:.0f} s: {what}")


def start(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in its own process group, which `end` kills."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            command, env=os.environ | environment, stdout=stream, stderr=stream, start_new_session=True
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
