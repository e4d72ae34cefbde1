"""Revision 0040: a period that is closed stays as it was, and has neither a form nor sentences of its own."""

from datetime import date

from alembic import command

from app.core.db import Database
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.report_form.models import DEFAULT_FORM, period_form
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.world import World


def test_closed_periods_stay_and_say_that_they_have_todays_form(world: World, database: Database) -> None:
    closed = ClosedPeriod(
        commune_id=world.commune_id, id="closed-1", kind="month", code="2026-10", first=date(2026, 10, 1),
        last=date(2026, 10, 31), closed_at=NOW, closed_by=world.binh, columns=[["hamlet", "Thôn", "text"]],
        rows=[[None, "Toàn xã"]], notes=["Ghi chú"], remarks={}, adjustments=[], printed_adjustments=[],
        form=DEFAULT_FORM.stored(), wording={"sentences": ["A."]},
    )  # fmt: skip
    database.write(lambda session: session.add(closed))
    command.downgrade(config(database), "0039")
    upgrade(database)
    found = database.read(lambda session: session.get_one(ClosedPeriod, (world.commune_id, "closed-1")))
    assert (found.notes, found.rows, found.form, found.wording) == (["Ghi chú"], [[None, "Toàn xã"]], {}, {})
    assert database.read(lambda session: period_form(session, world.commune_id, found)) == (
        DEFAULT_FORM,
        True,
    )
