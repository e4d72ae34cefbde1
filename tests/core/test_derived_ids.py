"""Derived ids are the same again, differ by commune and kind, and depend on the instance's key."""

from sqlmodel import Session

from app.commune import areas
from app.core.db import Database
from app.core.feed import feed
from app.core.id_key.derived import Ids
from app.core.id_key.stored import replace_key
from app.upkeep.migrations import upgrade
from tests.world import World

NUMBER = "+84900000021"


def token(session: Session, commune_id: str = "ours", kind: str = "account", number: str = NUMBER) -> str:
    return Ids(session, kind, commune_id).token(number)


def test_the_same_is_the_same_and_another_commune_kind_or_number_is_not(database: Database) -> None:
    def work(session: Session) -> list[str]:
        others = [
            token(session, "theirs"),
            token(session, kind="hamlet"),
            token(session, number="+84900000022"),
        ]
        return [token(session), token(session), *others]

    found = database.read(work)
    assert found[0] == found[1]
    assert len(set(found)) == 4


def test_second_of_two_equal_ones_is_always_the_same_second(database: Database) -> None:
    def work(session: Session) -> tuple[str, str]:
        made = Ids(session, "household", "ours")
        first = made.uuid("Lý Văn Sơn")
        return first, made.uuid("Lý Văn Sơn", used={first})

    first, second = database.read(work)
    assert first != second
    assert database.read(work) == (first, second)


def test_parts_do_not_run_into_each_other(database: Database) -> None:
    def work(session: Session) -> set[str]:
        made = Ids(session, "household", "ours")
        return {made.uuid("1", "2 3"), made.uuid("1 2", "3"), made.uuid("1", "2", "3")}

    assert len(database.read(work)) == 3


def test_another_instance_derives_other_ids(database: Database) -> None:
    before = database.read(token)
    database.write(lambda session: replace_key(session, "00" * 32))
    assert database.read(token) != before


def test_another_upgrade_keeps_the_key(database: Database) -> None:
    before = database.read(token)
    upgrade(database)
    assert database.read(token) == before


def test_hamlets_id_does_not_depend_on_capitals_and_blanks_in_its_name(
    database: Database, world: World
) -> None:
    first = database.read(lambda session: areas.new_hamlet_id(session, world.commune_id, "Thôn Bắc"))
    assert (
        database.read(lambda session: areas.new_hamlet_id(session, world.commune_id, " thôn  bắc")) == first
    )


def test_new_hamlet_with_the_former_name_of_another_gets_an_id_of_its_own(
    database: Database, world: World
) -> None:
    def work(session: Session) -> tuple[str, str]:
        id = areas.new_hamlet_id(session, world.commune_id, "Thôn Bắc")
        hamlet = areas.add_hamlet(session, world.commune_id, id, "Thôn Bắc")
        hamlet.name = "Thôn Bắc Sơn"
        feed(session, world.commune_id, [hamlet])
        session.flush()
        return id, areas.new_hamlet_id(session, world.commune_id, "Thôn Bắc")

    first, second = database.write(work)
    assert first != second
