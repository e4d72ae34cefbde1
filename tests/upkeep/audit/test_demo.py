"""The demo is what a commune's own people would have made: `check` finds nothing in it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.review.decisions.models import Decision
from app.upkeep import demo
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock


@pytest.mark.parametrize("days", [0, 17])
def test_check_finds_nothing_in_a_fresh_demo(database: Database, clock: FakeClock, days: int) -> None:
    now: datetime = clock.now + timedelta(days=days)
    database.write(lambda session: demo.load(session, now))
    assert [one for one in check(database, lambda: now) if one.problems] == []
    decided, reviewed = database.read(_decided)
    assert decided == reviewed > 100


def _decided(session: Session) -> tuple[int, int]:
    visits = session.exec(select(Visit)).all()
    return len({one.visit_id for one in session.exec(select(Decision))}), sum(
        one.reviewed_at is not None for one in visits
    )
