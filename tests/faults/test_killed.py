"""SIGKILL in the middle of a batch: to the server, and to its PostgreSQL."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import utc_now
from app.core.db import Database
from app.upkeep.migrations import upgrade
from tests import postgres
from tests.conftest import skip_without
from tests.e2e.server import Server
from tests.faults.conftest import Phones, Serve
from tests.faults.fleet import Fleet, fleet, is_complete
from tests.rounds import LONG
from tests.world import build

DEVICES, KILLS = (50, 20) if LONG else (10, 2)


def test_server_that_is_killed_loses_nothing_and_applies_nothing_twice(
    serve: Serve, phones: Phones, database: Database
) -> None:
    server = serve()
    assert is_complete(_kill_while_sending(server, phones(server, DEVICES), database, kill_server))


@pytest.mark.mutant
def test_commit_after_the_answer_is_detected_by_a_kill(
    serve: Serve, phones: Phones, database: Database
) -> None:
    server = serve("commit_after_answer", COMMIT_DELAY="0.3")
    assert _kill_while_sending(server, phones(server, 10), database, kill_server, kills=3)["lost"] > 0


def kill_server(server: Server) -> None:
    server.stop()
    server.start()


@pytest.fixture
def cluster() -> Iterator[tuple[Path, Path]]:
    """This test's own PostgreSQL, with `fsync`: the folders of its programs and of its data."""
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(programs, "on") as folder:
        yield programs, Path(folder)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # for the fixture `serve`; not used
def test_postgresql_that_is_killed_loses_nothing_and_applies_nothing_twice(
    serve: Serve, cluster: tuple[Path, Path]
) -> None:
    programs, folder = cluster
    url = f"postgresql+psycopg://tungnha@/postgres?host={folder}"
    database = Database(url)
    upgrade(database)
    world = build(database, utc_now())
    server = serve(url=url)

    def kill_postmaster(_server: Server) -> None:
        postgres.kill(folder)
        postgres.start_again(programs, folder, "on")

    tally = _kill_while_sending(
        server,
        fleet(database, world, server.url, DEVICES),
        database,
        kill_postmaster,
        kills=KILLS if LONG else 2,
    )
    database.close()
    assert is_complete(tally)


def _wait_for_acknowledgement(phones: Fleet) -> None:
    """Wait until the next answer has come: the moment in which a commit that is still missing is lost."""
    before, end = phones.acknowledged, time.monotonic() + 60
    while phones.acknowledged <= before:
        assert time.monotonic() < end, "the phones do not get through"
        time.sleep(0.002)


def _kill_while_sending(
    server: Server, phones: Fleet, database: Database, kill: Any, kills: int = KILLS
) -> dict[str, int]:
    """Phones send all the time; at random moments `kill` stops something and starts it again. Then all is
    sent."""
    dice, over = random.Random(kills), threading.Event()
    threads = phones.start_sending(over)
    for _ in range(kills):
        time.sleep(dice.uniform(0.5, 1.2))
        _wait_for_acknowledgement(phones)
        kill(server)
    over.set()
    for thread in threads:
        thread.join()
    phones.drain()
    return phones.tally(database)
