"""The database: transactions for reading (`read`) and writing (`write`).

`.commit(` appears here and nowhere else; the group commit's transactions end with their blocks. A write is
committed before `write` returns, hence before any answer that reports it can leave
(`docs/decisions/0003-commit-before-the-answer.md`).
"""

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import psycopg
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session, SQLModel

from app.core.audit import chain
from app.core.audit.views import Views
from app.core.config import THREADS
from app.core.desk_log import DeskLog, Entry, log_access
from app.core.errors import CodedError, Unavailable
from app.core.id_key.stored import KEY_FILE, find_file
from app.core.sql import snapshot
from app.core.sql.engine import SPARE, create
from app.core.sql.group_commit import GroupCommit
from app.core.types import R

A = TypeVar("A")
T = TypeVar("T")

ATTEMPTS = 6  # of one write
# SQLSTATEs: serialization failure, deadlock, lock timeout
_TRANSIENT_STATES = {"40001", "40P01", "55P03"}
# SQLSTATE classes: data exception, integrity constraint violation
_DATA_CLASSES = {"22", "23"}


class Reads(Protocol):
    """A database, or whatever chooses one for each read."""

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one consistent snapshot. Raises `Unavailable`, and what `work` raises."""
        ...


class BatchModel:
    """Base of every model whose rows a `Batch` can hold, for code that serves any of them."""


class RowOf(BatchModel, Generic[R]):
    """Base of a model whose rows are of type `R` in a `Batch`: a `TypedDict` declared beside the model.

    With `class Visit(FeedRow, RowOf[VisitValues], table=True)`, `batch.get(Visit, id)` is a `VisitValues` or
    None.
    """


@dataclass(frozen=True)
class _Answer(Generic[A]):
    """What a read returned, or the error that it raised."""

    value: A | None = None
    error: Exception | None = None


def table_of(model: type[SQLModel] | type[BatchModel]) -> Table:
    """The table of a model, for statements that are built from columns."""
    table: Table = model.__table__  # type: ignore[union-attr]
    return table


class Database:
    """An engine, with one method for reading and one for writing.

    One instance per process; `close` it when the process ends. `key_file` has the id key, if no row does.
    """

    def __init__(
        self, url: str, desk_log: DeskLog | None = None, threads: int = THREADS, key_file: Path | None = None
    ) -> None:
        """`threads`: how many may use it at a time. `views` has what was looked at and is not written yet."""
        self.engine = create(url, threads + SPARE)
        self.desk_log = desk_log
        self.views = Views()
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.engine.update_execution_options(**{KEY_FILE: find_file(key_file, self.engine.url)})
        self._reading = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader_engine = self.engine.execution_options(**self._reading)
        self._writer_engine = self.engine.execution_options(begin_immediate=True)
        # SQLite allows one writer; its own busy handler polls and starves threads, waiting here does not.
        self._group = GroupCommit(self._writer_engine, _ends_transaction) if self.is_sqlite else None

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one consistent snapshot; its changes are discarded.

        Raises `Unavailable` when the database itself fails, and what `work` raises.
        """
        try:
            with Session(
                self._reader_engine, expire_on_commit=False, autoflush=False, info=snapshot.remember()
            ) as session:
                try:
                    outcome = work(session)
                except CodedError:
                    self._end_read(session)
                    raise
                self._end_read(session)
                return outcome
        except DBAPIError as error:
            if not is_database_failure(error):
                raise
            raise Unavailable from error

    def _end_read(self, session: Session) -> None:
        """End the transaction of a read without writing anything.

        PostgreSQL: by a commit, because psycopg discards its prepared statements on a rollback. The session
        is emptied first and the transaction is read-only. SQLite's is not: closing rolls it back.
        """
        if not self.is_sqlite:
            session.expunge_all()
            session.commit()

    def write(self, work: Callable[[Session], T], *, is_shared: bool = False) -> T:
        """Run `work` in one transaction and commit it durably before returning.

        `is_shared`: with SQLite other writes that wait may be in the same transaction; for short writes.

        After a deadlock or a lock timeout the whole of `work` runs again, so it must not keep state between
        calls. The desk log's entries are written to its file after the commit. Raises `Unavailable` when the
        database itself fails, and what `work` raises.
        """
        return self._write(lambda: self._attempt(work, is_shared))

    def write_then_read(self, work: Callable[[Session], T], read: Callable[[Session, T], A]) -> A:
        """Run `work` as a shared `write`, and `read` with what `work` returned; return what `read` returns.

        One visit to the database. SQLite: `read` runs at the end of the transaction. PostgreSQL: after the
        commit, on the same connection and one snapshot, so that nobody's lock waits for it. It must change
        nothing. What it raises is raised after the commit and undoes nothing. Otherwise as `write`.
        """
        answer = self._write(lambda: self._attempt_then_read(work, read))
        if isinstance(answer.error, DBAPIError) and is_database_failure(answer.error):
            raise Unavailable from answer.error
        if answer.error is not None:
            raise answer.error
        return answer.value  # type: ignore[return-value]

    def _write(self, attempt: Callable[[], tuple[T, list[Entry]]]) -> T:
        """Attempt a transaction until it is committed; then write its entries to the desk log."""
        for number in range(ATTEMPTS):
            try:
                outcome, entries = attempt()
            except DBAPIError as error:
                if not is_database_failure(error):
                    raise
                if number == ATTEMPTS - 1 or not _is_transient(error):
                    raise Unavailable from error
                time.sleep(random.uniform(0, 0.02 * 2**number))
                continue
            log_access(entries)
            if self.desk_log:
                self.desk_log.append(entries)
            return outcome
        raise AssertionError("unreachable")

    def probe(self) -> None:
        """Check that the database can be written: update a row to its own values. Raises `Unavailable`.

        Does nothing while another thread is writing: that shows that the database can be written.
        """
        if self._group and self._group.is_busy:
            return
        try:
            self._attempt(_rewrite_epoch)
        except DBAPIError as error:
            if not _is_transient(error):
                raise Unavailable from error

    def _attempt(self, work: Callable[[Session], T], is_shared: bool = False) -> tuple[T, list[Entry]]:
        if self._group:
            return self._group.run(
                lambda session: (work(session), chain.store_pending(session)), is_shared=is_shared
            )
        with Session(self._writer_engine, expire_on_commit=False, autoflush=False) as session:
            outcome = work(session)
            entries = chain.store_pending(session)
            session.commit()
            return outcome, entries

    def _attempt_then_read(
        self, work: Callable[[Session], T], read: Callable[[Session, T], A]
    ) -> tuple[_Answer[A], list[Entry]]:
        if self._group:
            return self._group.run(lambda session: _work_then_read(session, work, read), is_shared=True)
        with self._writer_engine.connect() as connection:
            with _session(connection) as session:
                outcome = work(session)
                entries = chain.store_pending(session)
                session.commit()
            snapshot = connection.execution_options(**self._reading)
            try:
                with _session(snapshot) as session:
                    answer = _Answer(read(session, outcome))
                    self._end_read(session)
            except Exception as error:
                answer = _Answer(error=error)
            return answer, entries

    def rewrite_log(self) -> None:
        """Write SQLite's log into the file and empty it, so that neither has what was overwritten. What
        readers hold up for a second stays until the log is written anew. Nothing with PostgreSQL."""
        if not self.is_sqlite:
            return
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None, "it is connected"
            raw.execute("PRAGMA busy_timeout=1000")
            with suppress(sqlite3.Error):  # the erasure is committed: a full disk leaves the log as it is
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("PRAGMA busy_timeout=10000")

    def observe_waits(self, observe: Callable[[float], None]) -> None:
        """Have `observe` get the seconds that each write waits for SQLite's one writer."""
        if self._group:
            self._group.observe_wait = observe

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _session(connection: Connection) -> Session:
    return Session(connection, expire_on_commit=False, autoflush=False)


