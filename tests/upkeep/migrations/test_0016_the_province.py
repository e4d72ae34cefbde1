"""Revision 0016 gives each province the lines of what its communes have closed before."""

import random
from typing import Any

from alembic import command
from sqlalchemy import text
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.periods.models import ReportSummary
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.conftest import FakeClock
from tests.province import random_province


def test_upgrade_writes_the_lines_of_closed_and_reopened_periods(
    database: Database, clock: FakeClock
) -> None:
    database.write(lambda session: random_province.build(session, random.Random(5), clock()))
    before = database.read(_lines)
    assert any(one["reopened_at"] for one in before)
    assert any(one["adjusted"] for one in before)
    command.downgrade(config(database), "0015")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM closed_period")).scalar_one() >= len(before)
    upgrade(database)
    assert database.read(_lines) == before
    # The reviews of these visits are invented: nobody decided them, which `audit` would say.
    assert [problem for one in check(database) if one.name != "audit" for problem in one.problems] == []


def _lines(session: Session) -> list[dict[str, Any]]:
    ordered = select(ReportSummary).order_by(ReportSummary.commune_id, ReportSummary.code)
    return [one.model_dump() for one in session.exec(ordered)]
