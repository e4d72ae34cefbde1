"""A version with new services: what communes that have begun get, and what stays theirs."""

from functools import partial

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.catalog import commands, services
from app.commune.catalog.refresh import refresh_services
from app.commune.catalog.services import DEFAULT_SERVICES, Service
from app.core.clock import utc_now
from app.core.db import Database
from app.core.feed import feed_head
from tests.world import World

_NEW = {"vneid_link", "id_card_online", "sim_verify"}


def _binh(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")


def _of_earlier_version(session: Session, commune_id: str) -> None:
    """The commune as a version without the new services has begun it."""
    for row in session.exec(select(Service).where(Service.commune_id == commune_id)).all():
        if row.code in _NEW:
            session.delete(row)


def _catalog(database: Database, commune_id: str) -> list[Service]:
    wanted = select(Service).where(Service.commune_id == commune_id)
    rows = database.read(lambda session: session.exec(wanted).all())
    return sorted(rows, key=lambda row: (row.position, row.code))


@pytest.mark.both_databases
def test_commune_that_changed_nothing_offers_them_last_and_one_that_chose_has_them_off(
    database: Database, world: World
) -> None:
    for commune_id in (world.commune_id, world.neighbour_id):
        database.write(partial(_of_earlier_version, commune_id=commune_id))
    database.write(lambda session: commands.switch_off(session, _binh(world), "vietqr", utc_now()))
    before = _catalog(database, world.commune_id)
    head = database.read(lambda session: feed_head(session, world.commune_id))

    assert refresh_services(database) == 2
    assert refresh_services(database) == 0

    chosen, unchanged = _catalog(database, world.commune_id), _catalog(database, world.neighbour_id)
    assert chosen[: len(before)] == before
    assert {row.code: row.active for row in chosen[len(before) :]} == dict.fromkeys(_NEW, False)
    assert all(row.feed_seq > head for row in chosen[len(before) :])
    assert {row.code for row in unchanged[-len(_NEW) :]} == _NEW
    assert all(row.active for row in unchanged)
    assert len({row.position for row in unchanged}) == len(unchanged) == len(DEFAULT_SERVICES)


def test_commune_that_switched_one_off_is_not_given_it_back(database: Database, world: World) -> None:
    database.write(lambda session: commands.switch_off(session, _binh(world), "vneid_link", utc_now()))
    assert refresh_services(database) == 0
    database.write(lambda session: services.add_default_services(session, world.commune_id))
    off = [row.code for row in _catalog(database, world.commune_id) if not row.active]
    assert off == ["vneid_link"]
