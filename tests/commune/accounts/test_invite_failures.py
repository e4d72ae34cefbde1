"""An invite is void after twenty failures, and its answer does not tell so."""

from fastapi import FastAPI

from app.core.db import Database
from tests.commune.accounts.sign_ins import OTHER_ADDRESS, WRONG_CODE, browser_at, new_code, phone_status
from tests.conftest import FakeClock
from tests.world import LAN, World


def test_invite_is_void_after_twenty_failures_and_a_new_one_is_not(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    for _ in range(4):
        for _ in range(5):
            assert phone_status(browser_at(app, OTHER_ADDRESS), WRONG_CODE) == 401
        clock.forward(minutes=5)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 401
    assert phone_status(browser_at(app, OTHER_ADDRESS), new_code(database, world, clock)) == 201


def test_invite_with_nineteen_failures_is_still_valid(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    for _ in range(19):
        assert phone_status(browser_at(app, OTHER_ADDRESS), WRONG_CODE) == 401
        clock.forward(minutes=5)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 201


def test_void_invite_answers_as_an_unknown_number_does(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    for _ in range(20):
        phone_status(browser_at(app, OTHER_ADDRESS), WRONG_CODE)
        clock.forward(minutes=5)
    void, unknown = (
        browser_at(app, OTHER_ADDRESS).post(
            "/api/v1/devices", json={"invite": code, "phone": phone, "name": ""}
        )
        for phone in (LAN[0], "0912345678")
    )
    assert (void.status_code, void.json(), set(void.headers)) == (
        unknown.status_code, unknown.json(), set(unknown.headers),
    )  # fmt: skip
