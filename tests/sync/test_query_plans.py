"""Which index an exchange reads by: its time may not grow with the commune.

PostgreSQL chooses by statistics, which a small table does not have.
"""

import pytest
from fastapi import FastAPI

from app.core.db import Database
from tests.cases import cases
from tests.phone import Phone
from tests.review.deduplication.merges import merge_households
from tests.statements import query_plans, sent_statements
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def plans(app: FastAPI, lan: Phone, world: World) -> list[str]:
    """The plans of all reads in an exchange with one visit."""
    lan.exchange()
    return _plans(app, lan, world.duc)


@pytest.mark.parametrize("table", ["household", "visit", "follow_up", "outreach_session"])
def test_changed_rows_are_found_by_their_feed_number(plans: list[str], table: str) -> None:
    by_feed = f"ix_{table}_feed (commune_id=? AND hamlet_id=? AND feed_seq>? AND feed_seq<?)"
    assert any(by_feed in plan for plan in plans)


def test_tombstones_are_found_by_their_feed_number(plans: list[str]) -> None:
    assert any("ix_tombstone_feed (commune_id=? AND feed_seq>? AND feed_seq<?)" in plan for plan in plans)


def test_open_needs_are_found_by_their_household(plans: list[str]) -> None:
    steps = [step for plan in plans for step in plan.splitlines() if "household_need" in step]
    by_household = "ix_household_need_household (commune_id=? AND household_id=?"
    found = [step for step in steps if "household_need USING" in step]
    assert found
    # What a household ever asked for grows with the years; a push reads what is open, or closed lately.
    assert all(by_household in step for step in found), found


@cases("table", ["household", "visit", "follow_up", "tombstone", "ledger", "quarantined", "daily_total"])
def test_no_read_finds_rows_by_their_commune_alone(plans: list[str], table: str) -> None:
    steps = [step for plan in plans for step in plan.splitlines() if f" {table} " in f"{step} "]
    assert not [step for step in steps if step.startswith("SCAN") or step.endswith("(commune_id=?) ")]


def test_households_merged_into_another_are_found_by_index(
    app: FastAPI, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange()
    merge_households(database, world, world.mai, world.duc)
    plans = _plans(app, lan, world.mai)
    assert any("ix_household_merged (commune_id=? AND merged_into=?)" in plan for plan in plans)


def _plans(app: FastAPI, phone: Phone, household_id: str) -> list[str]:
    engine = app.state.database.engine
    with sent_statements(engine) as sent:
        phone.exchange(phone.visit(household_id))
    return query_plans(engine, [one for one in sent if one[0].startswith(("SELECT", "WITH"))])
