"""A place for nightly backups, and the command that makes one as an operator's timer does."""

import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from app.core.db import Database
from app.upkeep.maintenance.nightly import run as nightly
from app.upkeep.maintenance.nightly.encryption import KeyPair
from app.upkeep.maintenance.nightly.run import NightlyResult
from tests import operator
from tests.upkeep.maintenance.conftest import Instance


@dataclass
class Nightly:
    """An instance's place and keys; the private one is in a file elsewhere."""

    instance: Instance
    place: Path
    private_key: Path
    keys: KeyPair = field(default_factory=KeyPair)

    def __post_init__(self) -> None:
        self.place.mkdir()
        self.private_key.write_text(f"# a note\n{self.keys.private_key}\n")

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TUNGNHA_DATA_DIR": str(self.instance.settings.data_dir),
            "TUNGNHA_BACKUP_DIR": str(self.place),
            "TUNGNHA_BACKUP_PUBLIC_KEY": self.keys.public_key,
        }

    def command(self, *words: str, **settings: str) -> Result:
        """Run a command in this process."""
        return operator.run(self.instance.settings.database, *words, **self.settings | settings)

    def subprocess(self, *words: str) -> subprocess.CompletedProcess[str]:
        return operator.run_forked(self.instance.settings.database, *words, **self.settings)

    def make(self, now: datetime, **options: Any) -> NightlyResult:
        """A backup as of another time."""
        settings = self.instance.settings.model_copy(
            update={"backup_dir": self.place, "backup_public_key": self.keys.public_key}
        )
        return nightly.run(self.instance.database, settings, now, **options)

    def make_each_night(self, last: datetime, count: int) -> list[str]:
        """The files of `count` nights that end with `last`."""
        return [self.make(last - timedelta(days=count - 1 - day)).file.name for day in range(count)]

    def files(self) -> list[str]:
        """Everything in the place but the files with the id key and the witnesses."""
        beside = ("id-key-of-", "witnesses-of-")
        return sorted(path.name for path in self.place.iterdir() if not path.name.startswith(beside))

    def newest(self) -> Path:
        return max(self.place.glob("tung-nha-*"))


@pytest.fixture
def backups(instance: Instance, tmp_path: Path) -> Nightly:
    """The instance's place, with keys."""
    return Nightly(instance, tmp_path / "place", tmp_path / "private-key")


def scratch_databases(database: Database) -> list[str]:
    """Names of PostgreSQL's databases for checks of backups; none on SQLite."""
    if database.is_sqlite:
        return []
    with database.engine.connect() as connection:
        name = connection.engine.url.database
        query = "SELECT datname FROM pg_database WHERE datname = %s"
        return [row[0] for row in connection.exec_driver_sql(query, (f"{name}_scratch",))]
