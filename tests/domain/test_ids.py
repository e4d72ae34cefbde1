"""Ids come out the same again, differ by commune and kind, and tell nothing without the key."""

from datetime import datetime, timedelta

from alembic import command
from sqlmodel import Session

from app import areas
from app.core import ids
from app.core.db import Database, feed
from app.core.ids import IdKey, Ids
from app.migrations import config, upgrade
from tests.conftest import NOW
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
        return first, made.uuid("Lý Văn Sơn", taken={first})

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
    database.write(lambda session: _set_key(session, "00" * 32))
    assert database.read(token) != before


def test_older_key_is_kept_over_a_restore(database: Database) -> None:
    own = database.read(lambda session: ids.key_of(session).key)
    for age, kept in ((-1, own), (1, "11" * 32)):
        other = IdKey(id=1, key="11" * 32, made_at=_made_at(database) - timedelta(hours=age))
        database.write(lambda session, other=other: ids.take_over(session, other))  # type: ignore[misc]
        assert database.read(lambda session: ids.key_of(session).key) == kept


def test_database_from_before_there_were_keys_gets_one_and_keeps_its_ids(
    database: Database, world: World
) -> None:
    command.downgrade(config(database), "0008")
    upgrade(database)
    upgrade(database)
    first = database.read(lambda session: areas.hamlet_id(session, world.commune_id, "Thôn Bắc"))
    assert database.read(lambda session: areas.hamlet_id(session, world.commune_id, " thôn  bắc")) == first
    assert database.read(lambda session: session.get(areas.Hamlet, (world.commune_id, world.dong)))


def test_hamlet_under_the_first_name_of_a_renamed_one_is_another(database: Database, world: World) -> None:
    def work(session: Session) -> tuple[str, str]:
        id = areas.hamlet_id(session, world.commune_id, "Thôn Bắc")
        hamlet = areas.add_hamlet(session, world.commune_id, id, "Thôn Bắc")
        hamlet.name = "Thôn Bắc Sơn"
        feed(session, world.commune_id, [hamlet])
        session.flush()
        return id, areas.hamlet_id(session, world.commune_id, "Thôn Bắc")

    first, second = database.write(work)
    assert first != second


def _made_at(database: Database) -> datetime:
    return database.read(lambda session: ids.key_of(session).made_at)


def _set_key(session: Session, key: str) -> None:
    row = ids.key_of(session)
    row.key, row.made_at = key, NOW
    session.add(row)
