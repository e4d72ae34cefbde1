"""A desk that nobody uses for 15 minutes locks: the password opens it, and nothing typed is lost."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.commune.accounts import sessions
from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import SETUP, STEP, UNLOCK, FactorClient
from tests.web.second_factor.test_sign_in import PASSWORD, add_operator_and_viewer
from tests.web.test_expired_session import hidden
from tests.world import World

RIGHT = {"password": "mat-khau-binh"}
BACKGROUND = {"X-Background": "yes"}


@pytest.mark.both_databases
def test_desk_locks_after_fifteen_idle_minutes_and_the_password_opens_it(
    binh: FactorClient, clock: FakeClock
) -> None:
    for _ in range(4):
        clock.forward(minutes=14)
        assert binh.get("/desk/people").status_code == 200
    clock.forward(minutes=15)
    assert binh.location("/desk/people?q=lan") == f"{UNLOCK}?next=/desk/people%3Fq%3Dlan"
    page = binh.get(f"{UNLOCK}?next=/desk/people")
    assert "Mở khóa bàn làm việc" in page.text
    wrong = binh.post(UNLOCK, {"password": "sai", "next": "/desk/people"})
    assert (wrong.status_code, "Mật khẩu chưa đúng." in wrong.text) == (401, True)
    assert binh.location("/desk/people").startswith(UNLOCK)
    assert binh.post(UNLOCK, RIGHT | {"next": "/desk/people"}).headers["location"] == "/desk/people"
    assert binh.get("/desk/people").status_code == 200
    assert binh.location(UNLOCK) == "/desk/"


def test_form_sent_to_a_locked_desk_is_sent_again(binh: FactorClient, clock: FakeClock) -> None:
    typed = {"name": "Tổ Mới"}
    clock.forward(minutes=16)
    locked = binh.post("/desk/teams/new", typed)
    assert (locked.status_code, "Những gì vừa nhập vẫn còn" in locked.text) == (401, True)
    again = binh.post(UNLOCK, dict(hidden(locked.text)) | {"password": "sai"})
    resumed = binh.post(UNLOCK, dict(hidden(again.text)) | RIGHT)
    assert (dict(hidden(resumed.text)), 'action="/desk/teams/new"' in resumed.text) == (typed, True)


def test_app_code_opens_a_locked_desk_too_and_a_wrong_password_is_throttled(
    binh: FactorClient, clock: FakeClock
) -> None:
    clock.forward(minutes=16)
    for _ in range(5):
        assert binh.post(UNLOCK, {"password": "sai"}).status_code == 401
    assert binh.post(UNLOCK, RIGHT).status_code == 429
    assert binh.show(binh.next_code(), next="/desk/people").headers["location"] == "/desk/people"


def test_requests_of_the_page_itself_are_no_use(binh: FactorClient, clock: FakeClock) -> None:
    for _ in range(3):
        clock.forward(minutes=5)
        answer = binh.get("/desk/people", headers=BACKGROUND)
    assert answer.headers.get("location", "").startswith(UNLOCK)


def test_page_that_looks_by_itself_hears_whether_it_is_locked(binh: FactorClient, clock: FakeClock) -> None:
    assert binh.get(UNLOCK, headers=BACKGROUND).status_code == 204
    clock.forward(minutes=15)
    assert binh.get(UNLOCK, headers=BACKGROUND).status_code == 200


@pytest.mark.both_databases
def test_typing_is_use(binh: FactorClient, clock: FakeClock) -> None:
    for _ in range(4):
        clock.forward(minutes=10)
        assert binh.post("/desk/in-use").status_code == 204
    assert binh.get("/desk/people").status_code == 200
    clock.forward(minutes=15)
    assert binh.post("/desk/in-use").headers.get("location", UNLOCK).startswith(UNLOCK)
    assert binh.location("/desk/people").startswith(UNLOCK), "what is locked stays so"


def test_use_is_written_once_a_minute_at_most(binh: FactorClient, server: FastAPI, clock: FakeClock) -> None:
    written: list[str] = []
    engine = server.state.database.engine
    event.listen(engine, "before_cursor_execute", lambda *seen: written.append(seen[2]))
    clock.forward(minutes=2)
    for _ in range(10):
        clock.forward(seconds=5)
        binh.get("/desk/people")
        binh.post("/desk/in-use")
    assert sum(text.startswith("UPDATE sign_in_session") for text in written) == 1


def test_eight_idle_hours_end_the_session(binh: FactorClient, clock: FakeClock) -> None:
    clock.forward(hours=8)
    assert binh.location("/desk/people").startswith("/desk/sign-in")
    assert binh.post(UNLOCK, RIGHT).status_code == 401
    assert binh.location("/desk/people").startswith("/desk/sign-in")


def test_remembered_machine_locks_too_and_ends_after_seven_days(
    binh: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    other = browsers()
    other.sign_in("binh", "mat-khau-binh", remember="yes")
    other.show(binh.next_code())
    clock.forward(days=6)
    assert other.location("/desk/people").startswith(UNLOCK)
    assert other.post(UNLOCK, RIGHT).status_code == 303
    clock.forward(days=1)
    assert other.location("/desk/people").startswith("/desk/sign-in")


def test_operators_and_viewers_lock_too(
    browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    database.write(lambda session: add_operator_and_viewer(session, clock))
    for name, start in (("an.lt", "/operator/"), ("tinh", "/province/")):
        one = browsers()
        one.sign_in(name, PASSWORD)
        one.set_up()
        clock.forward(minutes=15)
        assert one.location(start) == f"{UNLOCK}?next={start}"
        assert one.post(UNLOCK, {"password": PASSWORD, "next": start}).headers["location"] == start
        assert one.get(start).status_code == 200


def test_lock_opens_no_session_without_its_factor(
    binh: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    clock.forward(minutes=20)
    assert other.post(UNLOCK, RIGHT).status_code == 303
    assert other.location("/desk/people").startswith(STEP)
    assert other.location(SETUP).startswith(STEP)


def test_desk_is_not_locked_while_the_database_cannot_be_written(
    binh: FactorClient, browsers: NewClient, database: Database, clock: FakeClock
) -> None:
    """The pages come from a replica then, which stores neither that the desk is used nor a password shown."""
    half_open = browsers()
    half_open.sign_in("binh", "mat-khau-binh")
    clock.forward(hours=1)

    def is_open(client: FactorClient, *, is_read_only: bool) -> bool:
        cookie = client.client.cookies["__Host-desk"]
        try:
            database.read(
                lambda session: sessions.authenticate_desk(
                    session, cookie, clock(), is_read_only=is_read_only
                )
            )
        except sessions.SecondStepRequired:
            return False
        return True

    assert [is_open(binh, is_read_only=one) for one in (False, True)] == [False, True]
    assert not is_open(half_open, is_read_only=True), "what the password alone has opened opens nothing"


def test_demo_does_not_lock(desk: TestClient, clock: FakeClock) -> None:
    clock.forward(hours=2)
    assert desk.get("/desk/people").status_code == 200
