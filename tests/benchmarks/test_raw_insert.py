"""The limit of the fleet writes what the app's own pushes have written, and nothing else."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.core.db import Database, table_of
from benchmarks import databases
from benchmarks.push import Phones, push_all
from benchmarks.raw_insert import DERIVED, RECORDS, raw_insert


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_raw_insert_leaves_the_rows_of_the_pushes_in_every_table(kind: str) -> None:
    with databases.store(kind) as store:
        database = Database(store.url)
        phones = Phones(database)
        for _ in range(12):  # more than once around the hamlet's households
            for member in phones.members[:2]:
                push_all(database, member, phones.operations(member))
        before = database.read(rows)
        database.close()
        speeds = raw_insert(store)
        assert speeds.records > 0
        assert speeds.derived > 0
        database = Database(store.url)
        after = database.read(rows)
        database.close()
        assert [name for name in before if not before[name]] == []
        assert [name for name in before if before[name] != after[name]] == []


def rows(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table that a push of visits writes."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=str)
        for table in map(table_of, (*RECORDS, *DERIVED))
    }
