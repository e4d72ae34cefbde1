"""Where people were helped, in the report: visits at home, sessions by the kind of their place."""

from typing import Any

import pytest
from sqlmodel import Session

from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.reports.extras.choice import choose_extras
from app.reports.extras.tables import current_extras
from app.reports.query import report_table
from tests.conftest import NOW
from tests.fieldwork.outreach.sessions import record
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World


def _tables(database: Database, world: World) -> list[tuple[str, list[tuple[object, ...]]]]:
    def load(session: Session) -> list[tuple[str, list[tuple[object, ...]]]]:
        actor = binh(session, world)
        table = report_table(session, actor, parse_period("2026-11", 1), NOW)
        return [(one.name, [row.cells for row in one.rows]) for one in current_extras(session, actor, table)]

    return database.read(load)


@pytest.mark.both_databases
def test_sessions_are_counted_by_venue_beside_the_visits(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai), record(lan, world.dong, people=9))
    database.write(lambda session: choose_extras(session, binh(session, world), ["venue"], 0, NOW))
    assert _tables(database, world) == [], "nobody has said of any where it was"
    shifts: list[dict[str, Any]] = [
        record(lan, world.dong, venue="one_stop_centre", people=12),
        record(lan, world.dong, venue="one_stop_centre", people=None),
        record(lan, world.dong, venue="market", people=None),
    ]
    lan.exchange(*shifts)
    assert _tables(database, world) == [
        (
            "Nơi giúp bà con",
            [
                ("Tại nhà", 2, None, None, None),
                ("Bộ phận một cửa", None, 2, 12, 1),
                ("Chợ", None, 1, None, 1),
                ("Chưa ghi nơi", None, 1, 9, 0),
            ],
        )
    ]
