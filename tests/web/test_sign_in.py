"""Signing in: phones by invite, the desk by password; only failures are throttled."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.models import Account
from app.core.config import Settings
from app.core.db import Database
from app.core.feed import feed
from app.main import create_app
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import sign_in
from tests.world import LAN, World

Browser = Callable[[], TestClient]


def _enrol(client: TestClient, phone: str = LAN[0], code: str = LAN[1], **more: Any) -> Any:
    return client.post("/api/v1/devices", json={"invite": code, "phone": phone, "name": "Máy của Lan"} | more)


def test_phone_signs_in_and_gets_its_account_and_hamlets(client: TestClient, world: World) -> None:
    answer = _enrol(client)
    content = answer.json()
    assert answer.status_code == 201
    assert content["account"] == {"id": world.lan, "name": "Nguyễn Thị Lan", "role": "volunteer"}
    assert content["commune_id"] == world.commune_id
    assert content["hamlets"] == [{"id": world.dong, "name": "Thôn Đông"}]
    assert content["households"] == 3
    assert "device" in client.cookies


@cases("code", ["1000 0001", "1000-0001", " 10.00.00.01 ", "10000001"])
@cases("phone", ["0900 000 001", "+84 900 000 001", "0900.000.001"])
def test_blanks_dots_and_hyphens_do_not_matter(
    client: TestClient, world: World, code: str, phone: str
) -> None:
    assert _enrol(client, phone, code).status_code == 201


@cases(
    "phone, code",
    [
        ("0900000001", "10000002"),
        ("0900000002", "10000001"),
        ("0912345678", "10000001"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_code_and_number_must_match(client: TestClient, world: World, phone: str, code: str) -> None:
    answer = _enrol(client, phone, code)
    assert (answer.status_code, answer.json()) == (401, {"proto": 1, "error": "invite_invalid"})


def test_code_is_used_up_by_the_first_sign_in(
    browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    code = database.write(lambda session: _new_code(session, world, clock))
    assert _enrol(browser(), code=code).status_code == 201
    assert _enrol(browser(), code=code).status_code == 401


def test_phone_whose_answer_was_lost_may_ask_again_with_the_same_code(
    browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    code = database.write(lambda session: _new_code(session, world, clock))
    assert _enrol(browser(), code=code, installation_id="mot").status_code == 201
    assert _enrol(browser(), code=code, installation_id="mot").status_code == 201
    assert _enrol(browser(), code=code, installation_id="hai").status_code == 401
    assert _enrol(browser(), code=code).status_code == 401
    clock.forward(minutes=16)
    assert _enrol(browser(), code=code, installation_id="mot").status_code == 401


def test_new_code_ends_the_fifteen_minutes_of_the_one_before(
    browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    code = database.write(lambda session: _new_code(session, world, clock))
    assert _enrol(browser(), code=code, installation_id="mot").status_code == 201
    database.write(lambda session: _new_code(session, world, clock))
    assert _enrol(browser(), code=code, installation_id="mot").status_code == 401


def test_phone_that_signs_in_again_ends_its_earlier_sessions(
    browser: Browser, world: World, clock: FakeClock
) -> None:
    first = sign_in(browser(), *LAN, clock())
    second = sign_in(browser(), *LAN, clock(), device_id=first.device_id)
    assert second.device_id == first.device_id
    assert first.send().status_code == 401
    assert second.send().status_code == 200


def test_code_ends_after_fourteen_days(
    client: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    code = database.write(lambda session: _new_code(session, world, clock))
    clock.forward(days=14, seconds=1)
    assert _enrol(client, code=code).status_code == 401


def test_new_code_ends_the_one_before(
    client: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    first, second = (database.write(lambda session: _new_code(session, world, clock)) for _ in range(2))
    assert _enrol(client, code=first).status_code == 401
    assert _enrol(client, code=second).status_code == 201


def test_demo_codes_do_not_open_a_production_instance(
    database_url: str, world: World, clock: FakeClock, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=database_url, data_dir=tmp_path, mode="production", allowed_hosts="tungnha.test"
    )
    app = create_app(settings, clock)
    client = TestClient(app, base_url="https://tungnha.test", headers={"Sec-Fetch-Site": "same-origin"})
    assert _enrol(client).status_code == 401
    app.state.database.close()


def test_production_cookies_are_secure_and_bound_to_the_host(
    database_url: str, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    code = database.write(lambda session: _new_code(session, world, clock))
    settings = Settings(
        database_url=database_url, data_dir=tmp_path, mode="production", allowed_hosts="tungnha.test"
    )
    app = create_app(settings, clock)
    client = TestClient(app, base_url="https://tungnha.test", headers={"Sec-Fetch-Site": "same-origin"})
    cookie = _enrol(client, code=code).headers["set-cookie"]
    assert cookie.startswith("__Host-device=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    app.state.database.close()


def test_five_failures_lock_that_number_alone_for_five_minutes(client: TestClient, world: World) -> None:
    for _ in range(5):
        assert _enrol(client, code="99999999").status_code == 401
    shut = _enrol(client)
    assert (shut.status_code, shut.json()["error"]) == (429, "too_many_attempts")
    assert 0 < int(shut.headers["retry-after"]) <= 300
    assert _enrol(client, "0900000002", "10000002").status_code == 201


def test_successes_are_never_throttled(client: TestClient, world: World) -> None:
    assert {_enrol(client).status_code for _ in range(12)} == {201}


def test_desk_opens_with_name_and_password(client: TestClient, world: World) -> None:
    answer = client.post("/desk/sign-in", data={"name": " Binh ", "password": "mat-khau-binh"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    assert "desk" in client.cookies


def test_wrong_password_is_a_sentence_and_throttled(client: TestClient, world: World) -> None:
    for _ in range(5):
        wrong = client.post("/desk/sign-in", data={"name": "binh", "password": "sai"})
        assert wrong.status_code == 401
        assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong.text
    shut = client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert shut.status_code == 429
    assert "Thử lại sau 5 phút." in shut.text


def test_signing_out_ends_the_session_not_only_the_cookie(desk: TestClient, world: World) -> None:
    cookie = desk.cookies["desk"]
    assert desk.post("/desk/sign-out").status_code == 303
    desk.cookies.set("desk", cookie)
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"


def test_phone_session_does_not_open_the_desk(client: TestClient, world: World) -> None:
    _enrol(client)
    client.cookies.set("desk", client.cookies["device"])
    assert client.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"


def test_desk_and_phone_live_side_by_side_in_one_browser(desk: TestClient, world: World) -> None:
    _enrol(desk)
    assert desk.get("/desk/visits").status_code == 200


def test_desk_session_ends_with_the_account(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    database.write(lambda session: _end(session, world, clock))
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"


def test_only_hashes_of_secrets_are_stored(
    app: FastAPI, client: TestClient, world: World, database: Database
) -> None:
    _enrol(client)
    secret = client.cookies["device"].partition(".")[2]
    for table in ("sign_in_session", "invite", "sign_in_name"):
        rows = database.read(partial(_all_rows, table))
        assert rows
        for known in (secret, LAN[1], "mat-khau-binh"):
            assert known not in str(rows)


def _all_rows(table: str, session: Session) -> list[Any]:
    return list(session.execute(text(f"SELECT * FROM {table}")))


def _new_code(session: Session, world: World, clock: FakeClock) -> str:
    account = session.get(Account, (world.commune_id, world.lan))
    assert account is not None
    return people.invite(session, account, clock())


def _end(session: Session, world: World, clock: FakeClock) -> None:
    account = session.get(Account, (world.commune_id, world.binh))
    assert account is not None
    account.ended_at = clock()
    feed(session, world.commune_id, [account])
    session.add(account)
