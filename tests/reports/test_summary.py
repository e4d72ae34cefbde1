"""A commune's line of a closed report is what the closing stored, and `check` says where it is not."""

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.core.db import Database
from app.fieldwork.periods.models import ReportSummary
from app.reports.closing import close_period, reopen_period
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World

WEEK = "2026-W48"
COMPLAINT = "1 closed periods of commune 06391 are others in their province's totals."


@pytest.fixture
def closed(world: World, database: Database, lan: Phone, clock: FakeClock) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=7)
    database.write(lambda session: close_period(session, binh(session, world), WEEK, "", clock()))


def line(database: Database, world: World) -> ReportSummary:
    return database.read(lambda session: session.get_one(ReportSummary, (WEEK, world.commune_id)))


def problems(database: Database) -> list[str]:
    return [problem for one in check(database) for problem in one.problems]


def test_line_is_the_commune_s_last_row(closed: None, world: World, database: Database) -> None:
    stored = line(database, world)
    figures = dict(zip((code for code, _heading in stored.columns), stored.figures, strict=True))
    assert (figures["visits"], figures["met"], figures["households"]) == (1, 1, 5)
    assert "hamlet" not in figures
    assert stored.reopened_at is None


def test_line_of_a_reopened_period_is_marked_until_it_is_closed_again(
    closed: None, world: World, database: Database, clock: FakeClock
) -> None:
    def reopen(session: Session) -> None:
        reopen_period(session, binh(session, world), WEEK, "Nhập thiếu", clock())

    database.write(reopen)
    assert line(database, world).reopened_at == clock()
    assert problems(database) == []
    database.write(lambda session: close_period(session, binh(session, world), WEEK, "", clock()))
    assert line(database, world).reopened_at is None
    assert problems(database) == []


def test_check_finds_a_line_that_is_another_or_missing(
    closed: None, world: World, database: Database
) -> None:
    assert problems(database) == []
    is_line = col(ReportSummary.code) == WEEK
    figures = line(database, world).figures
    wrong = [(figure or 0) + 1 for figure in figures]
    database.write(
        lambda session: session.execute(update(ReportSummary).where(is_line).values(figures=wrong))
    )
    assert problems(database) == [COMPLAINT]
    database.write(lambda session: session.execute(delete(ReportSummary).where(is_line)))
    assert problems(database) == [COMPLAINT]
