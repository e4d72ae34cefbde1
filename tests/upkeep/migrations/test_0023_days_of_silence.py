"""Revision 0023: a commune with settings of its own seals after 30 days, until it says something else."""

from alembic import command

from app.commune.settings import CommuneSettings
from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.world import World


def test_settings_stay_and_phones_may_be_silent_for_30_days(world: World, database: Database) -> None:
    settings = CommuneSettings(commune_id=world.commune_id, month_start_day=15, silence_days=90)
    database.write(lambda session: session.add(settings))
    command.downgrade(config(database), "0022")
    upgrade(database)
    found = database.read(lambda session: session.get_one(CommuneSettings, world.commune_id))
    assert (found.month_start_day, found.silence_days) == (15, 30)
