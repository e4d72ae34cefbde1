"""Revision 0032: the entries that are there become chains, and the database refuses to change them."""

from alembic import command
from sqlmodel import Session, col, select

from app.core import desk_log
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import append_only, config, upgrade
from tests.conftest import NOW
from tests.world import World


def _note(session: Session, world: World) -> None:
    for number in range(3):
        for commune_id in (world.commune_id, world.neighbour_id, ""):
            desk_log.note(session, commune_id, "visit.accepted", NOW, visits=[f"v{number}"])


def test_entries_of_before_are_chained_in_their_order(world: World, database: Database) -> None:
    database.write(lambda session: _note(session, world))
    command.downgrade(config(database), "0031")
    upgrade(database)
    database.write(lambda session: _note(session, world))
    in_order = select(DeskEntry).order_by(col(DeskEntry.number))
    rows = database.read(lambda session: session.exec(in_order).all())
    for commune_id in (world.commune_id, world.neighbour_id, ""):
        of_commune = [row for row in rows if row.commune_id == commune_id]
        assert [row.seq for row in of_commune] == [1, 2, 3, 4, 5, 6]
        assert [row.entry["visits"] for row in of_commune] == [["v0"], ["v1"], ["v2"]] * 2
    assert {one.name: one.problems for one in check(database)}["audit"] == []
    assert database.read(lambda session: append_only.protection(session.connection())) == "triggers"
