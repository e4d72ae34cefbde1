"""*Ngày đầu*: the path of a commune without visits, what its steps do at once, and what takes that back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Account, Invite, Team
from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.qr import read_svg
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import NEW
from tests.world import World

Browser = Callable[[], TestClient]
PEOPLE = "/desk/people/import"
LIST = "Họ và tên,Số điện thoại,Thôn\nLò Thị Hoa,0900000077,Thôn Hạ\nVi Văn Sự,0900000078,Thôn Thượng\n"


@pytest.fixture
def cuc(hoa: TestClient) -> TestClient:
    """The supervisor of a commune with two hamlets and nothing else."""
    for name in ("Thôn Hạ", "Thôn Thượng"):
        hoa.post("/desk/hamlets/new", data={"name": name})
    return hoa


def test_empty_commune_opens_on_the_path_and_nothing_can_be_done_before_its_time(hoa: TestClient) -> None:
    page = hoa.get("/desk/").text
    assert _steps(page) == {
        "Danh sách hộ": "next",
        "Tổ của mỗi thôn": "later",
        "Người trong tổ": "later",
        "Phiếu mã mời": "later",
        "Lượt thăm đầu tiên": "later",
    }
    assert "Xong 0/5 bước" in words(page)
    assert re.findall(r'class="button[^"]*" href="([^"]+)"', page) == ["/desk/imports"]
    assert "Tạo tổ cho mọi thôn" not in page
    assert "%" not in words(page)
    assert hoa.post("/desk/first-day/teams").headers["location"] == "/desk/", "there is no hamlet"


@pytest.mark.both_databases
def test_one_click_makes_a_team_for_each_hamlet_without_one_and_another_takes_them_back(
    cuc: TestClient, database: Database, world: World
) -> None:
    assert "2 thôn chưa có tổ: Thôn Hạ, Thôn Thượng." in words(cuc.get("/desk/").text)
    page = _press(cuc, "/desk/first-day/teams")
    assert "Đã tạo tổ cho mọi thôn. Ngày đầu" in words(page)
    assert _steps(page)["Tổ của mỗi thôn"] == "done"
    assert _teams(database, world) == ["Tổ Thôn Hạ", "Tổ Thôn Thượng"]
    assert cuc.post("/desk/first-day/teams").headers["location"] == "/desk/", "none is made twice"
    assert "Hoàn tác: bỏ 2 tổ vừa tạo" in page
    page = _press(cuc, "/desk/first-day/teams/undo")
    assert "Đã bỏ các tổ vừa tạo." in words(page)
    assert _teams(database, world) == []
    assert "Thêm tổ" in words(cuc.get("/desk/log").text)
    assert "Hoàn tác tạo tổ" in words(cuc.get("/desk/log").text)


def test_team_has_another_name_than_one_that_there_is(
    cuc: TestClient, database: Database, world: World
) -> None:
    hamlets = re.findall(r'name="hamlet" value="([^"]+)"', cuc.get("/desk/teams/new").text)
    cuc.post("/desk/teams/new", data={"name": "tổ thôn thượng", "hamlet": hamlets[0]})
    cuc.post("/desk/first-day/teams")
    assert _teams(database, world) == ["Tổ Thôn Thượng 2", "tổ thôn thượng"]


def test_teams_are_taken_back_without_those_that_somebody_is_in(
    cuc: TestClient, database: Database, world: World
) -> None:
    page = _press(cuc, "/desk/first-day/teams")
    since = _hidden(page, "/desk/first-day/teams/undo")
    team = database.read(lambda session: session.exec(select(Team).where(Team.name == "Tổ Thôn Hạ")).one().id)
    cuc.post("/desk/people/new", data=NEW | {"team": team})
    assert cuc.post("/desk/first-day/teams/undo", data={"since": since}).status_code == 303
    assert _teams(database, world) == ["Tổ Thôn Hạ"]
    for wrong in (since, "", "x", "2026-01-01", "2026-01-01T00:00:00Z"):
        answer = cuc.post("/desk/first-day/teams/undo", data={"since": wrong})
        assert answer.headers["location"] == "/desk/?done=changed"
    assert _teams(database, world) == ["Tổ Thôn Hạ"]


@pytest.mark.both_databases
def test_people_of_a_list_are_taken_back_until_somebody_signs_in_and_invited_again_they_are_the_same(
    cuc: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    cuc.post("/desk/first-day/teams")
    sheet = _invite(cuc)
    assert 'class="button" href="/desk/">Xong' in sheet
    before = _accounts(database, world)
    page = cuc.get("/desk/").text
    assert _steps(page)["Người trong tổ"] == "done"
    assert _steps(page)["Phiếu mã mời"] != "done"
    assert "mã đã in của họ thôi dùng được" in page
    clock.forward(minutes=5)
    page = _press(cuc, "/desk/first-day/people/undo")
    assert "Đã bỏ những người vừa mời." in words(page)
    assert _accounts(database, world) == []
    assert "Hoàn tác mời người" in words(cuc.get("/desk/log").text)

    sheet = _invite(cuc)
    assert _accounts(database, world) == before
    since = _hidden(cuc.get("/desk/").text, "/desk/first-day/people/undo")
    sign_in(browser(), "0900000077", _codes(sheet)[0], clock())
    page = cuc.get("/desk/").text
    assert _steps(page)["Phiếu mã mời"] == "done"
    assert "Hoàn tác: bỏ 2 người" not in page
    answer = cuc.post("/desk/first-day/people/undo", data={"since": since})
    assert answer.headers["location"] == "/desk/?done=changed"
    assert _accounts(database, world) == before


@pytest.mark.both_databases
def test_people_about_whom_something_was_recorded_are_not_taken_back(
    cuc: TestClient, database: Database, world: World
) -> None:
    cuc.post("/desk/first-day/teams")
    _invite(cuc)
    people = _accounts(database, world)
    cuc.post(f"/desk/invite-calls/{people[0]}", data={"note": "sẽ đăng nhập"})
    assert "Chưa hoàn tác:" in words(_press(cuc, "/desk/first-day/people/undo"))
    assert _accounts(database, world) == people


@pytest.mark.both_databases
def test_lost_sheet_is_printed_again_with_new_codes_for_those_who_have_not_signed_in(
    cuc: TestClient, browser: Browser, database: Database, clock: FakeClock
) -> None:
    cuc.post("/desk/first-day/teams")
    first, second = _codes(_invite(cuc))
    sign_in(browser(), "0900000077", first, clock())
    clock.forward(minutes=5)
    page = cuc.get("/desk/").text
    assert "Mất phiếu: cấp lại mã cho 1 người" in page
    sheet = cuc.post("/desk/first-day/codes")
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    (again,) = _codes(sheet.text)
    assert "Vi Văn Sự" in sheet.text
    form = {"phone": "0900000078", "code": second, "device_name": "Máy", "installation_id": "x" * 22}
    assert browser().post("/api/v1/devices", json=form).status_code in (401, 403, 422)
    assert sign_in(browser(), "0900000078", again, clock()).account_id
    open_invites = select(Invite).where(Invite.used_at == None)  # noqa: E711
    of_commune = database.read(lambda session: [one.reusable for one in session.exec(open_invites)])
    assert all(of_commune), "no code of before is open"
    assert cuc.post("/desk/first-day/codes").headers["location"] == "/desk/", "everybody has signed in"


def test_path_is_left_and_opened_again_and_ends_by_itself_with_the_first_visit(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    page = desk.get("/desk/").text
    assert "Xong 4/5 bước" in words(page)
    assert "Lượt thăm 52 tuần" not in page
    page = _press(desk, "/desk/first-day/leave")
    assert "Lượt thăm 52 tuần" in page
    assert "Xong 4/5 bước" in words(page)
    page = _press(desk, "/desk/first-day/resume")
    assert _steps(page)["Lượt thăm đầu tiên"] == "next"
    assert 'href="/desk/"' in _screen(desk.get("/desk/teams").text)
    asked = re.search(r'hx-get="([^"]+)"', page)
    assert asked
    assert desk.get(asked[1]).status_code == 204
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    assert desk.get(asked[1]).headers["HX-Redirect"] == "/desk/", "an open page shows it by itself"
    page = desk.get("/desk/").text
    assert "Lượt thăm đầu tiên đã về lúc 16:40 24/11/2026. Ngày đầu đã xong." in words(page)
    assert _steps(page) == {}
    assert "Ngày đầu" not in _screen(desk.get("/desk/teams").text)
    clock.forward(days=1)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get("/desk/").text
    assert "Lượt thăm 52 tuần" in page
    assert "Ngày đầu" not in page
    lan.now = clock()
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _steps(desk.get("/desk/").text)["Lượt thăm đầu tiên"] == "next", "a withdrawn one is none"


def _steps(page: str) -> dict[str, str]:
    """The state of each step."""
    found = re.findall(r'<li data-state="(\w+)".*?<h3>(.*?) (?:<small|</h3>)', page, re.DOTALL)
    return {title: state for state, title in found}


def _hidden(page: str, address: str) -> str:
    since_field = r'(?:<input type="hidden" name="since" value="([^"]*)">)?'
    (since,) = re.findall(rf'action="{address}"[^>]*>{since_field}', page)
    return unescape(since)


def _press(desk: TestClient, address: str) -> str:
    """Press the button of the path that is sent to `address`; returns the page that follows."""
    since = _hidden(desk.get("/desk/").text, address)
    answer = desk.post(address, data={"since": since})
    assert answer.status_code == 303
    return desk.get(answer.headers["location"]).text


def _invite(desk: TestClient) -> str:
    """Invite the people of `LIST`; returns the sheet of their codes."""
    page = desk.post(PEOPLE, files={"file": ("", b""), "text": (None, LIST.replace(",", "\t"))}).text
    (rows,) = re.findall(r'name="rows" value="([^"]*)"', page)
    sheet: Any = desk.post(f"{PEOPLE}/invites", files={"rows": (None, unescape(rows))})
    assert sheet.status_code == 200
    return str(sheet.text)


def _codes(sheet: str) -> list[str]:
    return [address.partition("#invite=")[2][:8] for address in read_svg(sheet)]


def _screen(page: str) -> str:
    return page.partition("<main")[2]


def _teams(database: Database, world: World) -> list[str]:
    wanted = select(Team.name).where(Team.commune_id == world.neighbour_id)
    return sorted(database.read(lambda session: list(session.exec(wanted))))


def _accounts(database: Database, world: World) -> list[str]:
    """The members of the next commune, by id."""
    wanted = select(Account.id).where(Account.commune_id == world.neighbour_id, Account.role != "supervisor")
    return sorted(database.read(lambda session: list(session.exec(wanted))))
