"""One's own account: the password, and the sessions with their browsers."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.credentials import own_account
from app.core.db import Database
from app.core.errors import PasswordWrong
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, PASSWORD, sign_in
from tests.world import World

Browser = Callable[[], TestClient]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHANGE = {"current": BINH_PASSWORD, "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def elsewhere(browser: Browser, world: World) -> TestClient:
    """Bình's browser in another room, signed in."""
    client = browser()
    client.headers["User-Agent"] = FIREFOX
    assert sign_in(client, "binh", BINH_PASSWORD) == 303
    return client


def test_changed_password_ends_every_other_session_and_the_old_password(
    desk: TestClient, elsewhere: TestClient, browser: Browser
) -> None:
    assert elsewhere.get("/desk/account").status_code == 200
    answer = desk.post("/desk/account/password", data=CHANGE)
    assert answer.headers["location"] == "/desk/account?done=password"
    assert "Đã đổi mật khẩu." in desk.get(answer.headers["location"]).text
    assert elsewhere.get("/desk/account").status_code == 303
    assert sign_in(browser(), "binh", BINH_PASSWORD) == 401
    assert sign_in(browser(), "binh", PASSWORD) == 303


def test_wrong_old_password_changes_nothing_and_is_throttled(desk: TestClient, browser: Browser) -> None:
    for _ in range(5):
        answer = desk.post("/desk/account/password", data=CHANGE | {"current": "đoán mò"})
        assert (answer.status_code, "Mật khẩu đang dùng chưa đúng." in answer.text) == (422, True)
    shut = desk.post("/desk/account/password", data=CHANGE)
    assert (shut.status_code, "Thử lại sau 5 phút." in shut.text) == (429, True)
    assert sign_in(desk, "binh", BINH_PASSWORD) == 429


def test_password_that_was_replaced_while_it_was_verified_changes_nothing(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    actor = Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")

    def change(session: Session) -> None:
        own_account.change_password(session, actor, "an earlier hash", "a new hash", None, clock())

    with pytest.raises(PasswordWrong):
        database.write(change)


def test_refused_new_password_says_why_beside_the_field(desk: TestClient, browser: Browser) -> None:
    for password in ("ngắn", "hoangvanbinh1985", "matkhau123456"):
        form = CHANGE | {"password": password, "repeated": password}
        answer = desk.post("/desk/account/password", data=form)
        assert (answer.status_code, 'id="password-error"' in answer.text) == (422, True)
    assert sign_in(browser(), "binh", BINH_PASSWORD) == 303


def test_sessions_are_listed_with_browser_and_last_use(
    desk: TestClient, elsewhere: TestClient, clock: FakeClock
) -> None:
    clock.forward(minutes=30)
    elsewhere.get("/desk/")
    clock.forward(minutes=4)
    elsewhere.get("/desk/")
    clock.forward(hours=1)
    page = words(desk.get("/desk/account").text)
    assert "Firefox trên Windows , dùng gần nhất 17:10 24/11/2026" in page
    assert "Trình duyệt , nơi này" in page


@pytest.mark.both_databases
def test_signing_out_elsewhere_keeps_this_session(desk: TestClient, elsewhere: TestClient) -> None:
    answer = desk.post("/desk/account/elsewhere")
    assert "Đã đăng xuất ở các nơi khác." in desk.get(answer.headers["location"]).text
    assert elsewhere.get("/desk/account").status_code == 303
    assert "Đăng xuất nơi khác" not in desk.get("/desk/account").text


def test_supervisor_next_door_keeps_her_session_and_password(
    desk: TestClient, hoa: TestClient, browser: Browser
) -> None:
    desk.post("/desk/account/password", data=CHANGE)
    assert "Vi Thị Hoa" in hoa.get("/desk/account").text
    assert "binh" not in hoa.get("/desk/account").text
    assert sign_in(browser(), "hoa", "mat-khau-hoa") == 303


def test_phone_of_a_volunteer_has_no_account_page(client: TestClient, world: World) -> None:
    assert client.get("/desk/account").status_code == 303
