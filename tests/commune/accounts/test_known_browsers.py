"""A browser that has signed in before has a count of failures of its own."""

import pytest
from fastapi import FastAPI

from app.commune.accounts.throttle import KnownBrowser
from app.core.db import Database
from app.upkeep.retention import daily
from tests.commune.accounts.sign_ins import (
    ADDRESS,
    OTHER_ADDRESS,
    RIGHT,
    WRONG,
    WRONG_CODE,
    browser_at,
    count_rows,
    desk_status,
    new_code,
    phone_status,
)
from tests.conftest import FakeClock
from tests.world import LAN, NAM, World


def test_binh_is_not_locked_out_of_the_browser_that_he_signed_in_with(app: FastAPI, world: World) -> None:
    known, new = browser_at(app, ADDRESS), browser_at(app, ADDRESS)
    assert desk_status(known, RIGHT) == 303
    known.post("/desk/sign-out")
    attacker = browser_at(app, OTHER_ADDRESS)
    for _ in range(8):
        desk_status(attacker, WRONG)
    assert desk_status(new, RIGHT) == 429
    assert desk_status(known, RIGHT) == 303


@pytest.mark.slow
def test_lan_is_not_locked_out_on_her_phone_by_her_own_network(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    known, attacker = browser_at(app, ADDRESS), browser_at(app, ADDRESS)
    assert phone_status(known, LAN[1]) == 201
    for n in range(60):
        phone_status(attacker, WRONG_CODE, f"09120000{n:02d}")
    assert phone_status(browser_at(app, ADDRESS), NAM[1], NAM[0]) == 429
    assert phone_status(known, new_code(database, world, clock)) == 201


def test_known_browser_has_five_attempts_of_its_own_and_no_more(app: FastAPI, world: World) -> None:
    known = browser_at(app, ADDRESS)
    assert desk_status(known, RIGHT) == 303
    assert [desk_status(known, WRONG) for _ in range(6)] == [401] * 5 + [429]
    assert desk_status(known, RIGHT) == 429


def test_browser_is_known_by_the_name_that_it_signed_in_with_only(app: FastAPI, world: World) -> None:
    of_hoa = browser_at(app, ADDRESS)
    assert desk_status(of_hoa, {"name": "hoa", "password": "mat-khau-hoa"}) == 303
    for _ in range(5):
        desk_status(browser_at(app, OTHER_ADDRESS), WRONG)
    assert desk_status(of_hoa, RIGHT) == 429


def test_cookie_that_the_server_did_not_set_makes_no_known_browser(app: FastAPI, world: World) -> None:
    for made_up in ("A" * 43, "A" * 5000, "%C3%A9", ""):
        attacker = browser_at(app, OTHER_ADDRESS)
        attacker.headers["Cookie"] = f"known={made_up}"
        for _ in range(5):
            desk_status(attacker, WRONG)
        assert desk_status(attacker, RIGHT) == 429


def test_browser_not_seen_for_four_hundred_days_is_deleted(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    known = browser_at(app, ADDRESS)
    for _ in range(2):
        assert desk_status(known, RIGHT) == 303
    assert count_rows(database, KnownBrowser) == 1
    clock.forward(days=401)
    database.write(lambda session: daily.purge_expired(session, clock()))
    assert count_rows(database, KnownBrowser) == 0
