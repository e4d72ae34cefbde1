"""An instance whose clock the scenario sets: what it answers is the same in every run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.config import Settings
from app.core.db import Database
from app.keeping import keeper
from app.keeping.keeper import Restored
from tests.conftest import FakeClock
from tests.keeping.conftest import Instance, desk, lan
from tests.world import World

__all__ = ["desk", "lan"]


class Timed(Instance):
    """Restored by its own clock."""

    def restore(self, replace: bool = True) -> Restored:
        self.stop()
        try:
            return keeper.restore(self.settings, self.backup, self.clock(), replace=replace)
        finally:
            self.start()


@pytest.fixture
def instance(
    database_url: str, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> Iterator[Timed]:
    database.close()
    made = Timed(Settings(database_url=database_url, data_dir=tmp_path), clock, tmp_path / "backup")
    yield made
    made.stop()
