"""Killed in the middle of a batch: the server, and PostgreSQL under it."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import utc_now
from app.core.db import Database
from app.migrations import upgrade
from tests import postgres
from tests.conftest import missing
from tests.e2e.server import Server
from tests.faults.conftest import LONG, Phones, Serve
from tests.faults.fleet import Fleet, fleet, whole
from tests.world import build

DEVICES, KILLS = (50, 20) if LONG else (10, 3)


def test_server_killed_again_and_again_loses_and_doubles_nothing(
    serve: Serve, phones: Phones, database: Database
) -> None:
    server = serve()
    assert whole(_storm(server, phones(server, DEVICES), database, server_killed))


def test_commit_after_the_answer_is_seen_to_lose(serve: Serve, phones: Phones, database: Database) -> None:
    server = serve("commit_after_answer")
    assert _storm(server, phones(server, 10), database, server_killed, kills=3)["lost"] > 0


def server_killed(server: Server) -> None:
    server.stop()
    server.start()


@pytest.fixture
def cluster() -> Iterator[tuple[Path, Path]]:
    """A PostgreSQL of this test's own that waits for the disk: its programs, and its folder."""
    programs = postgres.programs()
    if programs is None:
        missing("PostgreSQL")
        return
    with postgres.cluster(programs, "on") as folder:
        yield programs, Path(folder)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the world of `serve`; not looked at
def test_postgresql_killed_again_and_again_loses_and_doubles_nothing(
    serve: Serve, cluster: tuple[Path, Path]
) -> None:
    programs, folder = cluster
    url = f"postgresql+psycopg://tungnha@/postgres?host={folder}"
    database = Database(url)
    upgrade(database)
    world = build(database, utc_now())
    server = serve(url=url)

    def postmaster_killed(_server: Server) -> None:
        os.kill(postgres.postmaster(folder), signal.SIGKILL)
        for _ in range(100):
            time.sleep(0.2)
            with suppress(subprocess.CalledProcessError):  # until the last of its children is gone
                postgres.start(programs, folder, "on", quiet=True)
                return

    tally = _storm(
        server,
        fleet(database, world, server.url, DEVICES),
        database,
        postmaster_killed,
        kills=KILLS if LONG else 2,
    )
    database.close()
    assert whole(tally)


def _storm(
    server: Server, phones: Fleet, database: Database, kill: Any, kills: int = KILLS
) -> dict[str, int]:
    """Phones send all the time; at odd moments something is killed and started again. Then all is sent."""
    dice, over = random.Random(kills), threading.Event()
    threads = phones.sending(over)
    for _ in range(kills):
        time.sleep(dice.uniform(0.5, 1.2))
        kill(server)
    over.set()
    for thread in threads:
        thread.join()
    phones.drain()
    return phones.tally(database)
