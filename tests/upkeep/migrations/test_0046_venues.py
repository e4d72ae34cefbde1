"""Revision 0046: sessions stay as they are, and of none it is known at what kind of place it was."""

from alembic import command
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.outreach.models import OutreachSession
from app.upkeep.migrations import config, upgrade
from tests.fieldwork.outreach.sessions import amend, record
from tests.phone import Phone
from tests.world import World


def test_sessions_stay_and_their_venue_is_unknown_until_somebody_says_it(
    lan: Phone, world: World, database: Database
) -> None:
    op = record(lan, world.dong, venue="market")
    lan.exchange(op)
    command.downgrade(config(database), "0045")
    upgrade(database)
    row = database.read(lambda session: session.exec(select(OutreachSession)).one())
    assert (row.place, row.people, row.version, row.venue) == ("Nhà văn hóa thôn", 30, 1, None)
    assert lan.statuses(amend(lan, op, venue="other")) == ["applied"]
    assert database.read(lambda session: session.exec(select(OutreachSession)).one()).venue == "other"
