"""Failed sign-ins are counted in the database, by name or number and by network address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.commune.accounts import throttle
from app.commune.accounts.throttle import SignInFailure
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from tests.cases import cases
from tests.commune.accounts.sign_ins import (
    ADDRESS,
    OTHER_ADDRESS,
    RIGHT,
    WRONG,
    browser_at,
    count_rows,
    desk_status,
)
from tests.conftest import FakeClock
from tests.world import World


def test_restart_and_second_worker_know_what_failed(
    app: FastAPI, client: TestClient, database_url: str, database: Database, clock: FakeClock
) -> None:
    for _ in range(5):
        assert desk_status(client, WRONG) == 401
    other = create_app(Settings(database_url=database_url), clock)
    assert desk_status(browser_at(other, "testclient"), RIGHT) == 429
    other.state.database.close()


def test_next_sign_in_is_possible_after_five_minutes(client: TestClient, clock: FakeClock) -> None:
    for _ in range(5):
        desk_status(client, WRONG)
    clock.forward(minutes=4, seconds=59)
    assert desk_status(client, RIGHT) == 429
    clock.forward(seconds=1)
    assert desk_status(client, RIGHT) == 303


def test_failures_counted_by_a_clock_that_was_ahead_refuse_nobody(
    client: TestClient, clock: FakeClock
) -> None:
    clock.forward(days=700)
    for _ in range(5):
        desk_status(client, WRONG)
    clock.forward(days=-700)
    assert desk_status(client, RIGHT) == 303


@pytest.mark.slow
@cases(
    "addresses, last",
    [
        ([f"2001:db8:1:2::{n:x}" for n in range(1, 51)], "2001:db8:1:2:ffff::1"),
        ([OTHER_ADDRESS] * 50, f"::ffff:{OTHER_ADDRESS}"),
    ],
)
def test_sixty_four_bits_of_an_address_are_one(
    app: FastAPI, world: World, addresses: list[str], last: str
) -> None:
    for n, address in enumerate(addresses):
        assert desk_status(browser_at(app, address), {"name": f"ten-{n}", "password": "sai"}) == 401
    assert desk_status(browser_at(app, last), RIGHT) == 429
    assert desk_status(browser_at(app, "2001:db8:1:3::1"), RIGHT) == 303


def test_parallel_attempts_are_all_counted(app: FastAPI, world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk_status(browser_at(app, OTHER_ADDRESS), WRONG), range(40)))
    assert answers.count(401) == 5
    assert set(answers) <= {401, 429, 503}


@pytest.mark.slow
def test_what_was_typed_is_not_stored_and_expired_counters_are_deleted(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    for n in range(130):
        desk_status(browser_at(app, f"198.51.100.{n}"), {"name": f"ten-{n}", "password": "sai"})
    rows = database.read(lambda session: list(session.execute(text("SELECT * FROM sign_in_failure"))))
    assert len(rows) == 260
    assert not any(typed in str(rows) for typed in ("ten-", "198.51"))
    for _ in range(3):
        clock.forward(minutes=5)
        desk_status(browser_at(app, ADDRESS), WRONG)
    assert count_rows(database, SignInFailure) == 2


@cases("address", ["testclient", "", "203.0.113.7:80", "::g"])
def test_text_that_is_no_address_is_called_unknown(address: str) -> None:
    assert throttle.network_of(address) == throttle.truncate_address(address) == "unknown"
