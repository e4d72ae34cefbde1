"""Revision 0013 on PostgreSQL: the desk reads visits while the index by household is made anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from sqlalchemy import event, inspect, text

from app.core.db import Database
from app.upkeep.migrations import config
from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
STATES = ["review_state", "withdrawn_at"]


def test_visits_are_read_until_the_index_by_household_is_built_again(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    command.downgrade(config(database), "0013")  # later revisions lock the table in this transaction
    with _reading_visits(database) as read:
        command.downgrade(config(database), "0012")
        assert (read, _columns(database)[3:]) == ([1], [])
        command.upgrade(config(database), "0013")
        assert (read, _columns(database)[3:]) == ([1, 1], STATES)


@contextmanager
def _reading_visits(database: Database) -> Iterator[list[int]]:
    """How many visits another connection read right after each index of visits was built."""
    read: list[int] = []

    def collect(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        if statement.startswith("CREATE INDEX ix_visit_household"):
            with database.engine.connect() as other:
                other.execute(text("SET lock_timeout = '500ms'"))
                read.append(other.execute(text("SELECT count(*) FROM visit")).scalar_one())

    event.listen(database.engine, "after_cursor_execute", collect)
    yield read
    event.remove(database.engine, "after_cursor_execute", collect)


def _columns(database: Database) -> list[str | None]:
    indexes = {
        index["name"]: index["column_names"] for index in inspect(database.engine).get_indexes("visit")
    }
    assert "ix_visit_household_new" not in indexes
    return indexes["ix_visit_household"]
