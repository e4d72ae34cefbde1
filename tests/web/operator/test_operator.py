"""Operators: one command, then a browser alone begins communes; no household, and no desk, is theirs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.commune.credentials import operators
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import stored_entries
from app.main import create_app
from tests.cases import cases
from tests.conftest import FakeClock
from tests.operator import run
from tests.web.desk.desk_client import words
from tests.web.link_client import PASSWORD, choose, link_of, sign_in
from tests.world import World

Browser = Callable[[], TestClient]
AN = {"name": "Lương Thị An", "sign_in_name": "an.lt", "password": PASSWORD, "repeated": PASSWORD}
CUC = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}
HOST = "https://tungnha.example"


def become_operator(client: TestClient, link: str, **changes: str) -> Any:
    client.get(link)
    return client.post("/link", data=AN | changes)


@pytest.fixture
def link(app: FastAPI, clock: FakeClock) -> str:
    """The path of a link for a new operator."""
    database: Database = app.state.database
    token = database.write(lambda session: operators.issue_link(session, "", clock()))
    return f"/link/{token}"


@pytest.fixture
def an(browser: Browser, link: str) -> TestClient:
    """The client of the operator An."""
    client = browser()
    assert become_operator(client, link).headers["location"] == "/operator/"
    return client


@pytest.fixture
def empty(database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[Callable[[], TestClient]]:
    """Browsers of a production server whose database is empty."""
    settings = Settings(
        database_url=database_url,
        data_dir=tmp_path,
        mode="production",
        public_url=HOST,
        second_factor="offered",
    )
    app = create_app(settings, clock)
    yield lambda: TestClient(
        app, base_url=HOST, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    app.state.database.close()


@pytest.mark.slow
def test_from_an_empty_database_one_command_and_a_browser_begin_a_commune(
    database_url: str, empty: Browser
) -> None:
    settings = {"TUNGNHA_MODE": "production", "TUNGNHA_PUBLIC_URL": HOST}
    output = run(database_url, "create-operator", **settings).stdout
    addresses = [line for line in output.splitlines() if line.startswith("http")]
    assert len(addresses) == 1
    an = empty()
    assert become_operator(an, addresses[0].removeprefix(HOST)).status_code == 303
    assert "Chưa có xã, phường nào bắt đầu." in an.get("/operator/").text
    found = an.get("/operator/", params={"q": "yen binh lang son"}).text
    commune = re.findall(r"/operator/communes/[\w-]+", found)
    assert len(commune) == 1
    assert "Bắt đầu với cán bộ đầu tiên" in an.get(commune[0]).text
    handed_over = link_of(an.post(f"{commune[0]}/supervisors", data=CUC))
    cuc = empty()
    assert choose(cuc, handed_over).headers["location"] == "/desk/"
    assert "Xã Yên Bình" in cuc.get("/desk/").text
    assert "Chưa có ai trong tổ." in cuc.get("/desk/people").text
    assert "Nông Thị Cúc" in an.get(commune[0]).text


def test_operators_link_ends_after_fifteen_minutes_and_works_once(
    browser: Browser, link: str, world: World, clock: FakeClock
) -> None:
    clock.forward(minutes=14, seconds=59)
    assert become_operator(browser(), link).status_code == 303
    assert become_operator(browser(), link, sign_in_name="khac").status_code == 410


def test_operators_link_is_late_after_fifteen_minutes(
    browser: Browser, link: str, world: World, clock: FakeClock
) -> None:
    clock.forward(minutes=15)
    assert become_operator(browser(), link).status_code == 410


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sign_in_name": "binh"}, "Tên đăng nhập này đã có người dùng."),
        ({"sign_in_name": ""}, "Từ 3 đến 40 ký tự"),
        ({"name": "  "}, "Nhập họ và tên."),
        ({"password": "an.lt.an.lt.an"}, "họ tên hay tên đăng nhập"),
    ],
)
def test_wrong_field_says_what_and_leaves_the_link_open(
    browser: Browser, link: str, world: World, changes: dict[str, str], sentence: str
) -> None:
    client = browser()
    answer = become_operator(client, link, **changes)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert become_operator(client, link).status_code == 303


def test_operator_signs_in_and_out_at_the_desks_form(an: TestClient, browser: Browser, world: World) -> None:
    client = browser()
    form = {"name": "an.lt", "password": PASSWORD, "next": "/operator/?q=yen"}
    assert client.post("/desk/sign-in", data=form).headers["location"] == "/operator/?q=yen"
    assert client.get("/operator/").status_code == 200
    cookie = client.cookies["desk"]
    client.post("/desk/sign-out")
    client.cookies.set("desk", cookie)
    assert client.get("/operator/").headers["location"] == "/desk/sign-in?next=/operator/"
    assert [sign_in(client, "an.lt", "sai") for _ in range(6)] == [401] * 5 + [429]


def test_sign_in_goes_on_only_to_pages_of_ones_own_role(an: TestClient, browser: Browser) -> None:
    form = {"name": "an.lt", "password": PASSWORD, "next": "/desk/people"}
    assert browser().post("/desk/sign-in", data=form).headers["location"] == "/operator/"


def test_session_of_an_operator_ends_after_twelve_hours(
    an: TestClient, clock: FakeClock, world: World
) -> None:
    clock.forward(hours=12)
    assert an.get("/operator/").status_code == 303
    assert an.get("/desk/people").status_code == 303


def test_desk_does_not_exist_for_an_operator_nor_operators_pages_for_a_supervisor(
    an: TestClient, desk: TestClient, world: World
) -> None:
    for address in ("/desk/", "/desk/visits", "/desk/people", f"/desk/people/{world.lan}", "/desk/account"):
        assert an.get(address).status_code == 404, address
    assert an.post(f"/desk/people/{world.lan}/end").status_code == 404
    commune = f"/operator/communes/{world.commune_id}"
    for address in ("/operator/", commune):
        assert desk.get(address).status_code == 404, address
    assert desk.post(f"{commune}/supervisors", data=CUC).status_code == 404
    assert desk.post(f"{commune}/supervisors/{world.binh}/link").status_code == 404


def test_phone_opens_no_page_of_the_operators(lan: Any, world: World) -> None:
    lan.client.cookies.set("desk", lan.client.cookies["device"])
    assert lan.client.get("/operator/").status_code == 303


def test_operator_sees_communes_and_supervisors_and_never_a_household_or_member(
    an: TestClient, world: World
) -> None:
    pages = [an.get("/operator/"), an.get(f"/operator/communes/{world.commune_id}")]
    text = " ".join(words(page.text) for page in pages)
    assert "Xã Yên Bình tỉnh Lạng Sơn 06391" in text
    assert "Hoàng Văn Bình" in text
    for name in ("Nguyễn Thị Lan", "Nguyễn Văn Đức", "Thôn Đông", "0900"):
        assert name not in text


def test_operator_gives_a_supervisor_a_new_link(an: TestClient, browser: Browser, world: World) -> None:
    link = link_of(an.post(f"/operator/communes/{world.commune_id}/supervisors/{world.binh}/link"))
    assert choose(browser(), link).headers["location"] == "/desk/"
    assert sign_in(browser(), "binh", "mat-khau-binh") == 401


@pytest.mark.parametrize("account", ["hoa", "lan"])
def test_link_is_for_supervisors_of_that_commune_only(an: TestClient, world: World, account: str) -> None:
    address = f"/operator/communes/{world.commune_id}/supervisors/{getattr(world, account)}/link"
    assert an.post(address).status_code == 404


def test_commune_that_a_colleague_began_meanwhile_is_asked_about(an: TestClient, world: World) -> None:
    answer = an.post(f"/operator/communes/{world.commune_id}/supervisors", data=CUC | {"begun": ""})
    assert (answer.status_code, "Vừa có người khác bắt đầu nơi này" in answer.text) == (409, True)
    assert 'value="cuc.nt"' in answer.text
    assert "(cuc.nt)" not in answer.text


@cases("q", ["khong-co-xa-nao", "\x00", "x" * 50_000, "% _", "<script>"])
def test_words_that_find_nothing_are_no_error(an: TestClient, q: str) -> None:
    answer = an.get("/operator/", params={"q": q})
    assert (answer.status_code, "Không có xã, phường nào khớp" in answer.text) == (200, True)


def test_unknown_commune_is_not_found(an: TestClient) -> None:
    assert an.get("/operator/communes/khong-co").status_code == 404
    assert an.post("/operator/communes/khong-co/supervisors", data=CUC).status_code == 404
    assert an.get("/operator/communes/%00").status_code == 404


def test_forgotten_password_of_an_operator_is_set_by_a_link_of_the_command(
    an: TestClient, browser: Browser, database_url: str
) -> None:
    unknown = run(database_url, "create-operator", "--sign-in-name", "binh")
    assert (unknown.exit_code, unknown.stderr) == (2, "No operator has this sign-in name.\n")
    output = run(database_url, "create-operator", "--sign-in-name", "an.lt").stdout
    path = output[output.index("/link/") :].strip()
    assert choose(browser(), path, "cá kho tộ thật ngon").headers["location"] == "/operator/"
    assert an.get("/operator/").status_code == 303, "the other sessions ended"
    assert sign_in(browser(), "an.lt", PASSWORD) == 401


def test_operators_are_listed_and_one_who_left_is_ended_by_a_command(
    an: TestClient, browser: Browser, database: Database, database_url: str, clock: FakeClock
) -> None:
    (entry,) = database.read(lambda session: operators.list_operators(session, clock()))
    assert (entry.operator.sign_in_name, entry.sessions) == ("an.lt", 1)
    assert run(database_url, "operators").stdout.startswith("an.lt: Lương Thị An, từ 16:40 24/11/2026, ")
    output = run(database_url, "end-account", "--sign-in-name", "an.lt").stdout
    assert output == (
        "Đã kết thúc tài khoản: Lương Thị An, người vận hành\n"
        "Không còn người vận hành nào. Khi cần, dùng create-operator.\n"
    )
    assert "an.lt: Lương Thị An, mật khẩu hết hiệu lực từ " in run(database_url, "operators").stdout
    assert an.get("/operator/").status_code == 303
    assert sign_in(browser(), "an.lt", PASSWORD) == 401


def test_ended_operator_who_chooses_a_password_again_is_listed_as_before(
    an: TestClient, browser: Browser, database_url: str
) -> None:
    run(database_url, "end-account", "--sign-in-name", "an.lt")
    output = run(database_url, "create-operator", "--sign-in-name", "an.lt").stdout
    choose(browser(), output[output.index("/link/") :].strip(), "cá kho tộ thật ngon")
    assert "hết hiệu lực" not in run(database_url, "operators").stdout


def test_without_operators_the_command_says_what_to_do(database_url: str, world: World) -> None:
    assert run(database_url, "operators").stdout == "Chưa có người vận hành nào: dùng create-operator.\n"


def test_what_an_operator_did_is_in_the_desk_log_without_names(
    an: TestClient, world: World, database: Database
) -> None:
    an.post(f"/operator/communes/{world.commune_id}/supervisors/{world.binh}/link")
    entries = database.read(stored_entries)
    operator = next(entry["operator"] for entry in entries if entry["what"] == "operator.password")
    issued = next(entry for entry in entries if entry["what"] == "password.link")
    assert (issued["account"], issued["by"]) == (world.binh, operator)
    assert not any(word in str(entries) for word in ("Lương", "Thị An", AN["sign_in_name"]))
