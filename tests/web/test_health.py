"""/healthz says whether something could be stored, without storing anything and without asking often."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlmodel import Session

from app import __version__
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.migrations import upgrade
from app.web.health import KEPT, OLDEST, Health
from tests.sync.test_read_only import read_only
from tests.web.test_cli_disk import fill

FINE = {"status": "ok", "version": __version__}


class Clock:
    """Seconds, moved by the test."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Clock:
    return Clock()


@pytest.fixture
def writes(app: FastAPI) -> Iterator[list[str]]:
    """The commits that a process makes from here on."""
    found: list[str] = []
    engine = app.state.database.engine

    def note(_connection: Any) -> None:
        found.append("commit")

    event.listen(engine, "commit", note)
    yield found
    event.remove(engine, "commit", note)


def test_database_that_takes_no_writes_is_unavailable_and_then_well_again(
    client: TestClient, app: FastAPI, seconds: Clock
) -> None:
    app.state.health = Health(app.state.database, seconds)
    with read_only(app):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    seconds.now += KEPT
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, FINE)


def test_full_disk_is_unavailable_and_then_well_again(small_disk: Path, seconds: Clock) -> None:
    settings = Settings(database_url=f"sqlite:///{small_disk / 'a.sqlite3'}", data_dir=small_disk)
    app = create_app(settings)
    upgrade(app.state.database)
    app.state.health = Health(app.state.database, seconds)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    assert client.get("/healthz").status_code == 200
    ballast = fill(small_disk)
    seconds.now += KEPT
    assert client.get("/healthz").status_code == 503
    ballast.unlink()
    seconds.now += KEPT
    assert client.get("/healthz").status_code == 200
    app.state.database.close()


def test_however_many_ask_the_database_is_asked_once(
    client: TestClient, app: FastAPI, seconds: Clock, writes: list[str]
) -> None:
    app.state.health = Health(app.state.database, seconds)
    for _ in range(30):
        assert client.get("/healthz").status_code == 200
    assert len(writes) == 1
    seconds.now += KEPT
    client.get("/healthz")
    assert len(writes) == 2


def test_nothing_grows_by_it(database: Database) -> None:
    def size() -> int:
        pages = "PRAGMA page_count" if database.is_sqlite else "SELECT pg_relation_size('server_epoch')"
        return int(database.read(lambda session: session.execute(text(pages)).scalar_one()))

    database.probe()
    before = size()
    for _ in range(50):
        database.probe()
    assert size() == before


def test_somebody_who_writes_is_proof_enough(database: Database, seconds: Clock) -> None:
    """A long import holds SQLite's only place for a writer, and in PostgreSQL perhaps the very row."""
    health = Health(database, seconds)
    holding, done = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        session.execute(text("UPDATE server_epoch SET floor = floor"))
        holding.set()
        done.wait(30)

    writer = threading.Thread(target=database.write, args=(hold,))
    writer.start()
    assert holding.wait(30)
    assert health.is_fine()
    done.set()
    writer.join()


def test_nobody_waits_for_whoever_looks_and_an_old_answer_does_not_stand(
    database: Database, seconds: Clock
) -> None:
    looking, done = threading.Event(), threading.Event()

    class Slow(Database):
        def probe(self) -> None:
            looking.set()
            done.wait(30)

    slow = Slow(str(database.engine.url.render_as_string(hide_password=False)))
    health = Health(slow, seconds)
    done.set()
    assert health.is_fine()
    looking.clear()
    done.clear()
    seconds.now += KEPT
    first = threading.Thread(target=health.is_fine)
    first.start()
    assert looking.wait(30)
    assert health.is_fine()
    seconds.now += OLDEST
    assert not health.is_fine()
    done.set()
    first.join()
    slow.close()
