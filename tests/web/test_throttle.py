"""Failed sign-ins are counted in the database, and cost nobody else anything."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session, func, select

from app.accounts import hashing, people, throttle
from app.accounts.models import Account, KnownBrowser, SignInFailure
from app.core.config import Settings
from app.core.db import Database
from app.keeping import ageing
from app.main import create_app
from app.web.sign_in_guard import SignInLimit
from tests.conftest import FakeClock
from tests.world import LAN, NAM, World

Browser = Callable[[], TestClient]
SIGN_IN = {"name": "binh", "password": "mat-khau-binh"}
WRONG = {"name": "binh", "password": "sai"}
HOME, FAR = "203.0.113.7", "198.51.100.9"


def _from(app: FastAPI, address: str) -> TestClient:
    """A browser at a network address of its own."""
    return TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
        client=(address, 40_000),
    )


def _desk(client: TestClient, form: dict[str, str]) -> int:
    status: int = client.post("/desk/sign-in", data=form).status_code
    return status


def _phone(client: TestClient, code: str, phone: str = LAN[0], **more: Any) -> int:
    form = {"invite": code, "phone": phone, "name": ""} | more
    status: int = client.post("/api/v1/devices", json=form).status_code
    return status


def _new_code(database: Database, world: World, clock: FakeClock) -> str:
    def work(session: Session) -> str:
        return people.invite(session, session.get_one(Account, (world.commune_id, world.lan)), clock())

    return database.write(work)


def _count(database: Database, model: Any) -> int:
    return database.read(lambda session: session.exec(select(func.count()).select_from(model)).one())


def test_restart_and_second_worker_know_what_failed(
    app: FastAPI, client: TestClient, database_url: str, database: Database, clock: FakeClock
) -> None:
    for _ in range(5):
        assert _desk(client, WRONG) == 401
    other = create_app(Settings(database_url=database_url), clock)
    assert _desk(_from(other, "testclient"), SIGN_IN) == 429
    other.state.database.close()


def test_door_opens_again_after_five_minutes(client: TestClient, clock: FakeClock) -> None:
    for _ in range(5):
        _desk(client, WRONG)
    clock.forward(minutes=4, seconds=59)
    assert _desk(client, SIGN_IN) == 429
    clock.forward(seconds=1)
    assert _desk(client, SIGN_IN) == 303


def test_clock_that_ran_ahead_shuts_no_door_for_longer(client: TestClient, clock: FakeClock) -> None:
    clock.forward(days=700)
    for _ in range(5):
        _desk(client, WRONG)
    clock.forward(days=-700)
    assert _desk(client, SIGN_IN) == 303


def test_binh_is_not_locked_out_of_the_browser_that_he_signed_in_with(app: FastAPI, world: World) -> None:
    his, new, thief = _from(app, HOME), _from(app, HOME), _from(app, FAR)
    assert _desk(his, SIGN_IN) == 303
    his.post("/desk/sign-out")
    for _ in range(8):
        _desk(thief, WRONG)
    assert _desk(new, SIGN_IN) == 429
    assert _desk(his, SIGN_IN) == 303


def test_lan_is_not_locked_out_on_her_phone_by_her_own_network(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    hers, thief = _from(app, HOME), _from(app, HOME)
    assert _phone(hers, LAN[1]) == 201
    for n in range(60):
        _phone(thief, "99999999", f"09120000{n:02d}")
    assert _phone(_from(app, HOME), NAM[1], NAM[0]) == 429
    assert _phone(hers, _new_code(database, world, clock)) == 201


def test_known_browser_has_five_tries_of_its_own_and_no_more(app: FastAPI, world: World) -> None:
    his = _from(app, HOME)
    assert _desk(his, SIGN_IN) == 303
    assert [_desk(his, WRONG) for _ in range(6)] == [401] * 5 + [429]
    assert _desk(his, SIGN_IN) == 429


def test_browser_is_known_by_the_name_that_it_signed_in_with_only(app: FastAPI, world: World) -> None:
    hers = _from(app, HOME)
    assert _desk(hers, {"name": "hoa", "password": "mat-khau-hoa"}) == 303
    for _ in range(5):
        _desk(_from(app, FAR), WRONG)
    assert _desk(hers, SIGN_IN) == 429


def test_cookie_that_nobody_was_given_is_no_known_browser(app: FastAPI, world: World) -> None:
    for made_up in ("A" * 43, "A" * 5000, "%C3%A9", ""):
        thief = _from(app, FAR)
        thief.headers["Cookie"] = f"known={made_up}"
        for _ in range(5):
            _desk(thief, WRONG)
        assert _desk(thief, SIGN_IN) == 429


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        ([f"2001:db8:1:2::{n:x}" for n in range(1, 51)], "2001:db8:1:2:ffff::1"),
        ([FAR] * 50, f"::ffff:{FAR}"),
    ],
)
def test_sixty_four_bits_of_an_address_are_one(
    app: FastAPI, world: World, addresses: list[str], last: str
) -> None:
    for n, address in enumerate(addresses):
        assert _desk(_from(app, address), {"name": f"ten-{n}", "password": "sai"}) == 401
    assert _desk(_from(app, last), SIGN_IN) == 429
    assert _desk(_from(app, "2001:db8:1:3::1"), SIGN_IN) == 303


def test_parallel_guesses_do_not_slip_through(app: FastAPI, world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _desk(_from(app, FAR), WRONG), range(40)))
    assert answers.count(401) == 5
    assert set(answers) <= {401, 429, 503}


def test_invite_is_void_after_twenty_failures_and_a_new_one_is_not(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    for _ in range(4):
        for _ in range(5):
            assert _phone(_from(app, FAR), "99999999") == 401
        clock.forward(minutes=5)
    assert _phone(_from(app, FAR), code) == 401
    assert _phone(_from(app, FAR), _new_code(database, world, clock)) == 201


def test_invite_of_nineteen_failures_is_still_good(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    for _ in range(19):
        assert _phone(_from(app, FAR), "99999999") == 401
        clock.forward(minutes=5)
    assert _phone(_from(app, FAR), code) == 201


def test_void_invite_answers_as_an_unknown_number_does(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    for _ in range(20):
        _phone(_from(app, FAR), "99999999")
        clock.forward(minutes=5)
    form = {"invite": code, "phone": LAN[0], "name": ""}
    void, unknown = (
        _from(app, FAR).post("/api/v1/devices", json=form | {"phone": phone})
        for phone in (LAN[0], "0912345678")
    )
    assert (void.status_code, void.json(), set(void.headers)) == (
        unknown.status_code, unknown.json(), set(unknown.headers),
    )  # fmt: skip


def test_as_many_secrets_are_judged_whoever_is_asked_for(
    client: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    _new_code(database, world, clock)
    with _counted_hashes() as judged:
        counts = []
        for phone in (LAN[0], "0912345678", "?"):
            _phone(client, "99999999", phone)
            counts.append(len(judged))
            judged.clear()
        for name in ("binh", "khong-co"):
            _desk(client, {"name": name, "password": "sai"})
            counts.append(len(judged))
            judged.clear()
    assert counts == [2, 2, 2, 1, 1]


def test_judging_a_secret_keeps_nobody_from_the_database(
    app: FastAPI, world: World, database: Database
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        go_on.wait(20)

    with _hasher(wait), ThreadPoolExecutor(2) as pool:
        for ask in (lambda: _desk(_from(app, HOME), SIGN_IN), lambda: _phone(_from(app, HOME), LAN[1])):
            began.clear()
            go_on.clear()
            signing_in = pool.submit(ask)
            assert began.wait(20)
            write = pool.submit(app.state.database.write, _touch)
            try:
                assert write.result(5) == 1
                assert _from(app, FAR).get("/healthz").status_code == 200
            finally:
                go_on.set()
            assert signing_in.result(20) in (201, 303)


def test_more_sign_ins_at_once_than_are_judged_are_told_to_come_back(app: FastAPI, world: World) -> None:
    go_on = threading.Event()
    with _hasher(lambda: go_on.wait(20)), ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(_ask, app, f"198.51.{n}.1") for n in range(30)]
        refused = _first_answered(asked, 30 - SignInLimit.MOST)
        answer = refused[0].result()
        assert (answer.status_code, answer.json()) == (503, {"proto": 1, "error": "unavailable"})
        assert answer.headers["retry-after"] == "2"
        page = _from(app, HOME).post("/desk/sign-in", data=SIGN_IN)
        assert (page.status_code, "Máy chủ đang bận" in page.text) == (503, True)
        assert _from(app, HOME).get("/healthz").status_code == 200
        go_on.set()
        assert [one.result(20).status_code for one in asked if one not in refused] == [401] * SignInLimit.MOST
    assert _desk(_from(app, HOME), SIGN_IN) == 303


def test_one_address_does_not_take_all_the_room(app: FastAPI, world: World) -> None:
    go_on = threading.Event()
    with _hasher(lambda: go_on.wait(20)), ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(_ask, app, FAR) for _ in range(12)]
        refused = _first_answered(asked, 12 - SignInLimit.MOST_FROM_ADDRESS)
        assert {one.result().status_code for one in refused} == {503}
        other = pool.submit(_desk, _from(app, HOME), SIGN_IN)
        go_on.set()
        assert other.result(20) == 303


def test_what_was_typed_is_not_kept_and_counters_do_not_pile_up(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    for n in range(130):
        _desk(_from(app, f"198.51.100.{n}"), {"name": f"ten-{n}", "password": "sai"})
    rows = database.read(lambda session: list(session.execute(text("SELECT * FROM sign_in_failure"))))
    assert len(rows) == 260
    assert not any(typed in str(rows) for typed in ("ten-", "198.51"))
    for _ in range(3):
        clock.forward(minutes=5)
        _desk(_from(app, HOME), WRONG)
    assert _count(database, SignInFailure) == 2


def test_browser_not_seen_for_four_hundred_days_is_forgotten(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    his = _from(app, HOME)
    for _ in range(2):
        assert _desk(his, SIGN_IN) == 303
    assert _count(database, KnownBrowser) == 1
    clock.forward(days=401)
    database.write(lambda session: ageing.let_go(session, clock()))
    assert _count(database, KnownBrowser) == 0


@pytest.mark.parametrize("address", ["testclient", "", "203.0.113.7:80", "::g"])
def test_address_that_is_none_is_named_as_unknown(address: str) -> None:
    assert throttle.network_of(address) == throttle.abbreviated(address) == "unknown"


def _ask(app: FastAPI, address: str) -> Any:
    form = {"invite": "99999999", "phone": f"09{address.split('.')[2]:0>8}", "name": ""}
    return _from(app, address).post("/api/v1/devices", json=form)


def _first_answered(asked: list[Future[Any]], count: int) -> list[Future[Any]]:
    return list(islice(as_completed(asked, timeout=20), count))


def _touch(session: Session) -> int:
    one: int = session.execute(text("SELECT 1")).scalar_one()
    return one


@contextmanager
def _counted_hashes() -> Iterator[list[str]]:
    judged: list[str] = []
    with _hasher(lambda: judged.append("one")):
        yield judged


@contextmanager
def _hasher(first: Callable[[], object]) -> Iterator[None]:
    """The hasher, which does `first` before each secret that it judges."""

    class Watched(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:
            first()
            return super().verify(hash, password)

    before = hashing._HASHER
    hashing._HASHER = Watched(time_cost=1, memory_cost=8, parallelism=1)
    try:
        yield
    finally:
        hashing._HASHER = before
