"""What a request costs, counted: the same at every run, on every machine.

Calls are those of Python functions of the app and its libraries, in the threads that answer; what waits or
hands over between threads (asyncio, anyio, threading) is left out, because how often it does depends on time.
Steps are the instructions of SQLite's virtual machine.
"""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from tests.shared import one_event_loop

_STEP = 10  # instructions that are counted at once
_LIBRARY = str(Path(threading.__file__).parent)
_OUTSIDE = ("/anyio/", "/starlette/testclient", "/httpx2/", "/httpx/", "/tests/")
_WAITING = ("asyncio", "threading.py", "concurrent", "selectors.py", "queue.py", "weakref.py", "socket.py")


@dataclass(frozen=True)
class Cost:
    """Function calls, SQL statements, instructions of SQLite, and bytes of the answer, uncompressed."""

    calls: int
    statements: int
    steps: int
    bytes: int

    def figures(self) -> dict[str, int]:
        return asdict(self)


class Counter:
    """Counts while `counting`; made before the threads that answer."""

    def __init__(self) -> None:
        self._is_counting = False
        self._calls = self._statements = self._steps = 0
        self._is_counted: dict[str, bool] = {}

    @contextmanager
    def installed(self, engine: Engine) -> Iterator[None]:
        """Sees the statements of the engine, and the calls in threads that begin meanwhile: those of an event
        loop of its own."""
        threading.setprofile(self._note)
        event.listen(engine, "before_cursor_execute", self._begin)
        try:
            with one_event_loop():
                yield
        finally:
            event.remove(engine, "before_cursor_execute", self._begin)
            threading.setprofile(None)

    def cost(self, ask: Callable[[], Any]) -> Cost:
        """What `ask`, which returns an HTTP response, costs the server."""
        gc.collect()
        gc.disable()
        self._calls = self._statements = self._steps = 0
        self._is_counting = True
        try:
            answer = ask()
        finally:
            self._is_counting = False
            gc.enable()
        assert answer.status_code in (200, 303), answer.text[:300]
        return Cost(self._calls, self._statements, self._steps, len(answer.content))

    def _note(self, frame: FrameType, kind: str, _argument: object) -> None:
        if kind == "call" and self._is_counting:
            name = frame.f_code.co_filename
            counted = self._is_counted.get(name)
            if counted is None:
                counted = self._is_counted[name] = _is_counted(name)
            self._calls += counted

    def _begin(self, connection: Any, *_rest: object) -> None:
        self._statements += 1
        connection.connection.driver_connection.set_progress_handler(self._step, _STEP)

    def _step(self) -> None:
        self._steps += _STEP


def _is_counted(name: str) -> bool:
    if any(part in name for part in _OUTSIDE):
        return False
    is_library = name.startswith(_LIBRARY) and "site-packages" not in name
    return not (is_library and name[len(_LIBRARY) + 1 :].startswith(_WAITING))
