"""Which index each of the desk's lists is read by: at a million visits any other way takes seconds.

PostgreSQL chooses by statistics, which a small table does not have; `benchmarks/desk.py` measures both.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.accounts.access import Actor
from app.core.db import Database
from app.reviews import selection
from app.reviews.selection import Shown
from app.visits.listing import FEW_HOMES, Filters, Place, listing
from tests.conftest import NOW
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAYS = {"since": NOW.date() - timedelta(days=9), "until": NOW.date()}
IN_HAMLET, BY_AUTHOR = {"hamlet_id": "thon-dong"}, {"volunteer_id": "someone"}
MANY = tuple(map(str, range(FEW_HOMES + 1)))
READ_BY = [
    ({}, "newest"),
    (IN_HAMLET, "in_hamlet"),
    (BY_AUTHOR, "by_author"),
    (DAYS, "newest"),
    ({"state": "accepted"}, "newest"),
    ({"state": "received"}, "open"),
    ({"state": "returned"}, "open"),
    ({"state": "withdrawn"}, "withdrawn"),
    (IN_HAMLET | DAYS, "in_hamlet"),
    (IN_HAMLET | {"state": "accepted"}, "in_hamlet"),
    (IN_HAMLET | {"state": "received"}, "open"),
    (BY_AUTHOR | {"state": "returned"}, "open"),
    (DAYS | {"state": "received"}, "open"),
    ({"homes": ("a", "b")}, "household"),
    ({"homes": ("a", "b")} | IN_HAMLET, "household"),
    ({"homes": ("a", "b"), "state": "returned"}, "household"),
    ({"homes": MANY, "state": "returned"}, "open"),
]


@pytest.mark.parametrize(("asked", "index"), READ_BY)
def test_a_list_and_its_count_are_read_by_one_index(
    database: Database, world: World, asked: dict[str, Any], index: str
) -> None:
    plans = _plans(database, lambda session, actor: listing(session, actor, Filters(**asked), Place()))
    assert len(plans) in (2, 3)
    for plan in plans[:2]:
        assert f"ix_visit_{index} " in plan
    for plan in plans[2:]:  # what waits of it
        assert f"ix_visit_{index if index == 'household' else 'open'} " in plan


def test_many_households_are_listed_in_order_and_counted_door_by_door(
    database: Database, world: World
) -> None:
    rows, count, waiting = _plans(
        database, lambda session, actor: listing(session, actor, Filters(homes=MANY), Place())
    )
    assert "ix_visit_newest " in rows
    assert "ix_visit_household " in count
    assert "ix_visit_open " in waiting


def test_deciding_on_a_whole_filter_reads_only_what_waits(database: Database, world: World) -> None:
    wanted = Shown(Filters(hamlet_id="thon-dong"), 9, NOW, 9)
    plans = _plans(database, lambda session, actor: selection.take(session, actor, wanted))
    assert "ix_visit_open " in plans[0]


def _plans(database: Database, work: Any) -> list[str]:
    """How SQLite reads visits for `work`, statement by statement."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "FROM visit" in statement and "visit_service" not in statement:
            asked.append((statement, parameters))

    actor = Actor("c06391", "binh", "Bình", "supervisor")
    event.listen(database.engine, "before_cursor_execute", note)
    database.read(lambda session: work(session, actor))
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            for statement, parameters in asked
        ]
    return ["\n".join(f"{row[-1]} " for row in rows) for rows in explained]
