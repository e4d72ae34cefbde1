"""Revision 0002 on a database with a year of work: what is derived is what the visits say, and closed periods
go on as they were."""

import json
import random
from datetime import timedelta

from alembic import command
from sqlalchemy import text
from sqlmodel import Session

from app.commune.calendar.period import PeriodKind, period_of
from app.core.db import Database
from app.reports.closing import close_period
from app.reports.query import report_table
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import LATER, START, binh, fill
from tests.reports.test_closing import adjusted
from tests.world import World

MONTH = period_of(PeriodKind.MONTH, START, 1)
NEXT = period_of(PeriodKind.MONTH, MONTH.last + timedelta(days=1), 1)


def test_upgrade_derives_households_and_keeps_closed_periods(
    world: World, database: Database, lan: Phone, clock: FakeClock
) -> None:
    def prepare(session: Session) -> None:
        fill(session, world, random.Random(3))
        close_period(session, binh(session, world), MONTH.code, "Vẫn chốt", LATER)

    database.write(prepare)
    figures = database.read(lambda session: report_table(session, binh(session, world), MONTH, LATER))
    command.downgrade(config(database), "0001")
    _make_old_snapshot(database)
    upgrade(database)
    # The reviews of these visits are invented: nobody decided them, which `audit` would say.
    assert [problem for one in check(database) if one.name != "audit" for problem in one.problems] == []
    after = database.read(lambda session: report_table(session, binh(session, world), MONTH, LATER))
    headings = [column.heading for column in after.columns]
    assert headings == [column.heading for column in figures.columns if column.code not in ("guided", "met")]
    (row,) = adjusted(database.read(lambda s: report_table(s, binh(s, world), NEXT, LATER)))
    assert {code: count for code, count in row.items() if code != "hamlet"} == {"visits": 2}
    assert lan.statuses(lan.visit(world.duc)) == ["applied"]


def _make_old_snapshot(database: Database) -> None:
    """As the version before stored it: without the columns of households; two visits came since, of which the
    next closing would have said so in its footnote."""
    with database.engine.begin() as connection:
        columns, rows = connection.execute(text("SELECT columns, rows FROM closed_period")).one()
        columns, rows = (one if isinstance(one, list) else json.loads(one) for one in (columns, rows))
        codes = [code for code, _heading, _kind in columns]
        stays = [code not in ("guided", "met") for code in codes]
        for row in rows:
            row[1 + codes.index("visits")] -= 2 if row in (rows[0], rows[-1]) else 0
        rows = [[row[0], *(cell for cell, stay in zip(row[1:], stays, strict=True) if stay)] for row in rows]
        columns = [column for column, stay in zip(columns, stays, strict=True) if stay]
        connection.execute(
            text("UPDATE closed_period SET columns = :columns, rows = :rows"),
            {"columns": json.dumps(columns), "rows": json.dumps(rows)},
        )
