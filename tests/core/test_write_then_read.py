"""`Database.write_then_read`: the answer to a write knows what was written, and cannot undo it."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import NotFound, Unavailable
from tests.faults.mutants import install
from tests.phone import Phone
from tests.world import World


@pytest.fixture
def notes(database: Database) -> Callable[[], list[str]]:
    """What another connection sees in a table that the tests write."""
    database.write(lambda session: session.execute(text("CREATE TABLE note (name TEXT UNIQUE)")))
    return lambda: database.read(names)


def insert(session: Session) -> str:
    session.execute(text("INSERT INTO note VALUES ('a')"))
    return "outcome"


def names(session: Session) -> list[str]:
    return [name for (name,) in session.execute(text("SELECT name FROM note"))]


def test_read_sees_the_write_and_gets_its_outcome(database: Database, notes: Callable[[], list[str]]) -> None:
    answer = database.write_then_read(insert, lambda session, outcome: (outcome, names(session)))
    assert answer == ("outcome", ["a"])
    assert notes() == ["a"]


@pytest.mark.parametrize("error", [NotFound(), ValueError("mine")])
def test_read_that_fails_undoes_nothing(
    database: Database, notes: Callable[[], list[str]], error: Exception
) -> None:
    def fail(_session: Session, _outcome: str) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        database.write_then_read(insert, fail)
    assert raised.value is error
    assert notes() == ["a"]


@pytest.mark.mutant
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_answer_that_undoes_its_push_is_detected(
    database: Database, notes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("failed_answer_undoes_the_push", monkeypatch.setattr)
    with pytest.raises(AssertionError):
        test_read_that_fails_undoes_nothing(database, notes, ValueError("mine"))


def test_database_that_fails_during_the_read_is_unavailable_and_works_again(
    database: Database, notes: Callable[[], list[str]]
) -> None:
    """Perhaps after the commit (PostgreSQL), perhaps with nothing committed (SQLite may have rolled back)."""

    def lose(session: Session, _outcome: str) -> None:
        session.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(Unavailable):
        database.write_then_read(insert, lose)
    database.write(lambda session: session.execute(text("DELETE FROM note")))
    assert database.write_then_read(insert, lambda session, _outcome: names(session)) == ["a"]
    assert notes() == ["a"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_read_is_one_snapshot_that_writes_nothing_and_leaves_the_connection_as_it_was(
    database: Database, notes: Callable[[], list[str]]
) -> None:
    def level(session: Session, _outcome: str = "") -> str:
        return str(session.execute(text("SHOW transaction_isolation")).scalar_one())

    def change(session: Session, _outcome: str) -> None:
        session.execute(text("DELETE FROM note"))

    assert database.write_then_read(insert, level) == "repeatable read"
    with pytest.raises(Unavailable):
        database.write_then_read(lambda _session: "", change)
    assert notes() == ["a"]
    assert database.write(level) == "read committed"


def test_an_exchange_visits_the_database_once(lan: Phone, world: World, app: FastAPI) -> None:
    """However it ends: with operations, without, or refused."""
    lan.exchange()  # from here on the app knows its cookie
    visits: list[str] = []
    event.listen(app.state.database.engine, "checkout", lambda *_: visits.append("one"))
    assert lan.statuses(lan.visit(world.duc)) == ["applied"]
    assert lan.exchange()["changes"]["visit"] == []
    assert lan.send(lan.visit(world.duc), device_id="another").status_code == 401
    assert len(visits) == 3
