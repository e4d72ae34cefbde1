"""What happens at the same time: copies of one push, a record and what it waits for, writers and readers."""

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
from app.households.commands import imported
from app.households.models import Household
from app.sync import quarantine
from app.sync.models import Quarantined
from app.visits.models import Visit
from tests.faults import seeds
from tests.faults.conftest import Phones, Serve
from tests.faults.fleet import whole
from tests.faults.seeds import plant
from tests.sync.phone import Phone, new_id
from tests.sync.test_commit import call, exists
from tests.world import World

COPIES = 400
WAIT = 1.5  # seconds: longer than anything here takes unless a lock holds it

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_400_copies_of_one_push_at_once_are_applied_once(
    serve: Serve, phones: Phones, database: Database
) -> None:
    assert _copies(serve(), phones, database) == {"applied": 1, "duplicate": COPIES - 1}


def test_copies_that_are_not_known_again_are_seen(serve: Serve, phones: Phones, database: Database) -> None:
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
    assert whole(tally) or statuses["rejected"]
    return statuses


@on_postgresql
def test_visit_does_not_wait_for_a_household_that_came_meanwhile(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _race(lan, other, world, database, monkeypatch) == (1, 0)


@on_postgresql
def test_without_the_lock_it_waits_for_ever(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant("no_lock", monkeypatch.setattr)
    assert _race(lan, other, world, database, monkeypatch) == (0, 1)


def _race(
    lan: Phone,
    other: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[int, int]:
    """A visit is about to be kept, and now its household comes. How many visits there are, and who wait."""
    home = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Mới"}
    visit, add = other.visit(home["id"]), lan.op("household.add", home)
    looked, came = threading.Event(), threading.Event()
    real = quarantine.there_by_now

    def there_by_now(session: Any, commune_id: str, kept: Any) -> bool:
        found = real(session, commune_id, kept)
        if kept and not looked.is_set():
            looked.set()
            came.wait(WAIT)  # under the lock the household cannot come before this transaction ends
        return found

    monkeypatch.setattr(quarantine, "there_by_now", there_by_now)

    def bring_the_household() -> None:
        looked.wait()
        lan.exchange(add)
        came.set()

    _together(lambda: other.exchange(visit), bring_the_household)
    visits = database.read(lambda session: session.exec(select(Visit)).all())
    waiting = database.read(
        lambda session: session.exec(select(Quarantined).where(Quarantined.state == "open")).all()
    )
    return len(visits), len(waiting)


@on_postgresql
def test_reader_misses_nothing_that_is_numbered_and_not_committed_yet(
    lan: Phone,
    world: World,
    database: Database,
) -> None:
    assert _missed(lan, world, database) == 0


@on_postgresql
def test_identity_cursor_is_seen_to_lose_rows(
    lan: Phone,
    world: World,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant("identity_cursor", monkeypatch.setattr)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feed_counter SET head = 100000")
    assert _missed(lan, world, database, newest=True) == 1


def _missed(lan: Phone, world: World, database: Database, newest: bool = False) -> int:
    """One writer is slow to commit, another is not, a phone reads in between: how many rows it never sees.

    `newest`: the phone's cursor is the newest number it was given, as with an identity column.
    """
    numbered, committed = threading.Event(), threading.Event()
    names = {new_id(): "Chậm", new_id(): "Nhanh"}
    slow, quick = names

    def write_slowly(session: Any) -> None:
        _add(session, world, slow)
        numbered.set()
        committed.wait(WAIT)

    def write_quickly() -> None:
        numbered.wait()
        database.write(lambda session: _add(session, world, quick))
        seen.extend(_pull(lan, newest))
        committed.set()

    seen = _pull(lan, newest)
    _together(lambda: database.write(write_slowly), write_quickly)
    seen += _pull(lan, newest)
    return len(set(names) - set(seen))


def _pull(phone: Phone, newest: bool) -> list[str]:
    rows = phone.exchange()["changes"]["household"]
    if newest:
        phone.state["cursor"] = max([row["feed_seq"] for row in rows] + [phone.state["cursor"] % 100_000])
    return [row["id"] for row in rows]


def _add(session: Any, world: World, id: str) -> None:
    batch = Batch(world.commune_id)
    batch.add(Household, imported(id, world.dong, "Hộ mới", "", ""))
    batch.write(session, (Household,))


def test_answer_that_leaves_before_its_commit_is_seen(
    lan: Phone,
    world: World,
    app: FastAPI,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The seeded bug of `test_row_is_visible_to_another_connection_when_the_answer_starts`."""
    plant("commit_after_answer", monkeypatch.setattr)
    monkeypatch.setattr(seeds, "LATE", WAIT)
    op, second, seen = lan.visit(world.duc), Database(database_url), list[bool]()
    visit_id = op["data"]["id"]
    assert not exists(second, visit_id)  # connected

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.append(await asyncio.to_thread(exists, second, visit_id))

    asyncio.run(call(app, lan, op, send))
    assert seen == [False]
    while not exists(second, visit_id):
        time.sleep(0.05)
    second.close()


def _together(*works: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()
