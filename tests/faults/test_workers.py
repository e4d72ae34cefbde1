"""Several processes serve one database: they start at once, count together, and one may be killed."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from app.core.config import Settings
from app.core.db import Database
from app.upkeep.retention import daily
from tests.conftest import FakeClock, NewPostgres
from tests.e2e.fork_server import ForkedCommand
from tests.e2e.server import ROOT, free_port
from tests.faults.fleet import fleet, is_complete
from tests.faults.workers import Workers, serving, wait_for
from tests.rounds import LONG, on_postgresql_first, on_sqlite_first
from tests.world import World

PHONES, PROCESSES, SECONDS = (20, 4, 5) if LONG else (8, 2, 2)
SECONDS_BACK = 5


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
    url, remove = new_postgres("template0")
    yield url
    remove()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_four_servers_started_at_once_on_an_empty_database_are_healthy(
    empty_url: str, tmp_path: Path
) -> None:
    """Of SQLite's file a second server with another data folder is refused."""
    ports = [free_port() for _ in range(4)]
    servers = start_at_once(
        empty_url, tmp_path, *(["serve", "--port", str(port)] for port in ports), TUNGNHA_MODE="production"
    )
    try:
        for port in ports:
            wait_for(lambda port=port: is_healthy(port), lambda: "a server did not start")  # type: ignore[misc]
    finally:
        for server in servers:
            server.process.kill()
            server.process.wait()


def is_healthy(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def start_at_once(url: str, folder: Path, *commands: Sequence[str], **settings: str) -> list[ForkedCommand]:
    """Commands on one database, each with a data folder of its own, forked one right after the other."""
    started = []
    for number, command in enumerate(commands):
        own = folder / str(number)
        own.mkdir()
        environment = {"TUNGNHA_DATABASE_URL": url, "TUNGNHA_DATA_DIR": str(own / "var")} | settings
        started.append(ForkedCommand(command, os.environ | environment, own))
    return started


# Runs `migrate` without the lock of PostgreSQL.
UNLOCKED = """
from sqlalchemy import text
locks._TAKE = text("SELECT CAST(:key AS integer)")
from app.cli import cli
cli(["migrate"])
"""


def test_four_migrations_at_once_all_succeed(empty_url: str, tmp_path: Path) -> None:
    started = start_at_once(empty_url, tmp_path, *[["migrate"]] * 4)
    assert [command.wait().returncode for command in started] == [0] * 4


@pytest.mark.mutant
@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_without_the_lock_some_of_the_four_fail(empty_url: str, tmp_path: Path) -> None:
    environment = os.environ | {"TUNGNHA_DATABASE_URL": empty_url, "TUNGNHA_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", UNLOCKED]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) for _ in range(4)
    ]
    assert any([process.wait(120) for process in started])


def test_daily_work_is_done_by_one_process_of_four_and_again_the_next_day(
    database: Database, clock: FakeClock
) -> None:
    assert Counter(_purge_at_once(database, clock.now)) == {True: 1, False: 3}
    clock.forward(hours=1)
    assert Counter(_purge_at_once(database, clock.now)) == {False: 4}
    clock.forward(days=1)
    assert Counter(_purge_at_once(database, clock.now)) == {True: 1, False: 3}


def _purge_at_once(database: Database, now: datetime) -> list[bool]:
    done: list[bool] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        done.append(daily.purge_daily(database, now))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def guess(server: Workers, name: str, address: str) -> int:
    """One wrong guess at a password on a connection of its own, from behind the proxy; its status."""
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    form = {"name": name, "password": "sai-mat-khau"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        return int(client.post("/desk/sign-in", data=form).status_code)


@on_postgresql_first
def test_sixth_wrong_guess_is_refused_by_any_worker_also_after_a_restart_and_not_the_neighbours(
    database_url: str, world: World, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, PROCESSES) as server:
        assert [guess(server, "binh", "203.0.113.7") for _ in range(5)] == [401] * 5
        assert [guess(server, "binh", "203.0.113.8") for _ in range(9)] == [429] * 9
    with serving(database_url, tmp_path, 1) as server:
        assert guess(server, "binh", "203.0.113.7") == 429
        assert guess(server, "hoa", "203.0.113.9") == 401, "the neighbour behind the same proxy"


@on_sqlite_first
def test_worker_killed_under_load_costs_a_repeated_exchange_and_is_back(
    database_url: str, world: World, database: Database, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, PROCESSES) as server:
        phones, over = fleet(database, world, server.url, PHONES), threading.Event()
        failed: Counter[str] = Counter()
        for member in phones.members:
            member.deliver = _counted(member.deliver, member.phone.device_id, failed)  # type: ignore[method-assign]
        threads = phones.start_sending(over)
        wait_for(lambda: phones.acknowledged > PHONES, lambda: "nothing was acknowledged")
        before = server.pids()
        killed = server.kill_one()
        killed_at = time.monotonic()
        wait_for(lambda: len(server.pids() - before) == 1, server.log.read_text)
        seconds = time.monotonic() - killed_at
        acknowledged = phones.acknowledged
        wait_for(lambda: phones.acknowledged > acknowledged + PHONES, lambda: "the others do not answer")
        over.set()
        for thread in threads:
            thread.join()
        phones.drain()
        assert killed not in server.pids()
        assert seconds < SECONDS_BACK, seconds
        assert is_complete(phones.tally(database))
        assert max(failed.values(), default=0) <= 1, failed


def _counted(deliver: Callable[..., bool], phone: str, failed: "Counter[str]") -> Any:
    def count(*arguments: Any) -> bool:
        is_answered = deliver(*arguments)
        failed[phone] += not is_answered
        return is_answered

    return count


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_connections_of_all_workers_fit_a_server_of_a_hundred(
    database_url: str, world: World, database: Database, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, 4) as server:
        phones, over = fleet(database, world, server.url, 40), threading.Event()
        threads = phones.start_sending(over)
        most = 0
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            most = max(most, database.read(_connections))
            time.sleep(0.05)
        over.set()
        for thread in threads:
            thread.join()
        assert is_complete(_drained(phones, database))
    assert 4 <= most <= 4 * (Settings(workers=4).threads + 2) < 60


def _drained(phones: Any, database: Database) -> dict[str, int]:
    phones.drain()
    tally: dict[str, int] = phones.tally(database)
    return tally


def _connections(session: Any) -> int:
    """Those of the server; the test's own is one more."""
    counted = text("SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()")
    count: int = session.execute(counted).scalar_one()
    return count
