"""The database: two doors, `read` and `write`, and the feed that numbers every change.

`.commit(` appears here and nowhere else. A write is committed before `write` returns, hence before
any answer that reports it can leave (`docs/decisions/0003-commit-before-the-answer.md`).
"""

import random
import threading
import time
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer, bindparam, event, inspect, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Field, Session, SQLModel

from app.core.desk_log import DeskLog, Entry, log_access, noted
from app.core.engine import create
from app.core.errors import Fault, Unavailable
from app.core.prepared import Prepared

T = TypeVar("T")

ATTEMPTS = 6
# Versions start above a restore's time in seconds, which outgrows four bytes in 2038.
VersionNumber = BigInteger().with_variant(Integer(), "sqlite")
COMMUNE_WIDE = ""  # the hamlet of a row that every phone of the commune has
# serialization failure, deadlock, lock timeout
_PASSING_STATES = {"40001", "40P01", "55P03"}
# data exception, integrity constraint violation
_CLASSES_OF_THE_DATA = {"22", "23"}


class FeedCounter(SQLModel, table=True):
    """The number of a commune's newest change. Its row is locked until the transaction ends, so that
    whoever reads up to `head` misses nothing (measured: identity columns lose rows behind a cursor)."""

    __tablename__ = "feed_counter"

    commune_id: str = Field(primary_key=True)
    head: int = Field(default=0, sa_type=BigInteger)


class FeedRow(SQLModel):
    """A row that phones copy; `feed_seq` is set by `feed()` only."""

    feed_seq: int = Field(sa_type=BigInteger, nullable=False)


class Gone(FeedRow, table=True):
    """A row that left a hamlet's feed: withdrawn, moved or merged. Of kind `operation` or `accepted`: what
    was kept apart is dropped, or taken in; only the phones of its author (`account_id`) hear of it."""

    __tablename__ = "gone"

    commune_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    moved_to: str | None = None
    account_id: str | None = None


class ServerEpoch(SQLModel, table=True):
    """One row: which history this database tells. A restore begins a new epoch.

    `floor`: the restore's time in seconds, or more where the clock was behind the numbers given before; 0
    before the first. Versions given out in this history are above it, those of every earlier history are
    not, so that a number never means two things.
    `mode`: the one in which the database was begun (`Settings.mode`); the two are never mixed.
    """

    __tablename__ = "server_epoch"

    id: int = Field(primary_key=True)
    epoch: str
    floor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    mode: str | None = None


@dataclass(frozen=True)
class History:
    """Which history a database tells: its `epoch`, and the `floor` of its version numbers."""

    epoch: str
    floor: int = 0

    def next_version(self, version: int) -> int:
        """The number of a new write upon `version`."""
        return max(version, self.floor) + 1


_EPOCH: Any = ServerEpoch.__table__  # type: ignore[attr-defined]
_HISTORY = Prepared(select(_EPOCH.c.epoch, _EPOCH.c.floor))
_COUNTER: Any = FeedCounter.__table__  # type: ignore[attr-defined]
_STEP = Prepared(
    update(_COUNTER)
    .where(_COUNTER.c.commune_id == bindparam("commune_id"))
    .values(head=_COUNTER.c.head + bindparam("count"))
    .returning(_COUNTER.c.head)
)


def feed(session: Session, commune_id: str, rows: Sequence[FeedRow | MutableMapping[str, Any]]) -> None:
    """Number `rows` as the commune's newest changes, in their order.

    Call it last in a transaction, communes in ascending order: the counter's row stays locked until
    the commit. `rows` are model instances or the dictionaries of a set-based insert.
    """
    if not rows:
        return
    (counter,) = _STEP.rows(session, commune_id=commune_id, count=len(rows))
    head: int = counter["head"]
    for number, row in enumerate(rows, start=head - len(rows) + 1):
        if isinstance(row, FeedRow):
            row.feed_seq = number
        else:
            row["feed_seq"] = number


def history_of(session: Session) -> History:
    """Which history this database tells."""
    (row,) = _HISTORY.rows(session)
    return History(**row)


def lock_feed(session: Session, commune_id: str) -> None:
    """Take the commune's counter before its time, until the transaction ends: nobody else numbers a row."""
    _STEP.rows(session, commune_id=commune_id, count=0)


