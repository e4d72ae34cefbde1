"""Revision 0005 on a database that has flagged visits."""

from datetime import timedelta

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import Session

from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.versions import bring_up_to_date
from app.upkeep.migrations import config
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import assert_as_computed_anew, flags_in, rows_in, visits_at
from tests.phone import Phone
from tests.world import World, add_households


def test_flags_of_the_revision_before_are_there_since_ever_and_a_wrong_clock_is_a_notice(
    lan: Phone, database: Database, world: World
) -> None:
    lan.exchange(*visits_at(lan, add_households(database, world, 12), 3, note="CCCD 001085012345 của bác"))
    wrong = lan.visit(world.duc) | {"at": wire_time(NOW - timedelta(hours=4))}
    lan.exchange(wrong, sent_at=wire_time(NOW - timedelta(hours=3)))
    before = flags_in(database)
    assert before["clock"]
    _downgrade_before(database, "0005")
    database.write(_as_flags_were)
    command.upgrade(config(database), "head")
    assert flags_in(database) == before
    assert {row.since for row in rows_in(database)} == {0}
    assert {(row.rule == "clock", row.notice, row.undecided) for row in rows_in(database)} == {
        (True, True, False),
        (False, False, True),
    }
    bring_up_to_date(database, NOW)
    assert_as_computed_anew(database, world)


def _as_flags_were(session: Session) -> None:
    session.execute(text("UPDATE visit_flag SET undecided = true"))


def _downgrade_before(database: Database, revision: str) -> None:
    script = ScriptDirectory.from_config(config(database)).get_revision(revision)
    assert isinstance(script.down_revision, str)
    command.downgrade(config(database), script.down_revision)
