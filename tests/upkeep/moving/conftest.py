"""Two instances: the cast's commune leaves one for the other, which has another key and other communes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.areas import Commune, add_hamlet, load_areas, start_commune
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.upkeep.migrations import upgrade
from app.upkeep.moving import arrival, departure
from app.upkeep.moving.arrival import Arrived, Place
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import LAN, NAM, World

CODE, ADDRESS = "06391", "https://moi.example"


@dataclass
class Move:
    """The commune's way from `old` to `new`, in `file`. It takes a name of its own along, unless `name` has
    taken it away."""

    old: Instance
    new: Instance
    file: Path
    place: Place = field(default_factory=lambda: Place("demo"))

    def name(self, host: str | None) -> None:
        self.old.database.write(partial(_name, host=host))

    def leave(self) -> int:
        self.file.unlink(missing_ok=True)
        database, settings = self.old.database, self.old.settings
        return departure.export(database, settings, CODE, self.file, ADDRESS, self.old.clock())

    def arrive(self) -> Arrived:
        return arrival.import_commune(self.new.database, self.file, self.place, self.new.clock())

    def follow(self, *phones: Phone) -> None:
        """The name of the commune leads to the new instance: the phones notice nothing."""
        for phone in phones:
            phone.client.app = self.new.app
            phone.client._transport.app = self.new.app  # type: ignore[attr-defined]

    def go(self, *phones: Phone) -> Arrived:
        self.leave()
        arrived = self.arrive()
        self.follow(*phones)
        return arrived


def _name(session: Session, host: str | None) -> None:
    commune = session.exec(select(Commune).where(Commune.code == CODE)).one()
    commune.host = host
    session.add(commune)


def _begin(database: Database, clock: FakeClock) -> None:
    """Another commune of the province is at work on the new instance."""

    def work(session: Any) -> None:
        load_areas(session)
        commune = start_commune(session, "06400", clock)
        assert commune is not None
        add_hamlet(session, commune.id, "thon-nam", "Thôn Nam")

    database.write(work)


@pytest.fixture
def clock() -> FakeClock:
    clock = FakeClock()
    clock.now = utc_now() - timedelta(hours=6)
    return clock


@pytest.fixture
def old(
    database_url: str, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> Iterator[Instance]:
    database.close()
    folder = tmp_path / "old"
    folder.mkdir()
    made = Instance(Settings(database_url=database_url, data_dir=folder), clock, folder / "backup")
    yield made
    made.stop()


@pytest.fixture(params=["same", "other"])
def new(
    request: pytest.FixtureRequest, database_url: str, clock: FakeClock, tmp_path: Path
) -> Iterator[Instance]:
    """An instance on the same kind of database, and on the other one."""
    folder = tmp_path / "new"
    folder.mkdir()
    is_sqlite = database_url.startswith("sqlite") == (request.param == "same")
    url = f"sqlite:///{folder / 'new.sqlite3'}"
    removals: list[Callable[[], None]] = []
    if not is_sqlite:
        url, remove = request.getfixturevalue("new_postgres")()
        removals.append(remove)
    database = Database(url)
    upgrade(database)
    _begin(database, clock)
    database.close()
    made = Instance(Settings(database_url=url, data_dir=folder), clock, folder / "backup")
    yield made
    made.stop()
    for remove in removals:
        remove()


@pytest.fixture
def move(old: Instance, new: Instance, tmp_path: Path) -> Move:
    move = Move(old, new, tmp_path / "commune")
    move.name("127.0.0.1")
    return move


@pytest.fixture
def lan(old: Instance) -> Phone:
    return old.phone(LAN)


@pytest.fixture
def nam(old: Instance) -> Phone:
    return old.phone(NAM)
