"""/healthz says whether the database can be written, without storing anything and with few checks."""

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
from app.upkeep.migrations import upgrade
from app.web.monitoring.health import FRESH, MAX_AGE, Health
from tests.cli.test_disk import fill
from tests.core.test_read_only import read_only

FINE = {"status": "ok", "version": __version__}


class Timer:
    """The clock of `Health`, in seconds, which the test advances."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def writes(app: FastAPI) -> Iterator[list[str]]:
    """The commits of this process from now on."""
    found: list[str] = []
    engine = app.state.database.engine

    def note(_connection: Any) -> None:
        found.append("commit")

    event.listen(engine, "commit", note)
    yield found
    event.remove(engine, "commit", note)


def test_read_only_database_is_unavailable_until_it_can_be_written(
    client: TestClient, app: FastAPI, timer: Timer
) -> None:
    app.state.health = Health(app.state.database, timer)
    with read_only(app):
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    timer.now += FRESH
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, FINE)


def test_full_disk_is_unavailable_until_there_is_space(small_disk: Path, timer: Timer) -> None:
    settings = Settings(database_url=f"sqlite:///{small_disk / 'a.sqlite3'}", data_dir=small_disk)
    app = create_app(settings)
    upgrade(app.state.database)
    app.state.health = Health(app.state.database, timer)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    assert client.get("/healthz").status_code == 200
    ballast = fill(small_disk)
    timer.now += FRESH
    assert client.get("/healthz").status_code == 503
    ballast.unlink()
    timer.now += FRESH
    assert client.get("/healthz").status_code == 200
    app.state.database.close()


def test_many_requests_cause_one_check_of_the_database(
    client: TestClient, app: FastAPI, timer: Timer, writes: list[str]
) -> None:
    app.state.health = Health(app.state.database, timer)
    for _ in range(30):
        assert client.get("/healthz").status_code == 200
    assert len(writes) == 1
    timer.now += FRESH
    client.get("/healthz")
    assert len(writes) == 2


def test_checks_do_not_make_the_database_grow(database: Database) -> None:
    def size() -> int:
        pages = "PRAGMA page_count" if database.is_sqlite else "SELECT pg_relation_size('server_epoch')"
        return int(database.read(lambda session: session.execute(text(pages)).scalar_one()))

    database.probe()
    before = size()
    for _ in range(50):
        database.probe()
    assert size() == before


def test_database_that_another_thread_writes_is_not_checked(database: Database, timer: Timer) -> None:
    """A long import holds SQLite's write lock and, in PostgreSQL, may hold the row that the probe updates."""
    health = Health(database, timer)
    holding, done = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        session.execute(text("UPDATE server_epoch SET version_floor = version_floor"))
        holding.set()
        done.wait(30)

    writer = threading.Thread(target=database.write, args=(hold,))
    writer.start()
    assert holding.wait(30)
    assert health.is_fine()
    done.set()
    writer.join()


def test_nobody_waits_for_a_running_check_and_an_old_result_expires(database: Database, timer: Timer) -> None:
    looking, done = threading.Event(), threading.Event()

    class Slow(Database):
        def probe(self) -> None:
            looking.set()
            done.wait(30)

    slow = Slow(str(database.engine.url.render_as_string(hide_password=False)))
    health = Health(slow, timer)
    done.set()
    assert health.is_fine()
    looking.clear()
    done.clear()
    timer.now += FRESH
    first = threading.Thread(target=health.is_fine)
    first.start()
    assert looking.wait(30)
    assert health.is_fine()
    timer.now += MAX_AGE
    assert not health.is_fine()
    done.set()
    first.join()
    slow.close()
