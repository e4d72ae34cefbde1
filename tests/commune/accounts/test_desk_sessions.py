"""How long a session at the desk lasts."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.commune.accounts.sign_ins import ADDRESS, RIGHT, browser_at
from tests.conftest import FakeClock
from tests.world import World


def sign_in(app: FastAPI, **more: str) -> TestClient:
    client = browser_at(app, ADDRESS)
    assert client.post("/desk/sign-in", data=RIGHT | more).status_code == 303
    return client


def is_in(client: TestClient) -> bool:
    return client.get("/desk/visits").status_code == 200


def test_session_ends_after_eight_idle_hours(app: FastAPI, world: World, clock: FakeClock) -> None:
    desk = sign_in(app)
    clock.forward(hours=7, minutes=50)
    assert is_in(desk)
    clock.forward(hours=4)
    assert is_in(desk), "it was in use"
    clock.forward(minutes=20)
    assert not is_in(desk), "twelve hours in all"


def test_idle_session_is_over_although_twelve_hours_are_not(
    app: FastAPI, world: World, clock: FakeClock
) -> None:
    desk = sign_in(app)
    clock.forward(hours=8)
    assert not is_in(desk)


def test_cookie_ends_with_the_browser(app: FastAPI, world: World) -> None:
    answer = browser_at(app, ADDRESS).post("/desk/sign-in", data=RIGHT)
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("desk=")]
    assert "max-age" not in cookie.lower()
    assert "expires" not in cookie.lower()


def test_machine_that_is_remembered_stays_in_for_seven_days(
    app: FastAPI, world: World, clock: FakeClock
) -> None:
    answer = browser_at(app, ADDRESS).post("/desk/sign-in", data=RIGHT | {"remember": "yes"})
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("desk=")]
    assert "Max-Age=604800" in cookie
    desk = sign_in(app, remember="yes")
    clock.forward(days=6, hours=23)
    assert is_in(desk)
    clock.forward(hours=2)
    assert not is_in(desk)


def test_sign_in_page_offers_it_and_does_not_choose_it(app: FastAPI, world: World) -> None:
    page = browser_at(app, ADDRESS).get("/desk/sign-in").text
    assert 'name="remember" value="yes">' in page
