"""A limit of what is in progress, of which one network address may use a part."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.errors import Busy


class ActiveLimit:
    """At most `total` at once, and `of_address` of one network address."""

    def __init__(self, total: int, of_address: int) -> None:
        self.total, self.of_address = total, of_address
        self._lock = threading.Lock()
        self._active: Counter[str] = Counter()

    @contextmanager
    def slot(self, address: str) -> Iterator[None]:
        """One place for the time of the block. Raises `Busy` if there is none."""
        with self._lock:
            if self._active.total() >= self.total or self._active[address] >= self.of_address:
                raise Busy
            self._active[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._active[address] -= 1
                self._active += Counter()  # drops those at zero
