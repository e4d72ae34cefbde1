"""The first key of a commune, when two phones are its first ones at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.core.clock import utc_now
from app.core.db import Database
from app.sync.export import keys
from tests.world import World

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_first_phones_make_one_key(database: Database, world: World) -> None:
    with Session(database.engine) as first, Session(database.engine) as second, ThreadPoolExecutor(1) as pool:
        keys.ensure(first, world.commune_id, utc_now())
        waiting = pool.submit(keys.ensure, second, world.commune_id, utc_now())
        for _ in range(600):
            if database.read(lambda session: session.scalar(WAITING)):
                break
            time.sleep(0.05)
        first.commit()
        waiting.result(timeout=60)
        second.commit()
    assert len(database.read(keys.all_keys)) == 1
