"""Verifying a secret holds up no other request, and takes equally long whoever signs in."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from itertools import islice
from typing import Any

from argon2 import extract_parameters
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from app.commune.accounts import hashing
from app.core.db import Database
from app.web.sign_in.guard import SignInLimit
from tests.commune.accounts.sign_ins import (
    ADDRESS,
    OTHER_ADDRESS,
    RIGHT,
    WRONG_CODE,
    browser_at,
    desk_status,
    new_code,
    phone_status,
    watched_hasher,
)
from tests.conftest import FakeClock
from tests.world import LAN, World

# What the app computes; the tests replace both by what is quick to compute (`tests.conftest`).
HASH_CODE, UNKNOWN_CODE_HASH = hashing._CODE_HASHER.hash, hashing.UNKNOWN_CODE_HASH


def test_equally_many_secrets_are_verified_for_known_and_unknown_people(
    client: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    new_code(database, world, clock)
    verified: list[str] = []
    with watched_hasher(lambda: verified.append("one")):
        counts = []
        for phone in (LAN[0], "0912345678", "?"):
            phone_status(client, WRONG_CODE, phone)
            counts.append(len(verified))
            verified.clear()
        for name in ("binh", "khong-co"):
            desk_status(client, {"name": name, "password": "sai"})
            counts.append(len(verified))
            verified.clear()
    assert counts == [2, 2, 2, 1, 1]


def test_codes_of_known_and_unknown_numbers_cost_the_same_and_less_than_a_password() -> None:
    known, unknown = (extract_parameters(one) for one in (HASH_CODE("12345678"), UNKNOWN_CODE_HASH))
    assert known == unknown
    assert (known.memory_cost, known.time_cost) == (4096, 1)


def test_database_can_be_written_while_a_secret_is_verified(
    app: FastAPI, world: World, database: Database
) -> None:
    started, proceed = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        proceed.wait(20)

    with watched_hasher(wait), ThreadPoolExecutor(2) as pool:
        for sign_in in (
            lambda: desk_status(browser_at(app, ADDRESS), RIGHT),
            lambda: phone_status(browser_at(app, ADDRESS), LAN[1]),
        ):
            started.clear()
            proceed.clear()
            signing_in = pool.submit(sign_in)
            assert started.wait(20)
            write = pool.submit(app.state.database.write, _select_one)
            try:
                assert write.result(5) == 1
                assert browser_at(app, OTHER_ADDRESS).get("/healthz").status_code == 200
            finally:
                proceed.set()
            assert signing_in.result(20) in (201, 303)


def test_sign_ins_above_the_limit_are_told_to_try_again(app: FastAPI, world: World) -> None:
    proceed = threading.Event()
    with watched_hasher(lambda: proceed.wait(20)), ThreadPoolExecutor(40) as pool:
        sent = [pool.submit(_sign_in_at, app, f"198.51.{n}.1", n) for n in range(30)]
        refused = _first_answered(sent, 30 - SignInLimit.MAX_ACTIVE)
        answer = refused[0].result()
        assert (answer.status_code, answer.json()) == (503, {"proto": 1, "error": "unavailable"})
        assert answer.headers["retry-after"] == "2"
        page = browser_at(app, ADDRESS).post("/desk/sign-in", data=RIGHT)
        assert (page.status_code, "Máy chủ đang bận" in page.text) == (503, True)
        assert browser_at(app, ADDRESS).get("/healthz").status_code == 200
        proceed.set()
        statuses = [answered.result(20).status_code for answered in sent if answered not in refused]
        assert statuses == [401] * SignInLimit.MAX_ACTIVE
    assert desk_status(browser_at(app, ADDRESS), RIGHT) == 303


def test_one_address_does_not_use_up_the_limit(app: FastAPI, world: World) -> None:
    proceed = threading.Event()
    with watched_hasher(lambda: proceed.wait(20)), ThreadPoolExecutor(20) as pool:
        sent = [pool.submit(_sign_in_at, app, OTHER_ADDRESS, n) for n in range(12)]
        refused = _first_answered(sent, 12 - SignInLimit.MAX_ACTIVE_OF_ADDRESS)
        assert {answered.result().status_code for answered in refused} == {503}
        other = pool.submit(desk_status, browser_at(app, ADDRESS), RIGHT)
        proceed.set()
        assert other.result(20) == 303


def test_flood_from_many_addresses_keeps_no_known_browser_out(app: FastAPI, world: World) -> None:
    """Each address has places for eight, and two of them fill the limit."""
    known = browser_at(app, ADDRESS)
    assert desk_status(known, RIGHT) == 303
    proceed = threading.Event()
    with watched_hasher(lambda: proceed.wait(20)), ThreadPoolExecutor(40) as pool:
        flood = [pool.submit(_sign_in_at, app, f"198.51.{n % 3}.1", n) for n in range(30)]
        _first_answered(flood, 30 - SignInLimit.MAX_ACTIVE)
        hers = pool.submit(desk_status, known, RIGHT)
        forged = browser_at(app, ADDRESS)
        forged.cookies.set("known", "A" * 43)
        refused = pool.submit(desk_status, forged, RIGHT)
        assert refused.result(20) == 503, "a cookie that only looks like a known browser's"
        proceed.set()
        assert hers.result(20) == 303


def _sign_in_at(app: FastAPI, address: str, number: int) -> Any:
    """A wrong code for a phone number of its own, so that the limit of wrong codes is not reached."""
    form = {"invite": WRONG_CODE, "phone": f"09{number:0>8}", "name": ""}
    return browser_at(app, address).post("/api/v1/devices", json=form)


def _first_answered(sent: list[Future[Any]], count: int) -> list[Future[Any]]:
    return list(islice(as_completed(sent, timeout=20), count))


def _select_one(session: Session) -> int:
    one: int = session.execute(text("SELECT 1")).scalar_one()
    return one
