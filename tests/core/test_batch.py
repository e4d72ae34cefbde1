"""A batch: new, changed and removed rows, and what is written of them."""

import pytest
from sqlmodel import Session, select

from app.core.batch import Batch
from app.core.db import Database
from app.core.feed import Tombstone, TombstoneValues
from tests.world import World


def tombstone(world: World, id: str = "v1") -> TombstoneValues:
    return {"kind": "visit", "id": id, "hamlet_id": world.dong, "moved_to": None, "account_id": None}


def tombstones(database: Database) -> list[Tombstone]:
    return database.read(lambda session: list(session.exec(select(Tombstone))))


def test_new_changed_and_removed_rows_are_written_in_one_batch(database: Database, world: World) -> None:
    first, second = tombstone(world), tombstone(world, "v2")

    def add(session: Session) -> None:
        batch = Batch(world.commune_id)
        batch.add(Tombstone, first)
        batch.add(Tombstone, second)
        batch.write(session, (Tombstone,))

    def change(session: Session) -> None:
        batch = Batch(world.commune_id)
        batch.load(Tombstone, [first, second])
        changed, removed = batch.rows(Tombstone)
        batch.change(Tombstone, changed)["moved_to"] = world.tay
        batch.remove(Tombstone, removed)
        batch.write(session, (Tombstone,))

    database.write(add)
    database.write(change)
    (row,) = tombstones(database)
    assert (row.id, row.moved_to) == ("v1", world.tay)


def test_change_of_a_column_that_the_row_does_not_have_is_refused(world: World) -> None:
    batch = Batch(world.commune_id)
    row = batch.add(Tombstone, tombstone(world))
    with pytest.raises(KeyError, match="move_to"):
        batch.change(Tombstone, row, {"move_to": world.tay})
    assert row["moved_to"] is None


def test_a_row_that_is_added_and_removed_again_is_not_written(database: Database, world: World) -> None:
    def work(session: Session) -> None:
        batch = Batch(world.commune_id)
        batch.remove(Tombstone, batch.add(Tombstone, tombstone(world)))
        batch.write(session, (Tombstone,))

    database.write(work)
    assert tombstones(database) == []
