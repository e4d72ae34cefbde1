"""A server whose clock is the scenario's, so that it answers the same in every run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.config import Settings
from app.core.db import Database
from app.upkeep.maintenance import restore
from app.upkeep.maintenance.restore import RestoreResult
from tests.conftest import FakeClock
from tests.upkeep.maintenance.conftest import Instance, desk, lan
from tests.world import World

__all__ = ["desk", "lan"]


class ScenarioInstance(Instance):
    """Its clock does not move on by an hour at a restore."""

    def restore(self, replace: bool = True) -> RestoreResult:
        self.stop()
        try:
            return restore.restore(self.settings, self.backup, self.clock(), replace=replace)
        finally:
            self.start()


@pytest.fixture
def instance(
    database_url: str, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> Iterator[ScenarioInstance]:
    database.close()
    made = ScenarioInstance(
        Settings(database_url=database_url, data_dir=tmp_path), clock, tmp_path / "backup"
    )
    yield made
    made.stop()
