"""Revision 0018: numbers of the desk log go on, and the communes of a phone number are known."""

from alembic import command
from sqlmodel import Session, select

from app.commune.phone_communes import PhoneCommune
from app.core import desk_log
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.phone import Phone
from tests.world import World, add_next_door

Entry = tuple[int, str, str]


def note(database: Database, *communes: str) -> None:
    def work(session: Session) -> None:
        for commune_id in communes:
            desk_log.note(session, commune_id, "visit.accepted", NOW, visits=["v1"])

    database.write(work)


def entries(database: Database) -> list[Entry]:
    """In the order of their numbers."""
    rows = database.read(lambda session: session.exec(select(DeskEntry)).all())
    return sorted((row.number or 0, row.commune_id, row.id) for row in rows)


def test_entries_have_the_numbers_that_they_had_and_new_ones_higher_ones(
    lan: Phone, world: World, database: Database
) -> None:
    note(database, world.commune_id, world.neighbour_id, world.commune_id)
    before = entries(database)
    for revision in ("0017", "head"):
        (command.downgrade if revision == "0017" else command.upgrade)(config(database), revision)
    assert entries(database) == before
    note(database, world.neighbour_id, "", world.commune_id)
    new = entries(database)
    assert new[: len(before)] == before
    assert {commune_id for _number, commune_id, _id in new[len(before) :]} == {
        world.neighbour_id,
        "",
        world.commune_id,
    }
    assert len({number for number, _commune, _id in new}) == len(before) + 3


def test_numbers_of_accounts_are_known_with_their_communes(database: Database, world: World) -> None:
    add_next_door(database, world, NOW)
    command.downgrade(config(database), "0017")
    upgrade(database)
    rows = database.read(lambda session: session.exec(select(PhoneCommune)).all())
    assert {(row.phone, row.commune_id) for row in rows} == {
        ("+84900000001", world.commune_id),
        ("+84900000002", world.commune_id),
        ("+84900000009", world.neighbour_id),
    }
