"""What a test may ask of a browser, and how a thing is found by the words on the screen."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

WAIT = 15.0
"""Seconds until something on the screen is given up."""
ANSWER = 30.0
"""Seconds until the browser itself is."""
PAUSE = 0.04
SIZE = (360, 640)
Element = Any
"""Whatever the engine calls one element of the page."""

T = TypeVar("T")

_FINDER = (Path(__file__).parent / "words.js").read_text("utf-8")
WORDS = f"return {_FINDER.strip()}(...arguments)"
"""For `find`: an element by kind, words, and whether they are only its beginning."""


class RefusedError(Exception):
    """The browser could not do what it was asked."""


class Client(Protocol):
    """One tab. `run` takes the body of a function; `find` runs one that returns an element or null."""

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
        """Another tab of the same browser; from then on both can be asked in turn."""
        ...

    def kill(self) -> None:
        """As when the battery is taken out: nobody gets a word."""
        ...


def wait_for(look: Callable[[], T | None], what: str, seconds: float = WAIT) -> T:
    """What `look` sees, as soon as it sees something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(PAUSE)
    raise AssertionError(f"not seen in {seconds:.0f} s: {what}")


def start(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process at the head of a group of its own, which `end` ends."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            command, env=os.environ | environment, stdout=stream, stderr=stream, start_new_session=True
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and all it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