def feed_head(session: Session, commune_id: str) -> int:
    """The number of the commune's newest change as this transaction sees it; 0 before the first."""
    counter = session.get(FeedCounter, commune_id)
    return counter.head if counter else 0


class Database:
    """An engine and its two doors. One instance per process; `close` when the process ends."""

    def __init__(self, url: str, desk_log: DeskLog | None = None) -> None:
        self.engine = create(url)
        self.desk_log = desk_log
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; waiting here costs nothing, its own busy handler sleeps and starves.
        self._one_writer = threading.Lock()
        self._writer: AbstractContextManager[Any] = self._one_writer if self.is_sqlite else nullcontext()
        reading = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader_engine = self.engine.execution_options(**reading)
        self._writer_engine = self.engine.execution_options(begin_immediate=True)

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one consistent snapshot; nothing it changes is kept. Raises `Unavailable`."""
        try:
            with Session(self._reader_engine, expire_on_commit=False, autoflush=False) as session:
                try:
                    outcome = work(session)
                except Fault:
                    self._end_reading(session)
                    raise
                self._end_reading(session)
                return outcome
        except DBAPIError as error:
            if not is_servers_fault(error):
                raise
            raise Unavailable from error

    def _end_reading(self, session: Session) -> None:
        """psycopg forgets its prepared statements on a rollback, hence a commit; of nothing, since the
        session holds nothing any more and the transaction is read-only. SQLite's is not: rolled back."""
        if not self.is_sqlite:
            session.expunge_all()
            session.commit()

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction and commit it durably before returning.

        Deadlocks and lock time-outs run the whole of `work` again; it must hold no state of its own.
        Raises `Unavailable` when the database itself is in trouble.
        """
        for attempt in range(ATTEMPTS):
            try:
                outcome, noted = self._once(work)
            except DBAPIError as error:
                if not is_servers_fault(error):
                    raise
                if attempt == ATTEMPTS - 1 or not _is_passing(error):
                    raise Unavailable from error
                time.sleep(random.uniform(0, 0.02 * 2**attempt))
                continue
            log_access(noted)
            if self.desk_log:
                self.desk_log.append(noted)
            return outcome
        raise AssertionError("unreachable")

    def probe(self) -> None:
        """Write a row as it is and commit it: nothing grows. Raises `Unavailable` if that cannot be done.

        Where somebody else is writing, that is proof enough.
        """
        if self._one_writer.locked():
            return
        try:
            self._once(_write_anew)
        except DBAPIError as error:
            if not _is_passing(error):
                raise Unavailable from error

    def _once(self, work: Callable[[Session], T]) -> tuple[T, list[Entry]]:
        with self._writer, Session(self._writer_engine, expire_on_commit=False, autoflush=False) as session:
            outcome = work(session)
            session.commit()
            return outcome, noted(session)

    def close(self) -> None:
        self.engine.dispose()


def _write_anew(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = '1s'"))
    session.execute(update(_EPOCH).values(floor=_EPOCH.c.floor))


def error_code(error: BaseException | None) -> str:
    """What the database calls it: a SQLSTATE (*53100*), SQLite's name (*SQLITE_FULL*), or nothing."""
    orig = getattr(error, "orig", None)
    return getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None) or ""


def is_servers_fault(error: DBAPIError) -> bool:
    """Whether the database is in trouble (lost, full, locked, read-only), not what it was asked to store.

    A database without SQLSTATEs, or a driver that refuses by itself, says by its class what is wrong.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return not isinstance(error, (IntegrityError, DataError))
    return state[:2] not in _CLASSES_OF_THE_DATA


def _is_passing(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed if it is simply run again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _PASSING_STATES or "database is locked" in str(error.orig)


@event.listens_for(Session, "before_flush")
def _every_change_is_fed(session: Session, _context: UOWTransaction, _instances: Iterable[Any]) -> None:
    """A feed row changed without `feed()` would never reach a phone: refuse it here, for every door."""
    for row in [*session.new, *session.dirty]:
        unfed = isinstance(row, FeedRow) and not inspect(row).attrs.feed_seq.history.added
        if unfed and session.is_modified(row):
            raise RuntimeError(f"{type(row).__name__} changed without core.db.feed()")
