"""Revision 0020: three tables of SQLite store their keys once, with the rows and indexes that they had."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.schema import CreateTable

from app.core.db import Database, table_of
from app.fieldwork.derived.household_days.models import HouseholdMonth
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.visits.models import VisitService
from app.upkeep.migrations import config
from tests.phone import Phone
from tests.world import World

TABLES = [table_of(model) for model in (DailyTotal, HouseholdMonth, VisitService)]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def state(database: Database) -> dict[str, tuple[int, list[str], bool]]:
    """Of each table its rows, its named indexes, and whether it has row ids."""
    made = "SELECT name, sql FROM sqlite_master WHERE tbl_name = '{}' AND sql IS NOT NULL ORDER BY name"
    found = {}
    with database.engine.connect() as connection:
        for table in TABLES:
            count = connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
            created: dict[str, str] = {
                name: sql for name, sql in connection.execute(text(made.format(table.name)))
            }
            has_rowids = "WITHOUT ROWID" not in created.pop(table.name)
            found[table.name] = (count, sorted(created), has_rowids)
    return found


def test_rows_and_indexes_stay_and_the_key_is_stored_once(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(*(lan.visit(household) for household in world.households[world.dong]))
    command.downgrade(config(database), "0020")
    after = state(database)
    assert [has_rowids for _count, _indexes, has_rowids in after.values()] == [False] * 3
    assert min(count for count, _indexes, _has_rowids in after.values()) > 0
    command.downgrade(config(database), "0019")
    before = state(database)
    assert before == {name: (count, indexes, True) for name, (count, indexes, _) in after.items()}
    command.upgrade(config(database), "0020")
    assert state(database) == after


def test_models_say_the_same(database: Database) -> None:
    dialect = database.engine.dialect
    assert all("WITHOUT ROWID" in str(CreateTable(table).compile(dialect=dialect)) for table in TABLES)
