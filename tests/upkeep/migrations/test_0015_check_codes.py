"""Papers that were printed before their codes were stored are found by them after the upgrade."""

from alembic import command
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.periods.models import ClosedPeriod
from app.upkeep.migrations import config, upgrade
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.test_closing import FIRST, SECOND, Close, close, forward
from tests.world import World

__all__ = ["close"]


def test_upgrade_stores_the_code_that_each_paper_has(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    late = lan.visit(world.mai)
    lan.exchange(lan.visit(world.duc))
    forward(lan, clock)
    close(FIRST, "Đã gọi")
    lan.exchange(late)
    forward(lan, clock)
    close(SECOND, "Đã gọi")
    before = _codes(database)
    command.downgrade(config(database), "0014")
    upgrade(database)
    assert _codes(database) == before
    assert len(set(before.values())) == 2


def _codes(database: Database) -> dict[str, str]:
    closed = database.read(lambda session: session.exec(select(ClosedPeriod)).all())
    return {one.code: one.check_code for one in closed}
