"""Operators have a page for their own password and sessions."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.link_client import PASSWORD, sign_in
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
NEW = "cá kho tộ thật ngon"


def change(client: TestClient, **changes: str) -> int:
    form = {"current": PASSWORD, "password": NEW, "repeated": NEW} | changes
    return client.post("/operator/account/password", data=form).status_code


def test_rail_leads_to_the_page_with_name_and_sessions(
    an: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    assert 'href="/operator/account"' in an.get("/operator/").text
    clock.forward(minutes=7)
    other = browser()
    assert sign_in(other, "an.lt", PASSWORD) == 303
    page = words(an.get("/operator/account").text)
    assert all(text in page for text in ("Lương Thị An", "an.lt", "nơi này", "dùng gần nhất 16:47"))
    assert an.post("/operator/account/elsewhere").status_code == 303
    assert other.get("/operator/").status_code == 303
    assert an.get("/operator/account").status_code == 200


def test_password_is_changed_with_the_old_one_and_other_sessions_end(
    an: TestClient, browser: Browser, world: World
) -> None:
    other = browser()
    sign_in(other, "an.lt", PASSWORD)
    assert change(an, current="sai sai sai sai") == 422
    assert change(an, repeated="khác khác khác") == 422
    assert change(an) == 303
    assert an.get("/operator/account?done=password").status_code == 200
    assert other.get("/operator/").status_code == 303
    assert sign_in(browser(), "an.lt", PASSWORD) == 401
    assert sign_in(browser(), "an.lt", NEW) == 303


def test_wrong_old_passwords_are_counted(an: TestClient, world: World) -> None:
    statuses = [change(an, current="sai sai sai sai") for _ in range(7)]
    assert statuses[-1] == 429


def test_supervisors_have_no_such_page(desk: TestClient) -> None:
    assert desk.get("/operator/account").status_code == 404
    assert change(desk) == 404


def test_operators_session_ends_after_eight_idle_hours(
    an: TestClient, world: World, clock: FakeClock
) -> None:
    clock.forward(hours=7)
    assert an.get("/operator/").status_code == 200
    clock.forward(hours=4)
    assert an.get("/operator/").status_code == 200, "it was in use"
    clock.forward(hours=8)
    assert an.get("/operator/").status_code == 303
