"""Revision 0022: communes are where they were, in the epoch of their database."""

from alembic import command

from app.commune.areas import Commune
from app.core.db import Database
from app.core.epoch import current_epoch
from app.core.feed import FeedCounter
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World


def test_communes_go_on_where_they_are(lan: Phone, world: World, database: Database) -> None:
    before = lan.exchange(lan.visit(world.duc))
    command.downgrade(config(database), "0021")
    upgrade(database)
    commune = database.read(lambda session: session.get_one(Commune, world.commune_id))
    assert (commune.host, commune.moved_at, commune.moved_to) == (None, None, None)
    counter = database.read(lambda session: session.get_one(FeedCounter, world.commune_id))
    assert (counter.is_away, counter.epoch, counter.version_floor) == (False, None, 0)
    epoch = database.read(lambda session: current_epoch(session, world.commune_id))
    assert epoch.id == before["epoch"]
    after = lan.exchange(lan.visit(world.mai))
    assert (after["epoch"], after["reset"], after["cursor"] > before["cursor"]) == (
        before["epoch"],
        False,
        True,
    )
