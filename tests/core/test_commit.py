"""A result is sent after its commit; the number of statements is constant; a refused row stops no other."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import select

from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.conftest import NOW, FakeClock
from tests.phone import Phone, new_id
from tests.world import World, add_households


def test_row_is_visible_to_another_connection_when_the_answer_starts(
    lan: Phone, world: World, app: FastAPI, database_url: str
) -> None:
    """Raw ASGI: at `http.response.start`, before a byte has left, a second connection finds the visit."""
    op = lan.visit(world.duc)
    second = Database(database_url)
    seen: list[bool] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.append(await asyncio.to_thread(exists, second, op["data"]["id"]))

    asyncio.run(call(app, lan, op, send))
    second.close()
    assert seen == [True]


def test_statements_of_an_exchange_do_not_grow_with_its_length(
    lan: Phone, world: World, app: FastAPI
) -> None:
    few = [lan.visit(world.duc) for _ in range(2)]
    # Two a day: a day that has a flag takes one statement more.
    days = [wire_time(NOW - timedelta(days=1 + n // 2)) for n in range(100)]
    many = [lan.visit(world.duc) | {"at": at} for at in days]
    # The device's next number is known in both cases, and both have an earlier visit on one of their days.
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc) | {"at": days[0]})
    with _statements(app) as of_few:
        lan.exchange(*few)
    with _statements(app) as of_many:
        lan.exchange(*many)
    assert len(of_many) == len(of_few)


def test_statements_of_a_pull_do_not_grow_with_the_list(
    lan: Phone, world: World, app: FastAPI, database: Database
) -> None:
    lan.exchange()  # so that its cookie is known in both cases
    lan.state = {}
    with _statements(app) as short_list:
        lan.exchange()
    add_households(database, world, 500)
    lan.state = {}
    with _statements(app) as long_list:
        lan.exchange()
    assert len(long_list) == len(short_list)


def test_row_that_the_database_refuses_does_not_delay_the_others(
    lan: Phone, world: World, app: FastAPI, clock: FakeClock
) -> None:
    """The set fails as a whole and is rolled back; then its operations are applied one by one."""
    good, bad, last = lan.visit(world.duc), lan.visit(world.duc, note="hỏng"), lan.visit(world.mai)
    with refusing(app, "hỏng"):
        statuses = lan.statuses(good, bad, last)
        assert statuses == ["applied", "retry", "applied"]
        for _ in range(4):
            lan.exchange(bad)
        result = lan.exchange(bad)["results"][0]
        assert (result["status"], result["code"]) == ("quarantined", "unappliable")
    assert lan.statuses(bad) == ["quarantined"], "it waits for a decision: a repeat does not apply it"


def test_a_waiting_visit_is_applied_though_another_row_of_the_set_was_refused(
    lan: Phone, world: World, app: FastAPI
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    early, bad = lan.visit(household["id"]), lan.visit(world.duc, note="hỏng")
    assert lan.statuses(early) == ["quarantined"]
    with refusing(app, "hỏng"):
        assert lan.statuses(lan.op("household.add", household), bad) == ["applied", "retry"]
    assert lan.statuses(early) == ["duplicate"]


def test_database_failure_is_answered_503_and_rejects_nothing(lan: Phone, world: World, app: FastAPI) -> None:
    """A full disk: 503 with Retry-After and nothing rejected; the queue is applied once there is space."""
    ops = [lan.visit(world.duc, note="Nhà có người lớn tuổi. " * 20) for _ in range(100)]
    with _full_disk(app):
        for _ in range(6):
            answer = lan.send(*ops)
            assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
            assert answer.headers["retry-after"] == "30"
    assert set(lan.statuses(*ops)) == {"applied"}


def exists(database: Database, visit_id: str) -> bool:
    return (
        database.read(lambda session: session.exec(select(Visit).where(Visit.id == visit_id)).first())
        is not None
    )


async def call(app: FastAPI, phone: Phone, op: dict[str, Any], send: Callable[..., Any]) -> None:
    sent_at = op["at"]
    body = json.dumps({"proto": 1, "device_id": phone.device_id, "sent_at": sent_at, "ops": [op]}).encode()
    cookie = f"device={phone.client.cookies['device']}".encode()
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"cookie", cookie),
        (b"sec-fetch-site", b"same-origin"),
        (b"content-type", b"application/json"),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/v1/sync",
        "raw_path": b"/api/v1/sync",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    await app(scope, receive, send)


@contextmanager
def _statements(app: FastAPI) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = app.state.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def refusing(app: FastAPI, word: str, column: str = "visit.note") -> Iterator[None]:
    """The database refuses every visit whose note is `word`, as a constraint of its own would; or rows of
    another table by another column."""
    table, name = column.split(".")
    database: Database = app.state.database
    with database.engine.begin() as connection:
        for statement in _forbid(word, database.is_sqlite, table, name):
            connection.exec_driver_sql(statement)
    yield
    with database.engine.begin() as connection:
        drop = "DROP TRIGGER forbid" if database.is_sqlite else f"DROP TRIGGER forbid ON {table}"
        connection.exec_driver_sql(drop)


def _forbid(word: str, sqlite: bool, table: str, column: str) -> list[str]:
    if sqlite:
        return [
            f"CREATE TRIGGER forbid BEFORE INSERT ON {table} WHEN NEW.{column} = '{word}' "
            "BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.{column} = '{word}' "
        "THEN RAISE check_violation; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER forbid BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION forbid()",
    ]


@contextmanager
def _full_disk(app: FastAPI) -> Iterator[None]:
    """SQLite may not grow by a page; PostgreSQL raises the error of a full disk."""
    database: Database = app.state.database
    if database.is_sqlite:
        with database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

        def limit(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        event.listen(database.engine, "begin", limit)
        yield
        event.remove(database.engine, "begin", limit)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
        database.engine.dispose()
        return
    with database.engine.begin() as connection:
        for statement in (
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION full_disk()",
        ):
            connection.exec_driver_sql(statement)
    yield
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full_disk ON visit")
