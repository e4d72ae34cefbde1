"""Revision 0034: settings stay, and no commune has stated on which basis of law it has its list."""

from alembic import command

from app.commune.legal_basis import legal_basis
from app.commune.settings import CommuneSettings
from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.world import World


def test_settings_stay_and_nothing_is_stated(world: World, database: Database) -> None:
    settings = CommuneSettings(commune_id=world.commune_id, month_start_day=15)
    database.write(lambda session: session.add(settings))
    command.downgrade(config(database), "0033")
    upgrade(database)
    found = database.read(lambda session: session.get_one(CommuneSettings, world.commune_id))
    assert found.month_start_day == 15
    assert database.read(lambda session: legal_basis(session, world.commune_id)) is None
