"""/desk/outreach/{id}: one session, its withdrawal by a supervisor, and the undo."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.fieldwork.outreach.sessions import amend, record
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World


def seen(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def sign_in_again(desk: TestClient) -> None:
    """Bình's session has expired."""
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def withdraw(desk: TestClient, address: str, reason: str = "Ghi hai lần", version: str = "") -> str:
    data = {"version": version or seen(desk.get(address).text), "reason": reason}
    return words(desk.post(f"{address}/withdraw", data=data, follow_redirects=True).text)


@pytest.mark.both_databases
def test_a_session_has_a_page_with_what_was_changed(lan: Phone, world: World, desk: TestClient) -> None:
    op = record(lan, world.dong, place="Chợ <phiên>", people=None)
    lan.exchange(op)
    lan.exchange(amend(lan, op, place="Sân trường", people=12))
    listed = desk.get("/desk/outreach").text
    assert f'href="/desk/outreach/{op["data"]["id"]}"' in listed
    page = desk.get(f"/desk/outreach/{op['data']['id']}").text
    assert "12 người" in words(page)
    assert "Chợ &lt;phiên&gt;, 24/11/2026, chưa đếm: Cài VNeID" in page


def test_a_session_is_withdrawn_with_a_reason_and_given_back(
    lan: Phone, world: World, desk: TestClient, clock: FakeClock
) -> None:
    op = record(lan, world.dong)
    id = op["data"]["id"]
    lan.exchange(op)
    assert "Hoàn tác" in withdraw(desk, f"/desk/outreach/{id}")
    page = words(desk.get(f"/desk/outreach/{id}").text)
    assert "Hoàng Văn Bình" in page
    assert "Lý do: Ghi hai lần" in page
    listed = words(desk.get("/desk/outreach").text)
    assert "0 buổi" in listed
    assert "Vừa bỏ, còn hoàn tác được Nhà văn hóa thôn, 24/11/2026" in listed
    changes = lan.exchange()["changes"]
    assert [(one["kind"], one["id"]) for one in changes["tombstone"]] == [("outreach_session", id)]
    clock.forward(hours=23)
    sign_in_again(desk)
    again = desk.post(f"/desk/outreach/{id}/undo", follow_redirects=True).text
    assert "Bỏ buổi ghi nhầm" in words(again)
    assert "1 buổi, 30 người dự" in words(desk.get("/desk/outreach").text)
    assert [one["id"] for one in lan.exchange()["changes"]["outreach_session"]] == [id]
    desk.post(f"/desk/outreach/{id}/undo")  # a second time
    assert lan.exchange()["changes"]["outreach_session"] == []


def test_undo_ends_after_a_day_and_an_authors_withdrawal_has_none(
    lan: Phone, world: World, desk: TestClient, clock: FakeClock
) -> None:
    op, own = record(lan, world.dong), record(lan, world.dong)
    lan.exchange(op, own)
    lan.exchange(lan.op("outreach.withdraw", {"id": own["data"]["id"]}))
    assert desk.post(f"/desk/outreach/{own['data']['id']}/undo").status_code == 404
    withdraw(desk, f"/desk/outreach/{op['data']['id']}")
    clock.forward(hours=24)
    sign_in_again(desk)
    late = desk.post(f"/desk/outreach/{op['data']['id']}/undo")
    assert late.status_code == 409
    assert "Đã quá một ngày" in words(late.text)
    assert "Hoàn tác" not in words(desk.get(f"/desk/outreach/{op['data']['id']}").text)


def test_a_reason_is_asked_for_and_what_was_changed_meanwhile_is_not_withdrawn(
    lan: Phone, world: World, desk: TestClient
) -> None:
    op = record(lan, world.dong)
    address = f"/desk/outreach/{op['data']['id']}"
    lan.exchange(op)
    for reason in ("", "  ", "x" * 201, "a\x00b"):
        assert "Ghi lý do bỏ" in withdraw(desk, address, reason)
    version = seen(desk.get(address).text)
    lan.exchange(amend(lan, op, people=31))
    assert "vừa được người ghi sửa hoặc bỏ" in withdraw(desk, address, version=version)
    assert "1 buổi, 31 người dự" in words(desk.get("/desk/outreach").text)


def test_supervisor_next_door_does_not_find_it(lan: Phone, world: World, hoa: TestClient) -> None:
    op = record(lan, world.dong)
    lan.exchange(op)
    address = f"/desk/outreach/{op['data']['id']}"
    assert hoa.get(address).status_code == 404
    assert hoa.post(f"{address}/withdraw", data={"version": "1", "reason": "x"}).status_code == 404
    assert hoa.post(f"{address}/undo").status_code == 404
