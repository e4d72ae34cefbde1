"""A commune with a name of its own: its links and codes lead there, and nobody signs in under another one."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune import moving
from app.commune.accounts.models import Invite
from app.commune.areas import Commune
from app.core.db import Database
from app.core.desk_log import stored_entries
from tests import signed_in
from tests.conftest import NOW, FakeClock
from tests.operator import run
from tests.phone import Phone
from tests.phone import sign_in as sign_in_phone
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.web.operator import test_operator
from tests.world import LAN, World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
OWN = "127.0.0.2"


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
def address(world: World) -> str:
    return f"/operator/communes/{world.commune_id}"


@pytest.fixture
def there(app: FastAPI) -> Browser:
    """A browser in which the commune's own name is open."""

    def open_browser() -> TestClient:
        client = signed_in.browser(app)
        client.base_url = f"http://{OWN}:8000"
        return client

    return open_browser


def host_of(database: Database, world: World) -> str | None:
    return database.read(lambda session: session.get_one(Commune, world.commune_id).host)


@pytest.mark.both_databases
def test_phones_and_supervisors_sign_in_under_the_own_name_only(
    an: TestClient, address: str, browser: Browser, there: Browser, database: Database, world: World
) -> None:
    assert an.post(f"{address}/host", data={"host": OWN}).headers["location"] == address
    form = {"invite": LAN[1], "phone": LAN[0], "name": "Điện thoại"}
    for _attempt in range(3):
        answer = browser().post("/api/v1/devices", json=form)
        assert answer.status_code == 409
        assert answer.json() == {"proto": 1, "error": "other_address", "address": f"https://{OWN}"}
    used = database.read(
        lambda session: [(one.used_at, one.failures) for one in session.exec(select(Invite))]
    )
    assert {*used} == {(None, 0)}
    wrong = browser().post("/api/v1/devices", json=form | {"invite": "99999999"})
    assert wrong.status_code == 401, "who has no right code hears of no address"
    desk = browser().post("/desk/sign-in", data={"name": "binh", "password": BINH_PASSWORD})
    assert (desk.status_code, f"https://{OWN}" in desk.text) == (409, True)
    assert sign_in_phone(there(), *LAN, NOW).exchange()["changes"]["household"]
    assert sign_in(there(), "binh", BINH_PASSWORD) == 303
    assert sign_in(browser(), "hoa", "mat-khau-hoa") == 303, "the next commune has no such name"


def test_codes_and_links_lead_to_the_own_name(
    an: TestClient, address: str, there: Browser, database: Database, world: World
) -> None:
    an.post(f"{address}/host", data={"host": OWN})
    sheet = an.post(f"{address}/supervisors/{world.binh}/link").text
    assert re.search(rf"http://{re.escape(OWN)}:8000/link/", sheet)
    desk = there()
    assert sign_in(desk, "binh", BINH_PASSWORD) == 303
    assert f"http://{OWN}:8000/field/sign-in" in desk.post(f"/desk/people/{world.lan}/code").text
    url = str(database.engine.url.render_as_string(hide_password=False))
    done = run(url, "invite", "--name", "Lò Thị Mới", "--phone", "0912345678", "--hamlet", "Thôn Đông",
               "--commune", "06391")  # fmt: skip
    assert f"Mở địa chỉ: https://{OWN}/field/sign-in" in done.stdout, done.output


def test_name_is_refused_once_a_phone_knows_another_one(
    an: TestClient, address: str, lan: Phone, database: Database, world: World
) -> None:
    assert "Địa chỉ riêng" not in an.get(address).text
    refused = an.post(f"{address}/host", data={"host": OWN})
    assert (refused.status_code, "Đã có máy đăng nhập ở nơi này" in refused.text) == (409, True)
    assert host_of(database, world) is None
    url = str(database.engine.url.render_as_string(hide_password=False))
    done = run(url, "commune-host", "06391", OWN)
    assert (done.exit_code, done.stderr) == (
        2,
        "A phone has signed in to this commune: its name stays as it is.\n",
    )


def test_name_that_leads_elsewhere_or_is_another_commune_s_is_refused(
    an: TestClient, address: str, database: Database, world: World
) -> None:
    unknown = an.post(f"{address}/host", data={"host": "xa.example"})
    assert (unknown.status_code, "TUNGNHA_ALLOWED_HOSTS" in unknown.text) == (422, True)
    assert 'value="xa.example"' in unknown.text
    an.post(f"/operator/communes/{world.neighbour_id}/host", data={"host": OWN})
    used = an.post(f"{address}/host", data={"host": OWN})
    assert (used.status_code, "Nơi khác đang dùng tên này." in used.text) == (422, True)
    assert host_of(database, world) is None


def test_name_can_be_given_and_taken_back_by_command(
    an: TestClient, address: str, database: Database, world: World
) -> None:
    url = str(database.engine.url.render_as_string(hide_password=False))
    assert run(url, "commune-host", "06391", OWN).stdout == f"Commune 06391 is opened at https://{OWN} now.\n"
    assert (host_of(database, world), OWN in an.get(address).text) == (OWN, True)
    assert run(url, "commune-host", "06391", "").exit_code == 0
    assert host_of(database, world) is None
    hosts = [one["host"] for one in database.read(stored_entries) if one["what"] == "commune.host"]
    assert sorted(hosts) == ["", OWN]


def test_page_counts_what_phones_have_sent_since_the_commune_left_them_behind(
    an: TestClient, address: str, database: Database, world: World, clock: FakeClock, lan: Phone
) -> None:
    lan.exchange()
    database.write(
        lambda session: moving.leave(
            session, session.get_one(Commune, world.commune_id), "https://moi.example", clock()
        )
    )
    assert "Chưa nhận bản ghi nào từ khi chuyển" in words(an.get(address).text)
    assert lan.statuses(lan.visit(world.duc), lan.visit(world.mai)) == ["quarantined"] * 2
    assert "Đã nhận 2 bản ghi từ khi chuyển, lần cuối" in words(an.get(address).text)


def test_commune_that_has_moved_is_shown_as_that_and_nothing_can_be_done(
    an: TestClient, address: str, database: Database, world: World, clock: FakeClock
) -> None:
    database.write(
        lambda session: moving.leave(
            session, session.get_one(Commune, world.commune_id), "https://moi.example", clock()
        )
    )
    page = an.get(address).text
    assert "nay ở https://moi.example" in words(page)
    assert not re.search(r"<form[^>]*(supervisors|/off|/host)", page)
    for path, form in (("off", {}), ("supervisors", {"name": "A", "sign_in_name": "aa.bb", "begun": "yes"})):
        assert an.post(f"{address}/{path}", data=form).status_code == 404
    assert "đã chuyển đi" in words(an.get("/operator/", params={"show": "moved"}).text)
    assert "Xã Yên Bình" not in words(an.get("/operator/", params={"show": "off"}).text)
