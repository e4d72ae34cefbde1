"""Revision 0019: a follow-up has the day of the visit that closed it."""

from datetime import date

from alembic import command
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.visits.models import FollowUp
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World, give_lan_both_hamlets

DUE = "2026-11-30"


def days(session: Session) -> dict[str, date | None]:
    return {row.id: row.closed_on for row in session.exec(select(FollowUp))}


def test_upgrade_fills_the_days(lan: Phone, world: World, database: Database) -> None:
    give_lan_both_hamlets(database, world)
    closed = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-21T02:00:00.000Z"}
    closing = lan.visit(world.duc) | {"at": "2026-11-23T02:00:00.000Z"}
    is_open = lan.visit(world.mai, follow_up_on=DUE)
    lan.exchange(closed, closing, is_open)
    before = database.read(days)
    assert before == {closed["data"]["id"]: date(2026, 11, 23), is_open["data"]["id"]: None}
    command.downgrade(config(database), "0018")
    upgrade(database)
    assert database.read(days) == before
    assert [problem for one in check(database) for problem in one.problems] == []
