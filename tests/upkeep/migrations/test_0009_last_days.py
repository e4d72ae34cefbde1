"""Revision 0009: the last days of households are those of their visits, and phones of before get them."""

import random
from datetime import date

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.reports.random_commune import fill
from tests.world import World

pytestmark = pytest.mark.slow


def test_upgrade_fills_the_days_and_sends_the_households_with_visits_to_phones_again(
    lan: Phone, world: World, database: Database
) -> None:
    sent, queued = lan.visit(world.duc), lan.visit(world.duc)
    database.write(lambda session: fill(session, world, random.Random(5)))
    lan.exchange(sent)
    database.engine.dispose()
    command.downgrade(config(database), "0008")
    upgrade(database)
    # The reviews of these visits are invented: nobody decided them, which `audit` would say.
    assert [problem for one in check(database) if one.name != "audit" for problem in one.problems] == []
    stored = database.read(lambda session: session.exec(select(VisitedHousehold)).all())
    days = {row.household_id: row for row in stored}
    assert days[world.duc].met_on == days[world.duc].guided_on == date(2026, 11, 24)
    assert len({row.last_result for row in days.values()}) > 2, "the commune has visits of all kinds"
    rows = {row["id"]: row for row in lan.exchange(queued)["changes"]["household"]}
    visited = {one.household_id for one in database.read(lambda session: session.exec(select(Visit)).all())}
    known = {row["id"] for row in lan.exchange(scope=None)["changes"]["household"]}
    assert rows.keys() == visited & known
    for id, row in rows.items():
        met_on = days[id].met_on if id in days else None
        assert row["met_on"] == (met_on.isoformat() if met_on else None)
    with database.engine.connect() as connection:
        numbers = connection.execute(text("SELECT count(*), count(DISTINCT feed_seq) FROM household")).one()
    assert numbers[0] == numbers[1]
