"""/desk/outreach/new: a session from paper, for the member who held it."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.fieldwork.outreach.sessions import amend
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

NEW = "/desk/outreach/new"


def form_id(desk: TestClient) -> str:
    found = re.search(r'name="id" value="([^"]+)"', desk.get(NEW).text)
    assert found
    return found[1]


def entry(world: World, id: str, **changes: Any) -> dict[str, Any]:
    """What the form sends of a session that Lan held."""
    data = {
        "id": id,
        "member": world.lan,
        "held_on": "20/11/2026",
        "hamlet": world.dong,
        "place": "Sân đình <cũ>",
        "people": "25",
        "service": ["vneid_install", "vietqr"],
    }
    return data | changes


@pytest.mark.both_databases
def test_a_session_from_paper_counts_and_its_members_phone_has_it(
    lan: Phone, world: World, desk: TestClient
) -> None:
    id = form_id(desk)
    answer = desk.post(NEW, data=entry(world, id))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/outreach/{id}?saved=yes")
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã nhập buổi này." in page
    assert "Nhập từ giấy lúc" in page
    assert "Nguyễn Thị Lan" in page
    assert "1 buổi, 25 người dự" in words(desk.get("/desk/outreach?day=20/11/2026").text)
    row = next(one for one in lan.exchange()["changes"]["outreach_session"] if one["id"] == id)
    assert (row["place"], row["held_on"], row["counted_on"]) == ("Sân đình <cũ>", "2026-11-20", "2026-11-20")
    assert (row["recorded_by"], row["version"], row["people"]) == (world.lan, 1, 25)
    assert "Nhập buổi tuyên truyền từ giấy" in words(desk.get("/desk/log").text)


def test_the_form_is_sent_twice_and_counts_once(world: World, desk: TestClient) -> None:
    id = form_id(desk)
    assert desk.post(NEW, data=entry(world, id)).status_code == 303
    assert desk.post(NEW, data=entry(world, id)).status_code == 303
    other = desk.post(NEW, data=entry(world, id, people="26"))
    assert other.status_code == 409
    assert f'href="/desk/outreach/{id}"' in other.text
    assert 'value="26"' in other.text
    assert "1 buổi, 25 người dự" in words(desk.get("/desk/outreach").text)


def test_its_member_amends_it_on_the_phone(lan: Phone, world: World, desk: TestClient) -> None:
    id = form_id(desk)
    desk.post(NEW, data=entry(world, id))
    lan.exchange()
    data = {"id": id, "hamlet_id": world.dong, "place": "Sân đình", "held_on": "2026-11-20"}
    own = {"data": data | {"services": ["vietqr"], "people": 27}}
    assert lan.exchange(amend(lan, own))["results"][0]["status"] == "applied"
    page = words(desk.get(f"/desk/outreach/{id}").text)
    assert "27 người" in page
    assert "Nhập từ giấy lúc" in page


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "member": ({"member": ""}, "Chọn người đã hướng dẫn."),
    "no member": ({"member": "nobody"}, "Chọn người đã hướng dẫn."),
    "no day": ({"held_on": "hôm qua"}, "Ghi ngày theo mẫu"),
    "tomorrow": ({"held_on": "25/11/2026"}, "Ngày này chưa tới."),
    "long ago": ({"held_on": "1/9/2026"}, "Chỉ ghi được ngày từ 25/09/2026."),
    "no hamlet": ({"hamlet": ""}, "Chọn thôn, bản hoặc tổ dân phố."),
    "a hamlet of others": ({"hamlet": "tay"}, "không phụ trách thôn này"),
    "no place": ({"place": " "}, "Ghi nơi tổ chức."),
    "a control character": ({"place": "a\x07b"}, "Có ký tự lạ"),
    "a long place": ({"place": "x" * 161}, "Dài quá 160 ký tự."),
    "nobody came": ({"people": "0"}, "Ghi số từ 1 đến 2000."),
    "too many": ({"people": "2001"}, "Ghi số từ 1 đến 2000."),
    "no service": ({"service": []}, "Chọn ít nhất một việc đã hướng dẫn."),
    "an unknown service": ({"service": ["x"]}, "Có việc không thuộc danh mục."),
}


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    world: World, desk: TestClient, clock: FakeClock
) -> None:
    id = form_id(desk)
    for name, (changes, sentence) in WRONG.items():
        sent = changes | ({"hamlet": world.tay} if changes.get("hamlet") == "tay" else {})
        answer = desk.post(NEW, data=entry(world, id, **sent))
        assert answer.status_code == 422, name
        assert sentence in words(answer.text), name
        assert ("Sân đình &lt;cũ&gt;" in answer.text) == ("place" not in changes), name
    assert "0 buổi" in words(desk.get("/desk/outreach").text)


def test_who_was_not_counted_and_who_works_next_door(world: World, desk: TestClient, hoa: TestClient) -> None:
    id = form_id(desk)
    assert hoa.post(NEW, data=entry(world, id)).status_code == 422
    desk.post(NEW, data=entry(world, id, people=" "))
    assert "chưa đếm" in words(desk.get(f"/desk/outreach/{id}").text)
