"""Real servers in processes of their own, over loopback. FAULTS=long (`make faults`) runs it at length.

Only processes that a test started are ended, by their ids.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.db import Database
from tests.e2e.server import Server
from tests.faults.fleet import Fleet, fleet
from tests.keeping.conftest import instance  # noqa: F401 - a fixture
from tests.sync.conftest import lan, other  # noqa: F401 - fixtures
from tests.world import World

LONG = os.environ.get("FAULTS") == "long"

Serve = Callable[..., Server]
Phones = Callable[..., Fleet]


@pytest.fixture
def serve(database_url: str, world: World, tmp_path: Path) -> Iterator[Serve]:
    """Starts the server; with a bug planted if one is named."""
    started: list[Server] = []

    def start(seed: str = "", url: str = database_url, **settings: str) -> Server:
        log = tmp_path / "server.log"
        settings["FAULT_SEED"] = seed
        server = Server(url, log, factory="tests.faults.seeded:create_app", settings=settings)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def phones(database: Database, world: World) -> Phones:
    """So many phones against a server."""

    def signed_in(server: Server, count: int, url: str = "") -> Fleet:
        return fleet(database, world, url or server.url, count)

    return signed_in
