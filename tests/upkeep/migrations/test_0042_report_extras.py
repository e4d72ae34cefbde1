"""Revision 0042: no commune has extras, and a period that is closed stays as it was."""

from datetime import date

from alembic import command

from app.core.db import Database
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.extras.models import wanted_extras
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.reports.random_commune import binh
from tests.world import World


def test_closed_periods_stay_and_nobody_has_extras(world: World, database: Database) -> None:
    closed = ClosedPeriod(
        commune_id=world.commune_id, id="closed-1", kind="month", code="2026-10", first=date(2026, 10, 1),
        last=date(2026, 10, 31), closed_at=NOW, closed_by=world.binh, columns=[["hamlet", "Thôn", "text"]],
        rows=[[None, "Toàn xã"]], notes=["Ghi chú"], remarks={}, adjustments=[], printed_adjustments=[],
        extras=[{"name": "A", "columns": [], "rows": [], "services": []}],
    )  # fmt: skip
    database.write(lambda session: session.add(closed))
    command.downgrade(config(database), "0041")
    upgrade(database)
    found = database.read(lambda session: session.get_one(ClosedPeriod, (world.commune_id, "closed-1")))
    assert (found.notes, found.rows, found.extras) == (["Ghi chú"], [[None, "Toàn xã"]], [])
    assert database.read(lambda session: wanted_extras(session, binh(session, world))) == frozenset()
