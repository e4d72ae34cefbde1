"""Where a period was closed before phones were told of it, they are told after the upgrade."""

from alembic import command
from sqlmodel import select

from app.core.db import Database
from app.core.feed import FeedCounter
from app.upkeep.migrations import config, upgrade
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.test_closing import FIRST, Close, close, forward
from tests.world import World

__all__ = ["close"]


def test_upgrade_numbers_what_is_closed_already(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    forward(lan, clock)
    close(FIRST)
    command.downgrade(config(database), "0007")
    upgrade(database)
    counters = database.read(lambda session: session.exec(select(FeedCounter)).all())
    assert {one.commune_id: one.periods_version for one in counters} == {
        world.commune_id: 1,
        world.neighbour_id: 0,
    }
