"""What a read asks for again is not read again; a write, and the next read, ask anew."""

from sqlmodel import Session

from app.commune.settings import settings_of
from app.core.db import Database
from tests.statements import sent_statements
from tests.world import World


def test_read_asks_for_the_settings_once(database: Database, world: World) -> None:
    with sent_statements(database._reader_engine) as sent:
        database.read(lambda session: [settings_of(session, world.commune_id) for _ in range(3)])
    assert sum("commune_settings" in text for text, _parameters in sent) == 1


def test_settings_of_another_commune_are_another_question(database: Database, world: World) -> None:
    found = database.read(
        lambda session: [settings_of(session, id) for id in (world.commune_id, world.neighbour_id)]
    )
    assert [one.commune_id for one in found] == [world.commune_id, world.neighbour_id]


def test_write_and_the_next_read_see_a_change(database: Database, world: World) -> None:
    assert database.read(lambda session: settings_of(session, world.commune_id).month_start_day) == 1
    assert database.write(lambda session: _changed(session, world, 15)) == (1, 15)
    assert database.read(lambda session: settings_of(session, world.commune_id).month_start_day) == 15


def _changed(session: Session, world: World, day: int) -> tuple[int, int]:
    """The first day of the commune's months before and after it is changed."""
    before = settings_of(session, world.commune_id)
    first = before.month_start_day
    before.month_start_day = day
    session.add(before)
    session.flush()
    session.expunge_all()
    return first, settings_of(session, world.commune_id).month_start_day
