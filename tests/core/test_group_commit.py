"""Writes that wait for SQLite's one writer share a commit: all are durable before anybody is told so, and one
that fails takes no other with it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from app.commune.areas import Province
from app.core.db import Database
from app.core.errors import SignInRequired, Unavailable
from tests.faults.mutants import install

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Work = Callable[[Session], object]


class Writers:
    """Threads that write at once: the first holds the writer until the others wait."""

    def __init__(self, database: Database, pool: ThreadPoolExecutor) -> None:
        self.database = database
        self.commits: list[list[str]] = []  # before each: what another connection sees
        self.seen: list[list[str]] = []  # the same after each write has returned
        self._pool = pool
        event.listen(database.engine, "commit", lambda _connection: self.commits.append(self.rows()))

    def rows(self) -> list[str]:
        """What another connection sees."""
        with self.database.engine.connect() as connection:
            return [name for (name,) in connection.execute(text("SELECT name FROM note ORDER BY rowid"))]

    def write(self, *works: Work, is_shared: bool = True) -> list[Future[object]]:
        """Write all, in this order; they wait behind a write called *first*."""
        is_writing, may_end = threading.Event(), threading.Event()

        def first(session: Session) -> str:
            insert("first")(session)
            is_writing.set()
            assert may_end.wait(10)
            return "first"

        futures = [self._pool.submit(self._write, first, True)]
        assert is_writing.wait(10)
        group = self.database._group
        assert group
        for work in works:
            waiting = len(group._waiting)
            futures.append(self._pool.submit(self._write, work, is_shared))
            while len(group._waiting) == waiting:
                threading.Event().wait(0.001)
        may_end.set()
        return futures

    def _write(self, work: Work, is_shared: bool) -> object:
        outcome = self.database.write(work, is_shared=is_shared)
        self.seen.append(self.rows())
        return outcome


@pytest.fixture
def writers(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writers]:
    monkeypatch.setattr("app.core.sql.group_commit.MAX_SECONDS", 60)
    database.write(lambda session: session.execute(text("CREATE TABLE note (name TEXT UNIQUE)")))
    with ThreadPoolExecutor(8) as pool:
        yield Writers(database, pool)


def insert(name: str) -> Work:
    def work(session: Session) -> str:
        session.execute(text("INSERT INTO note VALUES (:name)"), {"name": name})
        return name

    return work


def refused(error: Exception) -> Work:
    """Write a row and raise."""

    def work(session: Session) -> None:
        insert("refused")(session)
        raise error

    return work


def test_writes_that_wait_are_committed_together_and_answered_afterwards(writers: Writers) -> None:
    futures = writers.write(insert("b"), insert("c"))
    assert [future.result(10) for future in futures] == ["first", "b", "c"]
    assert writers.seen == [["first", "b", "c"]] * 3
    assert writers.commits == [[]]


@pytest.mark.mutant
def test_answer_before_the_shared_commit_is_detected(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("answered_before_the_shared_commit", monkeypatch.setattr)
    with pytest.raises(AssertionError):
        test_writes_that_wait_are_committed_together_and_answered_afterwards(writers)


@pytest.mark.mutant
def test_write_without_a_savepoint_is_detected(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    install("no_savepoint", monkeypatch.setattr)
    with pytest.raises(AssertionError):
        test_write_that_fails_takes_no_other_with_it(writers, ValueError("mine"))


@pytest.mark.parametrize("error", [SignInRequired(), ValueError("mine")])
def test_write_that_fails_takes_no_other_with_it(writers: Writers, error: Exception) -> None:
    first, failing, last = writers.write(refused(error), insert("c"))
    assert failing.exception(10) is error
    assert (first.result(10), last.result(10)) == ("first", "c")
    assert writers.rows() == ["first", "c"]
    assert len(writers.commits) == 1


def test_data_that_the_database_refuses_takes_no_other_with_it(writers: Writers) -> None:
    first, failing, last = writers.write(insert("first"), insert("c"))
    assert isinstance(failing.exception(10), IntegrityError)
    assert (first.result(10), last.result(10)) == ("first", "c")
    assert writers.rows() == ["first", "c"]


def test_database_that_fails_during_a_write_loses_none_of_the_others(writers: Writers) -> None:
    def fills_the_disk(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        try:
            session.execute(text("INSERT INTO note VALUES (hex(zeroblob(1000000)))"))
        finally:
            session.execute(text("PRAGMA max_page_count = 1000000"))

    first, failing, last = writers.write(fills_the_disk, insert("c"))
    assert isinstance(failing.exception(10), Unavailable)
    assert (first.result(10), last.result(10)) == ("first", "c")
    assert writers.rows() == ["first", "c"]


def test_commit_that_fails_is_repeated_for_each_write_alone(writers: Writers) -> None:
    calls: list[object] = []

    def fail_once(_connection: object) -> None:
        calls.append(_connection)
        if len(calls) == 1:
            raise DBAPIError("COMMIT", None, Exception("disk I/O error"))

    event.listen(writers.database.engine, "commit", fail_once)
    futures = writers.write(insert("b"), insert("c"))
    assert [future.result(10) for future in futures] == ["first", "b", "c"]
    assert writers.rows() == ["first", "b", "c"]
    assert len(calls) == 4


def test_long_writes_are_committed_alone(writers: Writers) -> None:
    futures = writers.write(insert("b"), insert("c"), is_shared=False)
    assert [future.result(10) for future in futures] == ["first", "b", "c"]
    assert writers.commits == [[], ["first"], ["first", "b"]]


def test_transaction_that_has_taken_long_takes_no_further_write(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.sql.group_commit.MAX_SECONDS", 0)
    futures = writers.write(insert("b"))
    assert [future.result(10) for future in futures] == ["first", "b"]
    assert writers.commits == [[], ["first"]]


def test_database_that_is_locked_by_another_process_is_unavailable(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.db.ATTEMPTS", 1)
    with writers.database.engine.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
    blocker = Database(str(writers.database.engine.url))
    with blocker.engine.execution_options(begin_immediate=True).begin():
        writers.database.engine.dispose()
        event.listen(writers.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
        with pytest.raises(Unavailable):
            writers.database.write(insert("a"))
    assert writers.database.write(insert("b")) == "b"
    blocker.close()


def test_a_flush_that_fails_takes_no_other_write_with_it(writers: Writers) -> None:
    """It rolls back the session's whole transaction, which is everybody's."""

    def fail(session: Session) -> None:
        insert("failing")(session)
        session.add(Province(code="20", name="Lạng Sơn", kind="tỉnh"))
        session.flush()
        session.expunge_all()
        session.add(Province(code="20", name="Lạng Sơn", kind="tỉnh"))
        session.flush()

    first, failing, last = writers.write(fail, insert("last"))
    assert [first.result(10), last.result(10)] == ["first", "last"]
    assert isinstance(failing.exception(10), IntegrityError)
    assert writers.rows() == ["first", "last"]
