"""What households have said of themselves, in the report: counted by hamlet, and who was not asked apart."""

from sqlmodel import Session

from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.reports.extras.choice import choose_extras
from app.reports.extras.tables import current_extras
from app.reports.query import report_table
from tests.conftest import NOW
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World


def _tables(database: Database, world: World) -> list[tuple[str, list[tuple[object, ...]]]]:
    def load(session: Session) -> list[tuple[str, list[tuple[object, ...]]]]:
        actor = binh(session, world)
        table = report_table(session, actor, parse_period("2026-11", 1), NOW)
        return [(one.name, [row.cells for row in one.rows]) for one in current_extras(session, actor, table)]

    return database.read(load)


def test_who_was_not_asked_is_neither_with_nor_without(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(
        lan.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": "no"}),
        lan.op("household.amend", {"id": world.mai, "base_version": 1, "smart_device": "yes"}),
    )
    assert _tables(database, world) == [], "not wanted"
    database.write(
        lambda session: choose_extras(session, binh(session, world), ["smart_device", "business"], 0, NOW)
    )
    ((name, rows),) = _tables(database, world)
    dong, tay = len(world.households[world.dong]), len(world.households[world.tay])
    assert name == "Hộ có thiết bị thông minh"
    assert [row[1:] for row in rows] == [
        (1, 1, 2, dong - 2),
        (0, 0, 0, tay),
        (1, 1, 2, dong + tay - 2),
    ]
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 2, "state": "moved"}))
    ((_name, rows),) = _tables(database, world)
    assert rows[-1][1:] == (0, 1, 1, dong + tay - 2)
