"""The signs of a commune are what its own desk counts."""

import random
from datetime import timedelta

import pytest
from sqlmodel import Session

from app.commune.credentials.silence import silent_communes
from app.core.db import Database
from app.province.models import CommuneStatus
from app.province.status import EVERY, count_due
from app.review.register.coverage import hamlets_coverage
from tests.conftest import FakeClock
from tests.reports.random_commune import LATER, START, binh, fill
from tests.rounds import seeds
from tests.world import World


@pytest.mark.parametrize("seed", seeds(20))
def test_coverage_is_the_desk_s(world: World, database: Database, clock: FakeClock, seed: int) -> None:
    database.write(lambda session: fill(session, world, random.Random(seed)))
    count_due(database, clock)

    def desk(session: Session) -> tuple[int, int]:
        hamlets = hamlets_coverage(session, binh(session, world), START, [])
        return sum(one.households for one in hamlets), sum(one.reached for one in hamlets)

    status = _status(database, world.commune_id)
    assert (status.households, status.met) == database.read(desk)


def test_only_communes_that_have_begun_are_counted_and_each_again_when_it_is_due(
    world: World, database: Database, clock: FakeClock
) -> None:
    count_due(database, clock)
    first = _status(database, world.commune_id).as_of
    clock.now += EVERY - timedelta(seconds=1)
    count_due(database, clock)
    assert _status(database, world.commune_id).as_of == first
    clock.now += timedelta(seconds=1)
    count_due(database, clock)
    assert _status(database, world.commune_id).as_of == clock.now
    clock.now -= timedelta(days=300)
    count_due(database, clock)
    assert _status(database, world.commune_id).as_of == clock.now, "a wrong clock had dated it"


def test_silence_is_the_operators(world: World, database: Database, clock: FakeClock) -> None:
    for at in (clock(), clock() + timedelta(days=2), LATER):
        clock.now = at
        count_due(database, clock)
        silent = database.read(lambda session: {one.commune.id for one in silent_communes(session, clock())})
        for commune_id in (world.commune_id, world.neighbour_id):
            assert _status(database, commune_id).is_silent == (commune_id in silent)


def _status(database: Database, commune_id: str) -> CommuneStatus:
    return database.read(lambda session: session.get_one(CommuneStatus, ("20", commune_id)))
