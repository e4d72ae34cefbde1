"""What is planted into the app is seen: statements and transactions of two communes."""

from functools import partial
from typing import Any

import pytest

from app.core.db import Database
from tests.conftest import NOW
from tests.databases import PARTITIONED
from tests.tenancy import watch
from tests.tenancy.planted import planted
from tests.world import World, add_next_door

on_partitions = pytest.mark.parametrize("database_url", [PARTITIONED], indirect=True)

JOIN = """
def work(session, world):
    wanted = select(Visit.id, Account.name).join(Account, col(Account.id) == Visit.recorded_by)
    return session.execute(wanted.where(col(Visit.commune_id) == world.commune_id)).all()
"""
TEXT = """
def work(session, world):
    visits = "SELECT v.id FROM visit v JOIN account a ON a.id = v.recorded_by WHERE v.commune_id = :ours"
    return session.execute(text(visits), {"ours": world.commune_id}).all()
"""
ONE_OF_TWO = """
def run(database, world):
    wanted = select(Household.id).where(col(Household.commune_id) == world.commune_id)
    theirs = select(Household.id).where(col(Household.commune_id) == world.neighbour_id)
    database.read(lambda session: (session.execute(wanted).all(), session.execute(theirs).all()))
"""
INSERTED = """
def run(database, world):
    def add(session):
        for number, commune_id in enumerate((world.commune_id, world.neighbour_id)):
            session.add(Team(commune_id=commune_id, id=f"team{number}", name="Tổ mới"))
    database.write(add)
"""
EACH_ALONE = """
def run(database, world):
    for commune_id in (world.commune_id, world.neighbour_id):
        wanted = select(Household.id).where(col(Household.commune_id) == commune_id)
        database.read(lambda session: session.execute(wanted).all())
"""


def seen() -> str:
    return " ".join(watch.found())


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql", PARTITIONED], indirect=True)
def test_join_without_a_commune_of_its_own_is_seen_on_every_database(
    database: Database, world: World
) -> None:
    database.read(lambda session: planted(JOIN)(session, world))
    assert "app/planted.py:work: account without a commune: SELECT visit.id, account.name" in seen()


@on_partitions
def test_statement_that_does_not_prune_to_one_partition_is_seen(database: Database, world: World) -> None:
    database.read(lambda session: planted(TEXT)(session, world))
    assert "app/planted.py:work: it goes to all communes: SELECT v.id FROM visit v JOIN account" in seen()


@on_partitions
@pytest.mark.parametrize("source", [ONE_OF_TWO, INSERTED], ids=["read", "inserted"])
def test_transaction_that_touches_two_communes_is_seen(source: str, database: Database, world: World) -> None:
    planted(source)(database, world)
    assert seen() == "app/planted.py:run: its transaction touches two communes"


@on_partitions
def test_a_transaction_for_each_commune_is_not(database: Database, world: World) -> None:
    add_next_door(database, world, NOW)
    planted(EACH_ALONE)(database, world)
    assert seen() == ""


@on_partitions
@pytest.mark.parametrize("source", [JOIN, TEXT, ONE_OF_TWO])
def test_what_is_allowed_and_what_tests_send_is_not(source: str, database: Database, world: World) -> None:
    for file in ("app/upkeep/maintenance/status.py", "tests/planted.py"):
        work: Any = planted(source, file)
        if work.__name__ == "run":
            work(database, world)
        else:
            database.read(partial(work, world=world))
    assert seen() == ""
