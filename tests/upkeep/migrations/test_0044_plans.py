"""Revision 0044: plans go with it, and the extras of before stay."""

from alembic import command

from app.core.db import Database
from app.reports.extras.choice import choose_extras
from app.reports.extras.models import wanted_extras
from app.reports.plans.queries import list_plans
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.reports.random_commune import binh
from tests.world import World


def test_nobody_has_plans_and_the_choice_stays(world: World, database: Database) -> None:
    database.write(lambda session: choose_extras(session, binh(session, world), ["adults"], 0, NOW))
    command.downgrade(config(database), "0043")
    upgrade(database)
    assert database.read(lambda session: wanted_extras(session, binh(session, world))) == {"adults"}
    assert database.read(lambda session: list_plans(session, binh(session, world))) == []
