"""Revision 0041: a period that is closed says nothing of spot checks, and draws can be stored."""

from datetime import date

from alembic import command

from app.core.db import Database
from app.fieldwork.periods.models import ClosedPeriod
from app.review.spot_checks.models import SpotCheck
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.world import World


def test_closed_periods_stay_without_spot_checks(world: World, database: Database) -> None:
    closed = ClosedPeriod(
        commune_id=world.commune_id, id="closed-1", kind="month", code="2026-10", first=date(2026, 10, 1),
        last=date(2026, 10, 31), closed_at=NOW, closed_by=world.binh, columns=[["hamlet", "Thôn", "text"]],
        rows=[[None, "Toàn xã"]], notes=["Ghi chú"], remarks={}, adjustments=[], printed_adjustments=[],
        wording={"sentences": ["A."]},
    )  # fmt: skip
    database.write(lambda session: session.add(closed))
    command.downgrade(config(database), "0040")
    upgrade(database)
    found = database.read(lambda session: session.get_one(ClosedPeriod, (world.commune_id, "closed-1")))
    assert (found.rows, found.wording, found.spot_checks) == ([[None, "Toàn xã"]], {"sentences": ["A."]}, [])
    drawn = SpotCheck(
        commune_id=world.commune_id, id="draw-1", code="2026-10", first=date(2026, 10, 1),
        last=date(2026, 10, 31), drawn_by=world.binh, drawn_at=NOW, seed=2**48 - 1, households=9, drawn=2,
        population_hash="0" * 64,
    )  # fmt: skip
    database.write(lambda session: session.add(drawn))
    assert (
        database.read(lambda session: session.get_one(SpotCheck, (world.commune_id, "draw-1"))).seed
        == 2**48 - 1
    )
