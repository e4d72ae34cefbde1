"""Revision 0005 on a database that has flagged visits."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.core.db import Database
from app.flags import update as flags
from app.migrations import config
from tests.conftest import NOW
from tests.flags.flagged import flags_in, visits_at
from tests.phone import Phone
from tests.world import World, add_households


def test_flags_that_were_there_before_the_upgrade_are_there_since_ever(
    lan: Phone, database: Database, world: World
) -> None:
    lan.exchange(*visits_at(lan, add_households(database, world, 12), 3, note="CCCD 001085012345 của bác"))
    before = flags_in(database)
    _downgrade_before(database, "0005")
    command.upgrade(config(database), "head")
    assert flags_in(database) == before
    assert _since(database) == {0}
    assert database.read(lambda session: flags.differences(session, world.commune_id, NOW)) == 0


def _downgrade_before(database: Database, revision: str) -> None:
    script = ScriptDirectory.from_config(config(database)).get_revision(revision)
    assert isinstance(script.down_revision, str)
    command.downgrade(config(database), script.down_revision)


def _since(database: Database) -> set[int]:
    return database.read(lambda session: set(session.scalars(text("SELECT since FROM visit_flag"))))
