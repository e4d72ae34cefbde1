"""Clocks that are wrong by a day or by two years, on the phone and on the server."""

from datetime import UTC, timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.core.clock import local_date
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.conftest import FakeClock
from tests.faults.mutants import install
from tests.phone import Phone
from tests.world import World

OFF = [timedelta(days=-730), timedelta(days=-1), timedelta(days=1), timedelta(days=730)]
NOT_AHEAD = OFF[:3]  # two years ahead the session would have ended


def test_visit_counts_on_its_true_day_whatever_the_phones_clock_says(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    for off in OFF:
        assert _days(lan, world, database, clock, off) == [-3, 0], off


@pytest.mark.mutant
def test_server_that_trusts_the_phones_clock_is_detected(
    lan: Phone, world: World, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("phones_clock", monkeypatch.setattr)
    for off in OFF:
        assert _days(lan, world, database, clock, off) == [off.days - 3, off.days]


def _days(lan: Phone, world: World, database: Database, clock: FakeClock, off: timedelta) -> list[int]:
    """Send a visit of three days ago and one of now; returns the days on which they count, from today."""
    lan.now = clock() + off - timedelta(days=3)
    earlier = lan.visit(world.duc)
    lan.now = clock() + off
    assert lan.statuses(earlier, lan.visit(world.duc)) == ["applied", "applied"]
    visits = database.read(lambda session: session.exec(select(Visit).order_by(Visit.seq)).all()[-2:])  # type: ignore[arg-type]
    return [(visit.counted_on - local_date(clock())).days for visit in visits]


def test_server_with_a_wrong_clock_applies_everything_once(
    lan: Phone, world: World, app: FastAPI, clock: FakeClock
) -> None:
    for off in NOT_AHEAD:
        before = lan.visit(world.duc)
        lan.exchange(before)
        clock.now += off
        during = lan.visit(world.duc)
        assert lan.statuses(before, during) == ["duplicate", "applied"], off
        clock.now -= off
        assert lan.statuses(before, during, lan.visit(world.duc)) == ["duplicate", "duplicate", "applied"]


@pytest.mark.mutant
def test_server_that_refuses_large_offsets_is_detected(
    lan: Phone, world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("no_skew", monkeypatch.setattr)
    right = clock.now
    for off in NOT_AHEAD:
        clock.now = right + off
        assert lan.send(lan.visit(world.duc)).status_code == 422, off


def test_server_two_years_ahead_ends_sessions_and_loses_no_queue(
    lan: Phone,
    world: World,
    clock: FakeClock,
) -> None:
    waiting = lan.visit(world.duc)
    clock.forward(days=730)
    assert lan.send(waiting).status_code == 401
    clock.forward(days=-730)
    assert clock().tzinfo is UTC
    assert lan.statuses(waiting) == ["applied"]
