"""Concurrent requests: copies of one push, a visit and its household, writers and readers."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.applying import held
from app.sync.wire.models import QuarantinedOperation
from tests.core.test_commit import call, exists
from tests.faults import mutants
from tests.faults.conftest import Phones, Serve
from tests.faults.fleet import is_complete
from tests.faults.mutants import install
from tests.phone import Phone, new_id
from tests.world import World

COPIES = 400
LOCKED_WAIT = 1.5  # seconds for which a lock holds the other transaction; any time would do
UNLOCKED_WAIT = 30  # seconds at most in which the other transaction ends if no lock holds it

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_400_copies_of_one_push_at_once_are_applied_once(
    serve: Serve, phones: Phones, database: Database
) -> None:
    assert _copies(serve(), phones, database) == {"applied": 1, "duplicate": COPIES - 1}


@pytest.mark.mutant
def test_server_without_ledger_is_detected_by_copies(
    serve: Serve, phones: Phones, database: Database
) -> None:
    assert _copies(serve("no_ledger"), phones, database)["rejected"] > 0


def _copies(server: Any, phones: Phones, database: Database) -> Counter[str]:
    fleet = phones(server, 1)
    member = fleet.members[0]
    member.save()
    (op,) = member.outbox.values()

    def send(_: int) -> str:
        return str(member.phone.send(op).json()["results"][0]["status"])

    with ThreadPoolExecutor(40) as pool:
        statuses = Counter(pool.map(send, range(COPIES)))
    member.deliver()
    tally = fleet.tally(database)
    assert tally["doubled"] == 0
    assert is_complete(tally) or statuses["rejected"]
    return statuses


@on_postgresql
def test_visit_does_not_wait_for_a_household_that_arrives_meanwhile(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _race(lan, other, world, database, monkeypatch, LOCKED_WAIT) == (1, 0)


@pytest.mark.mutant
@on_postgresql
def test_server_without_the_lock_is_detected(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install("no_lock", monkeypatch.setattr)
    assert _race(lan, other, world, database, monkeypatch, UNLOCKED_WAIT) == (0, 1)


def _race(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    wait: float,
) -> tuple[int, int]:
    """A visit is about to be quarantined; its household is sent now, which is given `wait` seconds to arrive.
    Returns the number of visits and of open quarantined operations."""
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Mới"}
    visit, add = other.visit(household["id"]), lan.op("household.add", household)
    has_looked, has_arrived = threading.Event(), threading.Event()
    real = held.dependency_arrived

    def look_and_wait(session: Any, commune_id: str, candidates: Any) -> bool:
        found = real(session, commune_id, candidates)
        if candidates and not has_looked.is_set():
            has_looked.set()
            has_arrived.wait(wait)  # under the lock it cannot arrive before this transaction ends
        return found

    monkeypatch.setattr(held, "dependency_arrived", look_and_wait)

    def send_household() -> None:
        has_looked.wait()
        lan.exchange(add)
        has_arrived.set()

    _run_together(lambda: other.exchange(visit), send_household)
    visits = database.read(lambda session: session.exec(select(Visit)).all())
    waiting = database.read(
        lambda session: session.exec(
            select(QuarantinedOperation).where(QuarantinedOperation.state == "open")
        ).all()
    )
    return len(visits), len(waiting)


@on_postgresql
def test_reader_misses_no_row_that_is_numbered_and_not_yet_committed(
    lan: Phone,
    world: World,
    database: Database,
) -> None:
    assert _count_missed(lan, world, database, LOCKED_WAIT) == 0


@pytest.mark.mutant
@on_postgresql
def test_identity_cursor_is_detected(
    lan: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install("identity_cursor", monkeypatch.setattr)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feed_counter SET head = 100000")
    assert _count_missed(lan, world, database, UNLOCKED_WAIT, newest=True) == 1


def _count_missed(lan: Phone, world: World, database: Database, wait: float, newest: bool = False) -> int:
    """One writer waits before its commit, a second one commits, and a phone reads: how many rows it never
    gets.

    `wait`: seconds that the second writer is given. `newest`: the phone's cursor is the highest number it has
    received, as with an identity column.
    """
    numbered, committed = threading.Event(), threading.Event()
    names = {new_id(): "Chậm", new_id(): "Nhanh"}
    slow, quick = names

    def write_slowly(session: Any) -> None:
        _add(session, world, slow)
        numbered.set()
        committed.wait(wait)

    def write_quickly() -> None:
        numbered.wait()
        database.write(lambda session: _add(session, world, quick))
        seen.extend(_pull(lan, newest))
        committed.set()

    seen = _pull(lan, newest)
    _run_together(lambda: database.write(write_slowly), write_quickly)
    seen += _pull(lan, newest)
    return len(set(names) - set(seen))


def _pull(phone: Phone, newest: bool) -> list[str]:
    rows = phone.exchange()["changes"]["household"]
    if newest:
        phone.state["cursor"] = max([row["feed_seq"] for row in rows] + [phone.state["cursor"] % 100_000])
    return [row["id"] for row in rows]


def _add(session: Any, world: World, id: str) -> None:
    batch = Batch(world.commune_id)
    batch.add(Household, new_household(id, world.dong, "Hộ mới", "", ""))
    batch.write(session, (Household,))


@pytest.mark.mutant
def test_answer_before_the_commit_is_detected(
    lan: Phone,
    world: World,
    app: FastAPI,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mutant for `test_row_is_visible_to_another_connection_when_the_answer_starts`."""
    install("commit_after_answer", monkeypatch.setattr)
    has_looked = threading.Event()
    monkeypatch.setattr(mutants, "wait_before_commit", lambda: has_looked.wait(30))
    op, second, seen = lan.visit(world.duc), Database(database_url), list[bool]()
    visit_id = op["data"]["id"]
    assert not exists(second, visit_id)  # opens the connection

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.append(await asyncio.to_thread(exists, second, visit_id))
            has_looked.set()

    asyncio.run(call(app, lan, op, send))
    assert seen == [False]
    while not exists(second, visit_id):
        time.sleep(0.05)
    second.close()


def _run_together(*works: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()
