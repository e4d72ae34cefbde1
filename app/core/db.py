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

from sqlalchemy import BigInteger, Engine, Integer, bindparam, create_engine, event, inspect, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Field, Session, SQLModel

from app.core.desk_log import DeskLog, Entry, log_access, noted
from app.core.errors import Unavailable
from app.core.prepared import Prepared

T = TypeVar("T")

POOL_SIZE = 40  # as many as Starlette's worker threads: a thread never waits for a connection
ATTEMPTS = 6
# Versions start above a restore's time in seconds, which outgrows four bytes in 2038.
VersionNumber = BigInteger().with_variant(Integer(), "sqlite")
COMMUNE_WIDE = ""  # the hamlet of a row that every phone of the commune has
# serialization failure, deadlock, lock timeout
_PASSING_STATES = {"40001", "40P01", "55P03"}


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

    `floor`: the restore's time in seconds; 0 before the first. Versions given out in this history are above
    it, those of every earlier history are not, so that a number never means two things.
    """

    __tablename__ = "server_epoch"

    id: int = Field(primary_key=True)
    epoch: str
    floor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


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
        self.engine = _engine(url)
        self.desk_log = desk_log
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; waiting here costs nothing, its own busy handler sleeps and starves.
        self._writer: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        reading = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader_engine = self.engine.execution_options(**reading)
        self._writer_engine = self.engine.execution_options(begin_immediate=True)

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one consistent snapshot; nothing it changes is kept. Raises `Unavailable`."""
        try:
            with Session(self._reader_engine, expire_on_commit=False, autoflush=False) as session:
                return work(session)
        except OperationalError as error:
            raise Unavailable from error

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

    def _once(self, work: Callable[[Session], T]) -> tuple[T, list[Entry]]:
        with self._writer, Session(self._writer_engine, expire_on_commit=False, autoflush=False) as session:
            outcome = work(session)
            session.commit()
            return outcome, noted(session)

    def close(self) -> None:
        self.engine.dispose()


def is_servers_fault(error: DBAPIError) -> bool:
    """Whether the database is in trouble (lost, full, locked), not what it was asked to store."""
    return isinstance(error, OperationalError) or _is_passing(error)


def _is_passing(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed if it is simply run again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _PASSING_STATES or "database is locked" in str(error.orig)


def _engine(url: str) -> Engine:
    # hide_parameters: an error message must not carry a household's name into a log.
    if not url.startswith("sqlite"):
        return create_engine(
            url, hide_parameters=True, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True
        )
    engine = create_engine(
        url, hide_parameters=True, pool_size=POOL_SIZE, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and lets savepoints escape a rollback: we begin ourselves.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@event.listens_for(Session, "before_flush")
def _every_change_is_fed(session: Session, _context: UOWTransaction, _instances: Iterable[Any]) -> None:
    """A feed row changed without `feed()` would never reach a phone: refuse it here, for every door."""
    for row in [*session.new, *session.dirty]:
        unfed = isinstance(row, FeedRow) and not inspect(row).attrs.feed_seq.history.added
        if unfed and session.is_modified(row):
            raise RuntimeError(f"{type(row).__name__} changed without core.db.feed()")
