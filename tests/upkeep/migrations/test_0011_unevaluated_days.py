"""Revision 0011: on the way back, the older server has to compute the flags that are not computed."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.derived.flags.versions import bring_up_to_date
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import flags_in
from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.slow


def test_flags_that_are_not_computed_are_outdated_on_the_way_back(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.mai))
    bring_up_to_date(database, NOW)
    assert _outdated(database) == 0
    lan.exchange(lan.visit(world.duc, note="CCCD 001085012345"))
    command.downgrade(config(database), "0010")
    assert _outdated(database) == 1
    upgrade(database)
    evaluate_all(database)
    assert database.read(lambda session: session.exec(select(VisitFlag)).all()) == [], "nothing is noted"
    bring_up_to_date(database, NOW)
    assert len(flags_in(database)["digits"]) == 1
    assert [problem for one in check(database, lambda: NOW) for problem in one.problems] == []


def _outdated(database: Database) -> int:
    """How many communes have flags of no version of the rules; the other one never had any."""
    database.engine.dispose()
    find = text("SELECT (SELECT count(*) FROM commune) - count(*) FROM flag_rules")
    with database.engine.connect() as connection:
        communes: int = connection.execute(find).scalar_one()
    return communes
