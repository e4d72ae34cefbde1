"""Which index each of the desk's lists is read by: with a million visits another index takes seconds.

SQLite only: PostgreSQL chooses by statistics, which a small table does not have. `benchmarks/desk.py`
measures both.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import PeriodKind, period_of
from app.core.db import Database
from app.review.decisions import selection
from app.review.decisions.selection import FilterSelection
from app.review.visit_list import flag_queries, listing
from app.review.visit_list.listing import ANY_FLAG, FEW_HOUSEHOLDS, Filters
from app.review.visit_list.pages import PagePosition, newest_page
from tests.cases import cases
from tests.conftest import NOW
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAYS = {"since": NOW.date() - timedelta(days=9), "until": NOW.date()}
IN_HAMLET, BY_AUTHOR = {"hamlet_id": "thon-dong"}, {"volunteer_id": "someone"}
MANY = tuple(map(str, range(FEW_HOUSEHOLDS + 1)))
INDEX_BY_FILTERS = [
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
    ({"household_ids": ("a", "b")}, "household"),
    ({"household_ids": ("a", "b")} | IN_HAMLET, "household"),
    ({"household_ids": ("a", "b"), "state": "returned"}, "household"),
    ({"household_ids": MANY, "state": "returned"}, "open"),
]


@cases("filters, index", INDEX_BY_FILTERS)
def test_a_list_and_its_count_are_read_by_one_index(
    database: Database, world: World, filters: dict[str, Any], index: str
) -> None:
    rows, count, waiting = _plans_of_list(database, Filters(**filters))
    for plan in (rows, count):
        assert f"ix_visit_{index} " in plan
    if waiting:
        assert f"ix_visit_{index if index == 'household' else 'open'} " in waiting


def test_many_households_are_read_in_the_lists_order_and_counted_by_household(
    database: Database, world: World
) -> None:
    rows, count, waiting = _plans_of_list(database, Filters(household_ids=MANY))
    assert "ix_visit_newest " in rows
    assert "ix_visit_household " in count
    assert "ix_visit_open " in waiting


def test_visits_of_a_few_households_are_counted_without_their_rows(database: Database, world: World) -> None:
    _rows, count, waiting = _plans_of_list(database, Filters(household_ids=("a", "b")))
    for plan in (count, waiting):
        assert "COVERING INDEX ix_visit_household " in plan


def test_flagged_visits_that_wait_are_found_without_the_flags_of_decided_ones(
    database: Database, world: World
) -> None:
    flagged = Filters(flag=ANY_FLAG, state="received")
    reads: list[Callable[[Session, Actor], object]] = [
        flag_queries.count_flagged,
        lambda session, actor: flag_queries.count_flagged(
            session, actor, period_of(PeriodKind.MONTH, NOW.date(), 1)
        ),
        flag_queries.list_groups,
        lambda session, actor: flag_queries.count_flagged_visits(session, actor, Filters()),
        lambda session, actor: listing.count_visits(session, actor, flagged),
    ]
    for read in reads:
        (plan,) = _plans(database, read, table="visit_flag")
        assert "COVERING INDEX ix_visit_flag_undecided " in plan


def test_deciding_on_a_whole_filter_reads_only_what_waits(database: Database, world: World) -> None:
    wanted = FilterSelection(Filters(hamlet_id="thon-dong"), 9, NOW, 9)
    plans = _plans(database, lambda session, actor: selection.lock_selected(session, actor, wanted))
    assert "ix_visit_open " in plans[0]


def _plans_of_list(database: Database, filters: Filters) -> tuple[str, str, str]:
    """The plans of a list's page, of its count, and of the count of those that wait; empty if all do, or
    none can be decided on."""

    def plan(work: Any) -> str:
        return _plans(database, work)[0]

    page = plan(lambda session, actor: newest_page(session, actor, _wanted(actor, filters), PagePosition()))
    count = plan(lambda session, actor: listing.count_visits(session, actor, filters))
    waiting = filters.selectable
    if waiting is None or waiting == filters:
        return page, count, ""
    return page, count, plan(lambda session, actor: listing.count_visits(session, actor, waiting))


def _wanted(actor: Actor, filters: Filters) -> Any:
    return listing.apply_filters(listing.visible_visits(actor, filters), filters)


def _plans(database: Database, work: Any, table: str = "visit") -> list[str]:
    """The query plan of SQLite for each statement in which `work` reads visits, or this table."""
    statements: list[tuple[str, Any]] = []

    def collect(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if re.search(rf"FROM {table}\b", statement) and "visit_service" not in statement:
            statements.append((statement, parameters))

    actor = Actor("c06391", "binh", "Bình", "supervisor")
    event.listen(database.engine, "before_cursor_execute", collect)
    database.read(lambda session: work(session, actor))
    event.remove(database.engine, "before_cursor_execute", collect)
    with database.engine.connect() as connection:
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            for statement, parameters in statements
        ]
    return ["\n".join(f"{row[-1]} " for row in rows) for rows in explained]
