"""Retention: what is over is nowhere any more, what is pending stays, and no figure changes."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import Database, table_of
from app.core.desk_log import DeskEntry
from app.core.personal_data.columns import term_of
from app.upkeep.maintenance.check import check
from app.upkeep.migrations.tables import METADATA
from app.upkeep.retention import daily, run
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.upkeep.retention.stored import store_everything, values
from tests.world import World

COLUMNS = tuple(column for step in run.STEPS for column in step.columns)
LANS = "+84900000001"
FIGURES = (
    "daily_total", "monthly_total", "household_month", "visited_household", "household_need", "open_visits",
    "closed_period", "report_summary", "follow_up", "visit_service",
)  # fmt: skip


def test_every_column_with_a_term_has_what_purges_it() -> None:
    timed = {str(column) for table in METADATA.sorted_tables for column in table.columns if term_of(column)}
    assert {str(column) for column in (*COLUMNS, *daily.OF_INSTANCE, *daily.OF_LOG)} == timed
    assert [step.term for step in run.STEPS]


@pytest.mark.partitioned
def test_what_is_over_is_nowhere_any_more_and_no_figure_changes(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    store_everything(lan, nam, world, database, clock())
    before, figures = values(database, COLUMNS), _figures(database)
    assert [name for name, found in before.items() if not found] == [], "nothing is stored there"
    clock.forward(days=24 * 31)
    counts = {one.code: one.counts for one in run.count_due(database, clock())}
    assert {one.code: one.counts for one in run.run(database, clock())} == counts
    left = {name: found for name, found in values(database, COLUMNS).items() if found}
    assert left == {"account.phone": {LANS}, "phone_commune.phone": {LANS}}, "she works on"
    assert _figures(database) == figures
    assert [result.problems for result in check(database, clock) if result.problems] == []
    assert [entry["counts"] for entry in _entries(database)] == [counts["06391"]]
    assert not any(one.counts for one in run.run(database, clock())), "a second run finds nothing"
    assert len(_entries(database)) == 1


def _figures(database: Database) -> dict[str, list[Any]]:
    """All rows of the tables of figures, but the numbers of the feed."""

    def read(table: Any) -> list[Any]:
        columns = [column for column in table.columns if column.name != "feed_seq"]
        rows = database.read(lambda session: session.execute(select(*columns)).all())
        return sorted(map(repr, rows))

    return {name: read(METADATA.tables[name]) for name in FIGURES}


def _entries(database: Database) -> list[dict[str, Any]]:
    entries = database.read(lambda session: session.scalars(select(table_of(DeskEntry).c.entry)).all())
    return [entry for entry in entries if entry["what"] == run.EVENT]
