"""Real servers in their own processes, over loopback.

Tests end only processes that they started, by their ids.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.db import Database
from tests.e2e.server import Server
from tests.faults.fleet import Fleet, fleet
from tests.upkeep.maintenance.conftest import instance  # noqa: F401 - a fixture
from tests.world import World

Serve = Callable[..., Server]
Phones = Callable[..., Fleet]


@pytest.fixture
def serve(database_url: str, world: World, tmp_path: Path) -> Iterator[Serve]:
    """Starts the server, or the mutant of this name."""
    started: list[Server] = []

    def start(mutant: str = "", url: str = database_url, **settings: str) -> Server:
        log = tmp_path / "server.log"
        settings["MUTANT"] = mutant
        server = Server(url, log, factory="tests.faults.mutant_app:create_app", settings=settings)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def phones(database: Database, world: World) -> Phones:
    """Makes signed-in phones of a server."""

    def new_fleet(server: Server, count: int, url: str = "") -> Fleet:
        return fleet(database, world, url or server.url, count)

    return new_fleet
