"""Group commit: writes that wait for SQLite's one writer share a transaction, and its flush to the disk.

A transaction of many small writes costs one flush instead of many. Every write has a savepoint of its own:
one that fails is rolled back alone. Each caller goes on only after the commit that has its write. PostgreSQL
does the same by itself (`docs/decisions/0003-commit-before-the-answer.md`).
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from app.core.sql.savepoint import savepoint

T = TypeVar("T")

# Once the writes of a transaction have taken so many seconds, it takes no further one: the first callers do
# not wait much longer for the others than a flush takes.
MAX_SECONDS = 0.2


@dataclass(eq=False)
class _Write(Generic[T]):
    """One caller's write: a function, its outcome or error, and whether it is committed or has failed."""

    work: Callable[[Session], T]
    is_shared: bool
    turn: threading.Event = field(default_factory=threading.Event)
    outcome: T | None = None
    error: BaseException | None = None
    is_done: bool = False

    def run(self, connection: Connection) -> None:
        """Run the function in a savepoint. An error is kept for its caller, and raised."""
        self.outcome = self.error = None
        try:
            with (
                Session(
                    connection, expire_on_commit=False, autoflush=False, join_transaction_mode="rollback_only"
                ) as session,
                savepoint(session, "write"),
            ):
                self.outcome = self.work(session)
                session.flush()
        except BaseException as error:
            self.error = error
            raise


class GroupCommit:
    """Runs the writes of all threads, one at a time; the thread that writes leads those waiting."""

    def __init__(self, engine: Engine, is_fatal: Callable[[BaseException], bool]) -> None:
        """`is_fatal`: whether an error of one write may have ended the transaction for all of them."""
        self._engine = engine
        self._is_fatal = is_fatal
        self._guard = threading.Lock()
        self._waiting: deque[_Write[object]] = deque()
        self._has_leader = False
        self.observe_wait: Callable[[float], None] = lambda _seconds: None

    @property
    def is_busy(self) -> bool:
        """Whether a thread is writing."""
        return self._has_leader

    def run(self, work: Callable[[Session], T], *, is_shared: bool = False) -> T:
        """Run `work` in a transaction, committed before this returns; raises what `work` raises.

        `is_shared`: other writes may be in the same transaction. Then `work` may run twice.
        """
        write: _Write[T] = _Write(work, is_shared)
        with self._guard:
            self._waiting.append(write)  # type: ignore[arg-type]
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            began = time.monotonic()
            write.turn.wait()
            self.observe_wait(time.monotonic() - began)
        if not write.is_done:
            self._lead()
        if write.error is not None:
            raise write.error
        return write.outcome  # type: ignore[return-value]

    def _lead(self) -> None:
        """Write what waits longest and what may be written with it; then the next in the queue leads."""
        with self._guard:
            group = [self._waiting.popleft()]
        try:
            self._write_together(group)
        except BaseException as error:
            self._after_failure(group, error)
        finally:
            for write in group:
                write.is_done = True
                write.turn.set()
            with self._guard:
                self._has_leader = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.set()

    def _write_together(self, group: list[_Write[object]]) -> None:
        """Commit the first write, and those that are added to the group meanwhile."""
        began = time.monotonic()
        with self._engine.connect() as connection, connection.begin() as transaction:
            next_write: _Write[object] | None = group[0]
            while next_write:
                try:
                    next_write.run(connection)
                except Exception as error:
                    # A flush of the session that fails rolls back the whole transaction.
                    if self._is_fatal(error) or not transaction.is_active:
                        raise
                if next_write := self._next(group[-1], began):
                    group.append(next_write)

    def _next(self, last: _Write[object], began: float) -> _Write[object] | None:
        """The next write of the transaction after `last`; None if it is to be committed now."""
        if not last.is_shared or time.monotonic() - began > MAX_SECONDS:
            return None
        with self._guard:
            is_fitting = self._waiting and self._waiting[0].is_shared
            return self._waiting.popleft() if is_fitting else None

    def _after_failure(self, group: list[_Write[object]], error: BaseException) -> None:
        """Nothing of the group was committed: its only write has failed, or each is written again, alone."""
        if len(group) == 1:
            group[0].error = error
            return
        for write in group:
            try:
                with self._engine.connect() as connection, connection.begin():
                    write.run(connection)
            except BaseException as own:
                write.error = own
