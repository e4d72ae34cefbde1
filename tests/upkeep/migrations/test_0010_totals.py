"""Revision 0010: daily totals without households are as they were, and the way back counts these again."""

import pytest
from alembic import command
from sqlalchemy import text

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.slow


def test_totals_are_as_they_were(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc), lan.visit(world.mai))
    evaluate_all(database)
    before = _rows(database, "visits, people")
    command.downgrade(config(database), "0009")
    counted = {(row[0], *row[2:4]): row[4] for row in _rows(database, "households")}
    assert counted[world.dong, "", "helped"] == 2, "of three visits"
    upgrade(database)
    assert _rows(database, "visits, people") == before
    assert [problem for one in check(database) for problem in one.problems] == []


def _rows(database: Database, figures: str) -> list[tuple[object, ...]]:
    database.engine.dispose()
    find = text(f"SELECT hamlet_id, day, service, outcome, {figures} FROM daily_total")
    with database.engine.connect() as connection:
        return sorted((row[0], str(row[1]), *row[2:]) for row in connection.execute(find))
