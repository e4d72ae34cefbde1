"""Revision 0039: settings stay, no card names a number, and no phone has a secret yet."""

from alembic import command
from sqlmodel import select

from app.commune.card.models import CardCheck, CardKey
from app.commune.settings import CommuneSettings
from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.world import World


def test_settings_stay_and_nothing_is_known_of_cards(world: World, database: Database) -> None:
    settings = CommuneSettings(commune_id=world.commune_id, month_start_day=15, card_phone="+84900000099")
    database.write(lambda session: session.add(settings))
    command.downgrade(config(database), "0038")
    upgrade(database)
    found = database.read(lambda session: session.get_one(CommuneSettings, world.commune_id))
    assert (found.month_start_day, found.card_phone) == (15, "")
    assert database.read(lambda session: session.exec(select(CardKey)).all()) == []
    assert database.read(lambda session: session.exec(select(CardCheck)).all()) == []
