"""Periods of long ago, when a commune has closed more since than the desk lists."""

import pytest

from app.core.db import Database
from app.core.errors import Invalid
from app.fieldwork.periods import queries
from app.reports.check_code import check_code, find_by_code
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.test_closing import (
    FIRST,
    Close,
    ReadTable,
    adjusted,
    close,
    reopen,
    table,
)
from tests.world import World

__all__ = ["close", "reopen", "table"]


@pytest.fixture(autouse=True)
def few_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTED", 2)


def test_month_is_not_reopened_before_a_later_one_although_many_weeks_were_closed_since(
    lan: Phone, clock: FakeClock, close: Close, reopen: Close
) -> None:
    clock.forward(days=46)
    for code in ("2026-11", "2026-12", "2026-W52", "2026-W53", "2027-W01"):
        if code == "2027-W01":
            clock.forward(days=4)
        close(code)
    with pytest.raises(Invalid) as refused:
        reopen("2026-11")
    assert refused.value.fields == ["period"]
    reopen("2026-12")
    reopen("2026-11")


def test_late_visit_of_long_ago_is_an_adjustment_in_the_open_periods_after_it(
    lan: Phone, world: World, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    late = lan.visit(world.duc)
    clock.forward(days=28)
    lan.now = clock()
    for code in (FIRST, "2026-W50", "2026-W51"):
        close(code)
    clock.forward(seconds=1)
    lan.exchange(late)
    for code in ("2026-W49", "2026-W52"):
        assert [row["visits"] for row in adjusted(table(code))] == [1]


def test_code_of_a_printed_report_opens_its_figures_however_many_were_closed_since(
    world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    clock.forward(days=28)
    for code in (FIRST, "2026-W49", "2026-W50", "2026-W51"):
        close(code)
    printed = check_code(table(FIRST))
    found = database.read(lambda session: find_by_code(session, binh(session, world), printed).code)
    assert found == FIRST
