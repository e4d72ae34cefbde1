"""*Cán bộ*: a colleague is invited, gets a link, leaves and comes back; one supervisor always remains."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.accounts.models import OneTimeLink
from app.commune.credentials import supervisors
from app.core.db import Database
from app.core.errors import SignInRequired
from tests.cases import cases
from tests.conftest import NOW, FakeClock
from tests.web.desk.desk_client import Page, words
from tests.web.link_client import BINH_PASSWORD, PASSWORD, choose, link_of, sign_in
from tests.world import World

Browser = Callable[[], TestClient]
CUC = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}


@pytest.fixture
def cuc(desk: TestClient, browser: Browser) -> TestClient:
    """The client of Cúc, whom Bình invited."""
    client = browser()
    choose(client, link_of(desk.post("/desk/supervisors/new", data=CUC)))
    return client


def id_of(client: TestClient, name: str) -> str:
    """The id of the colleague with this name, from the list."""
    page = client.get("/desk/supervisors").text
    return page.partition(f'">{name}</a>')[0].rpartition("/desk/supervisors/")[2]


def test_link_of_a_colleague_ends_their_sessions_at_the_next_click(
    desk: TestClient, cuc: TestClient, browser: Browser, world: World
) -> None:
    link = link_of(cuc.post(f"/desk/supervisors/{world.binh}/link"))
    assert desk.get("/desk/").status_code == 200, "the old password works until the new one is chosen"
    assert choose(browser(), link).status_code == 303
    assert desk.get("/desk/").status_code == 303
    assert (sign_in(browser(), "binh", BINH_PASSWORD), sign_in(browser(), "binh", PASSWORD)) == (401, 303)


def test_new_link_ends_the_one_before(desk: TestClient, cuc: TestClient, browser: Browser) -> None:
    address = f"/desk/supervisors/{id_of(desk, 'Nông Thị Cúc')}/link"
    first, second = (link_of(desk.post(address)) for _ in range(2))
    assert choose(browser(), first).status_code == 410
    assert choose(browser(), second).status_code == 303


def test_invited_supervisor_who_has_no_password_yet_cannot_sign_in(
    desk: TestClient, browser: Browser
) -> None:
    desk.post("/desk/supervisors/new", data=CUC)
    for password in ("", "!", "nobody's"[:3]):
        assert sign_in(browser(), "cuc.nt", password) == 401


@cases(
    "changes, sentence",
    [
        ({"name": ""}, "Nhập họ và tên."),
        ({"name": "Cúc\x00"}, "Tên có ký tự không dùng được."),
        ({"sign_in_name": "hoa"}, "Tên đăng nhập này đã có người dùng."),
        ({"sign_in_name": "có dấu"}, "Từ 3 đến 40 ký tự"),
        ({"sign_in_name": "x" * 50_000}, "Từ 3 đến 40 ký tự"),
    ],
)
def test_wrong_field_says_what_and_keeps_the_rest(
    desk: TestClient, changes: dict[str, Any], sentence: str
) -> None:
    answer = desk.post("/desk/supervisors/new", data=CUC | changes)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    unchanged = CUC["sign_in_name"] if "name" in changes else CUC["name"]
    assert f'value="{unchanged}"' in answer.text


def test_supervisor_who_left_is_signed_out_and_stays_on_the_decisions(
    desk: TestClient, cuc: TestClient, browser: Browser, world: World, visits: list[dict[str, Any]]
) -> None:
    page = Page(cuc)
    page.press(page.boxes[0])
    visit = page.boxes[0].partition(".")[0]
    address = f"/desk/supervisors/{id_of(desk, 'Nông Thị Cúc')}"
    assert "Cho Nông Thị Cúc nghỉ?" in desk.get(f"{address}/end").text
    desk.post(f"{address}/end")
    assert "Đã nghỉ" in desk.get(address).text
    assert cuc.get("/desk/").status_code == 303
    assert sign_in(browser(), "cuc.nt", PASSWORD) == 401
    assert desk.post(f"{address}/link").status_code == 404
    assert "Nông Thị Cúc" in words(desk.get(f"/desk/visits/{visit}").text)


def test_supervisor_comes_back_with_a_new_password_only(
    desk: TestClient, cuc: TestClient, browser: Browser
) -> None:
    address = f"/desk/supervisors/{id_of(desk, 'Nông Thị Cúc')}"
    earlier = link_of(desk.post(f"{address}/link"))
    assert desk.post(f"{address}/return").status_code == 404
    desk.post(f"{address}/end")
    link = link_of(desk.post(f"{address}/return"))
    assert sign_in(browser(), "cuc.nt", PASSWORD) == 401
    assert cuc.get("/desk/").status_code == 303
    assert choose(browser(), earlier).status_code == 410
    assert choose(browser(), link, "cá kho tộ thật ngon").status_code == 303


@pytest.mark.both_databases
def test_open_link_is_deleted_when_its_person_leaves(desk: TestClient, database: Database) -> None:
    desk.post("/desk/supervisors/new", data=CUC)
    desk.post(f"/desk/supervisors/{id_of(desk, 'Nông Thị Cúc')}/end")
    assert database.read(lambda session: session.exec(select(OneTimeLink)).all()) == []


def test_nobody_ends_or_resets_themselves_so_one_remains(desk: TestClient, world: World) -> None:
    for action in ("end", "link", "return"):
        assert desk.post(f"/desk/supervisors/{world.binh}/{action}").status_code == 404
    assert desk.get("/desk/").status_code == 200


@pytest.mark.both_databases
def test_two_who_end_each_other_at_the_same_time_do_not_both_go(
    desk: TestClient, cuc: TestClient, database: Database, world: World
) -> None:
    cuc_id = id_of(desk, "Nông Thị Cúc")
    desk.post(f"/desk/supervisors/{cuc_id}/end")
    actor = Actor(world.commune_id, cuc_id, "Nông Thị Cúc", "supervisor")

    def end_binh(session: Session) -> None:
        supervisors.end_supervisor(session, actor, world.binh, NOW)

    with pytest.raises(SignInRequired):
        database.write(end_binh)
    assert desk.get("/desk/").status_code == 200


def test_supervisor_next_door_does_not_find_ours(desk: TestClient, hoa: TestClient, world: World) -> None:
    address = f"/desk/supervisors/{world.binh}"
    assert "Hoàng Văn Bình" not in hoa.get("/desk/supervisors").text
    assert [hoa.get(address).status_code, hoa.get(f"{address}/end").status_code] == [404, 404]
    for action in ("end", "link", "return"):
        assert hoa.post(f"{address}/{action}").status_code == 404
    assert desk.get("/desk/").status_code == 200


def test_member_of_a_team_is_no_supervisor(desk: TestClient, world: World) -> None:
    assert desk.get(f"/desk/supervisors/{world.lan}").status_code == 404
    assert desk.post(f"/desk/supervisors/{world.lan}/link").status_code == 404


def test_account_that_nobody_uses_for_45_days_is_shown_and_ended(
    desk: TestClient, cuc: TestClient, browser: Browser, clock: FakeClock
) -> None:
    clock.forward(days=44)
    sign_in(browser(), "binh", BINH_PASSWORD)
    binh = browser()
    sign_in(binh, "binh", BINH_PASSWORD)
    assert "Không dùng từ 45 ngày" not in binh.get("/desk/supervisors").text
    clock.forward(days=1)
    sign_in(binh, "binh", BINH_PASSWORD)
    page = binh.get("/desk/supervisors").text
    assert words("Nông Thị Cúc , không dùng từ 24/11/2026") in words(page)
    address = f"/desk/supervisors/{id_of(binh, 'Nông Thị Cúc')}/end"
    assert f'href="{address}"' in page
    assert binh.post(address).status_code == 303
    assert "Không dùng từ 45 ngày" not in binh.get("/desk/supervisors").text


def test_whoever_signs_in_is_not_idle(
    desk: TestClient, cuc: TestClient, browser: Browser, clock: FakeClock
) -> None:
    clock.forward(days=40)
    assert sign_in(browser(), "cuc.nt", PASSWORD) == 303
    clock.forward(days=10)
    binh = browser()
    sign_in(binh, "binh", BINH_PASSWORD)
    assert "Không dùng từ 45 ngày" not in binh.get("/desk/supervisors").text