def _work_then_read(
    session: Session, work: Callable[[Session], T], read: Callable[[Session, T], A]
) -> tuple[_Answer[A], list[Entry]]:
    """Both in one transaction. An error of `read` is kept, unless it may have ended the transaction."""
    outcome = work(session)
    entries = chain.store_pending(session)
    session.flush()
    try:
        answer = _Answer(read(session, outcome))
    except Exception as error:
        if _ends_transaction(error):
            raise
        answer = _Answer(error=error)
    return answer, entries


def _rewrite_epoch(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = '1s'"))
    session.execute(text("UPDATE server_epoch SET version_floor = version_floor"))


def error_code(error: BaseException | None) -> str:
    """The database's own code: a SQLSTATE (*53100*), SQLite's name (*SQLITE_FULL*), or an empty string."""
    orig = getattr(error, "orig", None)
    return getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None) or ""


def is_database_failure(error: DBAPIError) -> bool:
    """Whether the database failed (lost, full, locked, read-only), rather than the data being refused.

    Without a SQLSTATE (SQLite, or an error of the driver itself) the class of the exception decides.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return not isinstance(error, (IntegrityError, DataError))
    return state[:2] not in _DATA_CLASSES and not _is_refused_copy(error.orig)


def _is_refused_copy(error: BaseException | None) -> bool:
    """Whether a machine of Citus has refused rows. It inserts many by COPY, and passes the message and the
    detail of its error on, but not the SQLSTATE (`ReportCopyError`)."""
    if not isinstance(error, psycopg.Error):
        return False
    return error.diag.source_function == "ReportCopyError" and error.diag.message_detail is not None


def _ends_transaction(error: BaseException) -> bool:
    """Whether SQLite may have rolled back the whole transaction: full disk, I/O error, and the like
    (sqlite.org/lang_transaction.html)."""
    return isinstance(error, DBAPIError) and is_database_failure(error)


def _is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is run again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _TRANSIENT_STATES or "database is locked" in str(error.orig)
