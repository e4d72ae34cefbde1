"""A real standby that was behind is promoted: nothing that was acknowledged is lost."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Unavailable
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.restore import begin_history
from app.upkeep.migrations import upgrade
from tests import postgres
from tests.conftest import FakeClock, skip_without
from tests.standby import Standby, standby_of
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import LAN, NAM, World, build

pytestmark = pytest.mark.slow


@pytest.fixture
def pair() -> Iterator[tuple[str, Standby]]:
    """The folder of a primary, and its standby."""
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(programs) as folder, standby_of(programs, Path(folder)) as standby:
        yield folder, standby


def test_standby_that_was_behind_loses_nothing_that_was_acknowledged(
    pair: tuple[str, Standby], tmp_path: Path
) -> None:
    folder, standby = pair
    database = Database(_address(folder))
    upgrade(database)
    clock = FakeClock()
    clock.now = utc_now()
    world = build(database, clock.now)
    database.close()
    instance = Instance(
        Settings(database_url=_address(folder), data_dir=tmp_path), clock, tmp_path / "backup"
    )
    lan, nam = instance.phone(LAN), instance.phone(NAM)
    sent = {
        "lan": send(lan, *(lan.visit(world.duc) for _ in range(10))),
        "nam": send(nam, *(nam.visit(world.anh) for _ in range(10))),
    }
    standby.fall_behind()
    sent["lan"] += send(lan, *(lan.visit(world.mai) for _ in range(20)))
    sent["nam"] += send(nam, nam.visit(world.anh))
    instance.database.write(lambda session: _end_nam(session, world, instance))
    instance.stop()
    standby.promote()
    clock.forward(minutes=1)
    instance.settings = Settings(database_url=_address(str(standby.folder)), data_dir=tmp_path)
    instance.start()
    assert len(instance.rows(Visit)) == 20, "the standby has not what came later"
    assert heal(lan, sent["lan"]) == [], "a phone does not know it by itself"
    done = begin_history(instance.database, instance.settings.desk_log_file, [], clock())
    assert done.reverted.ended_accounts == [world.nam]
    statuses = Counter(result["status"] for result in heal(lan, sent["lan"]))
    assert statuses == {"duplicate": 10, "applied": 20}
    assert [result["status"] for result in heal(nam, sent["nam"])][-1] == "quarantined", "he stays out"
    made = {op["data"]["id"] for op, _result in sent["lan"]}
    assert made <= {visit.id for visit in instance.rows(Visit)}
    assert max(Counter(entry.record_id for entry in instance.rows(LedgerEntry)).values()) == 1
    assert sum(len(one.problems) for one in check(instance.database)) == 0
    assert sum(device.lost_count for device in instance.rows(Device)) == 0
    instance.stop()


def test_history_is_not_begun_on_a_standby(pair: tuple[str, Standby], tmp_path: Path) -> None:
    folder, standby = pair
    database = Database(_address(folder))
    upgrade(database)
    database.close()
    standby.fall_behind()
    behind = Database(_address(str(standby.folder)))
    with pytest.raises(Unavailable):
        begin_history(behind, tmp_path / "desk.log", [], utc_now())
    behind.close()
    assert not (tmp_path / "desk.log").exists()


def _end_nam(session: Session, world: World, instance: Instance) -> None:
    deactivate_account(session, session.get_one(Account, (world.commune_id, world.nam)), instance.clock())


def _address(folder: str) -> str:
    return f"postgresql+psycopg://tungnha@/postgres?host={folder}"
