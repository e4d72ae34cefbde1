"""Revision 0038: visits stay as they are, and nobody has answered yet."""

from alembic import command
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World


def test_visits_stay_without_an_answer_and_can_get_one(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.duc, note="Đã hỏi")
    lan.exchange(visit)
    command.downgrade(config(database), "0036")
    upgrade(database)
    found = database.read(lambda session: session.exec(select(Visit)).one())
    assert (found.note, found.answers) == ("Đã hỏi", None)
    lan.exchange(lan.amend(visit, answer="Rồi"))
    answers = database.read(lambda session: session.exec(select(Visit)).one()).answers or []
    assert [one["text"] for one in answers] == ["Rồi"]
