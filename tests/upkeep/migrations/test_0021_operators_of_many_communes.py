"""Revision 0021: communes that have begun are at work, and their signs stay until they are counted again."""

from datetime import timedelta

from alembic import command

from app.commune.areas import Commune
from app.core.db import Database
from app.province.models import CommuneStatus
from app.province.status import EVERY, count_due
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.world import World


def test_signs_stay_and_are_completed_by_the_next_count(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    count_due(database, clock)
    command.downgrade(config(database), "0020")
    upgrade(database)
    key = ("20", world.commune_id)
    before = database.read(lambda session: session.get_one(CommuneStatus, key))
    assert (before.as_of, before.households > 0) == (NOW, True)
    assert (before.phones, before.behind, before.lost, before.full, before.outdated) == (0, 0, 0, 0, 0)
    assert database.read(lambda session: session.get_one(Commune, world.commune_id).off_at) is None
    clock.now += EVERY + timedelta(seconds=1)
    count_due(database, clock)
    counted = database.read(lambda session: session.get_one(CommuneStatus, key))
    assert (counted.phones, counted.oldest_build) == (1, "1.0.0")
