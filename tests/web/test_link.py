"""One-time links: looking uses nothing up, choosing a password does, once; and no log has the token."""

import logging
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.web.link_client import PASSWORD, choose, link_of, sign_in
from tests.world import World

Browser = Callable[[], TestClient]
CUC = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}


@pytest.fixture
def link(desk: TestClient) -> str:
    """The link of Cúc, whom Bình invited."""
    return link_of(desk.post("/desk/supervisors/new", data=CUC))


def test_new_supervisor_chooses_a_password_and_is_signed_in(
    link: str, browser: Browser, world: World
) -> None:
    cuc = browser()
    answer = choose(cuc, link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    assert "Nông Thị Cúc" in cuc.get("/desk/").text
    assert sign_in(browser(), "cuc.nt", unicodedata.normalize("NFD", PASSWORD)) == 303


def test_looking_at_the_link_uses_nothing_up_and_choosing_does(link: str, browser: Browser) -> None:
    cuc, other = browser(), browser()
    for client in (cuc, other, cuc):
        client.get(link)
        assert "cuc.nt" in client.get("/link").text
    assert choose(cuc, link).status_code == 303
    assert choose(other, link, "một mật khẩu khác").status_code == 410
    assert sign_in(browser(), "cuc.nt", "một mật khẩu khác") == 401


def test_of_two_at_the_same_time_one_gets_the_link(link: str, browser: Browser) -> None:
    clients = [browser(), browser()]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda client: choose(client, link).status_code, clients))
    assert sorted(answers) == [303, 410]


def test_link_ends_after_three_days(link: str, browser: Browser, clock: FakeClock) -> None:
    clock.forward(days=3)
    cuc = browser()
    cuc.get(link)
    assert "Đường dẫn này không dùng được nữa" in cuc.get("/link").text
    assert choose(cuc, link).status_code == 410


def test_refused_password_says_why_and_keeps_the_link(link: str, browser: Browser) -> None:
    cuc = browser()
    for password, again, sentence in (
        ("ngắn", None, "ít nhất 12 ký tự"),
        ("Nông Thị Cúc", None, "họ tên hay tên đăng nhập"),
        ("matkhau123456", None, "nhiều người dùng"),
        ("yenbinh@thondong", None, "tên nơi này"),
        (PASSWORD, PASSWORD + "!", "Hai lần gõ chưa giống nhau."),
        ("x" * 20_000, None, "nhiều nhất 200 ký tự"),
        ("trâu gặm\x00 cỏ non", None, "ký tự không dùng được"),
    ):
        answer = choose(cuc, link, password, again)
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
        assert f'value="{password}' not in answer.text
    assert choose(cuc, link).status_code == 303


@cases("path", ["/link", "/link/x", "/link/" + "a" * 43, "/link/" + "a" * 5_000])
def test_what_is_no_link_opens_nothing(client: TestClient, world: World, path: str) -> None:
    answer = client.get(path)
    status = client.get("/link").status_code if answer.status_code == 303 else answer.status_code
    assert status == 410
    assert client.post("/link", data={"password": PASSWORD, "repeated": PASSWORD}).status_code == 410


@pytest.mark.slow
def test_guesses_of_tokens_are_throttled_by_address(client: TestClient, world: World) -> None:
    statuses = []
    for n in range(52):
        client.cookies.set("link", f"{n:043d}")
        statuses.append(client.post("/link", data={"password": PASSWORD, "repeated": PASSWORD}).status_code)
    assert statuses == [410] * 50 + [429] * 2


def test_link_is_only_a_hash_in_the_database_and_in_no_log_referrer_or_cache(
    link: str, browser: Browser, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    token = link.rpartition("/")[2]
    caplog.set_level(logging.DEBUG, "tungnha")
    cuc = browser()
    opened = cuc.get(link)
    assert (opened.headers["location"], opened.headers["cache-control"]) == ("/link", "no-store")
    assert opened.headers["referrer-policy"] == "no-referrer"
    form = cuc.get("/link")
    assert (token in form.text, form.headers["cache-control"]) == (False, "no-store")
    stored = database.read(lambda session: str(session.execute(text("SELECT * FROM one_time_link")).all()))
    assert stored != "[]"
    assert token not in stored
    choose(cuc, link)
    choose(cuc, link)
    assert "sign_in.failed kind=link" in caplog.text
    assert token not in caplog.text


def test_another_site_cannot_choose_the_password(link: str, app: FastAPI) -> None:
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    client.get(link)
    data, headers = {"password": PASSWORD, "repeated": PASSWORD}, {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/link", data=data, headers=headers).status_code == 403
