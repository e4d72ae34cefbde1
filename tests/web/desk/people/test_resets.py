"""A password that somebody else has set is said to its owner and the commune's supervisors, who and when."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.operator import run
from tests.web.desk.desk_client import words
from tests.web.link_client import PASSWORD, choose, link_of, sign_in
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
CUC = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}


@pytest.fixture
def cuc(desk: TestClient, browser: Browser) -> TestClient:
    """The browser of Cúc, whom Bình has invited."""
    client = browser()
    invited = desk.post("/desk/supervisors/new", data=CUC)
    assert choose(client, link_of(invited)).status_code == 303
    return client


def text_of(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.text)


def operator_takes_over(an: TestClient, browser: Browser, world: World) -> TestClient:
    """An opens a link for Bình, and is at the desk as Bình."""
    handed_over = link_of(an.post(f"/operator/communes/{world.commune_id}/supervisors/{world.binh}/link"))
    client = browser()
    assert choose(client, handed_over).headers["location"] == "/desk/"
    return client


@pytest.mark.both_databases
def test_operator_who_resets_a_password_is_named_at_the_next_sign_in_and_to_the_colleagues(
    an: TestClient, cuc: TestClient, desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    operator_takes_over(an, browser, world)
    said = "do Lương Thị An, người vận hành"
    assert f"Mật khẩu của Hoàng Văn Bình được đặt 16:40 24/11/2026, {said}." in text_of(cuc, "/desk/")
    assert said in text_of(cuc, "/desk/supervisors")
    clock.forward(minutes=5)
    # Bình cannot sign in any more, and gets a link from Cúc: that does not hide what the operator did.
    binh = browser()
    handed_over = link_of(cuc.post(f"/desk/supervisors/{world.binh}/link"))
    assert choose(binh, handed_over, "cá kho tộ thật ngon").status_code == 303
    account = text_of(binh, "/desk/account")
    assert f"Mật khẩu của bạn được đặt lại 16:40 24/11/2026, {said}." in account
    assert "Mật khẩu của bạn được đặt lại 16:45 24/11/2026, do Nông Thị Cúc." in account
    form = {"name": "binh", "password": "cá kho tộ thật ngon"}
    goals = [browser().post("/desk/sign-in", data=form).headers["location"] for _ in range(2)]
    assert goals == ["/desk/account", "/desk/"], "it is said at once, and then stands there"


def test_who_took_over_cannot_make_it_disappear(
    an: TestClient, cuc: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    intruder = operator_takes_over(an, browser, world)
    sign_in(intruder, "binh", PASSWORD)
    intruder.get("/desk/account")
    assert "do Lương Thị An, người vận hành" in text_of(cuc, "/desk/supervisors")
    clock.forward(days=31)
    assert "người vận hành" not in text_of(browser_of(cuc), "/desk/supervisors")


def browser_of(client: TestClient) -> TestClient:
    """The same browser, signed in again."""
    sign_in(client, "cuc.nt", PASSWORD)
    return client


def test_first_password_of_somebody_new_is_no_reset(cuc: TestClient, desk: TestClient) -> None:
    assert "Mật khẩu" not in text_of(desk, "/desk/supervisors")
    assert "đặt lại" not in text_of(cuc, "/desk/account")


def test_own_change_is_no_reset(desk: TestClient, cuc: TestClient) -> None:
    form = {"current": "mat-khau-binh", "password": PASSWORD, "repeated": PASSWORD}
    assert desk.post("/desk/account/password", data=form).status_code == 303
    assert "Mật khẩu của" not in text_of(cuc, "/desk/supervisors")


def test_supervisor_whom_an_operator_adds_to_a_commune_that_works_is_said(
    an: TestClient, desk: TestClient, browser: Browser, world: World
) -> None:
    form = {"name": "Lò Thị Mới", "sign_in_name": "moi.lt", "begun": "yes"}
    added = an.post(f"/operator/communes/{world.commune_id}/supervisors", data=form)
    choose(browser(), link_of(added))
    assert "Mật khẩu của Lò Thị Mới được đặt" in text_of(desk, "/desk/")


def test_supervisors_next_door_hear_nothing(
    an: TestClient, hoa: TestClient, browser: Browser, world: World
) -> None:
    operator_takes_over(an, browser, world)
    assert "Mật khẩu của" not in text_of(hoa, "/desk/supervisors")


def test_command_on_the_server_is_said_too(
    app: FastAPI, cuc: TestClient, world: World, database: Database, database_url: str
) -> None:
    run(database_url, "password", "--sign-in-name", "binh")
    assert "do lệnh trên máy chủ" in text_of(cuc, "/desk/supervisors")
