"""/desk/outreach/{id}/edit: a supervisor corrects a session, and nobody's change is overridden unseen."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.fieldwork.outreach.sessions import Op, amend, record
from tests.phone import Phone
from tests.web.desk.coverage.test_outreach_session import seen, sign_in_again
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"


def form(world: World, page: str, **changes: Any) -> dict[str, Any]:
    """What the form of a session of `record` sends."""
    data = {"held_on": "24/11/2026", "hamlet": world.dong, "place": "Nhà văn hóa thôn", "people": "30"}
    more = {"service": ["vneid_install", "vietqr"], "reason": "Đếm thiếu", "version": seen(page)}
    return data | more | changes


def correct(desk: TestClient, world: World, op: Op, **changes: Any) -> Any:
    address = f"/desk/outreach/{op['data']['id']}/edit"
    return desk.post(address, data=form(world, desk.get(address).text, **changes))


@pytest.fixture
def op(lan: Phone, world: World) -> Op:
    """The session that Lan has recorded and sent."""
    recorded = record(lan, world.dong)
    lan.exchange(recorded)
    return recorded


@pytest.mark.both_databases
def test_a_correction_has_a_reason_counts_and_reaches_the_phone(
    lan: Phone, world: World, desk: TestClient, op: Op
) -> None:
    answer = correct(desk, world, op, people="42", place="Sân <đình>", reason=" Đếm   thiếu ")
    assert answer.status_code == 303
    page = desk.get(answer.headers["location"]).text
    assert "Đã sửa : Hoàng Văn Bình" in words(page)
    assert "/undo-edit" in page
    assert "Lý do: Đếm thiếu" in words(page)
    assert "Nhà văn hóa thôn, 24/11/2026, 30 người: Cài VNeID" in words(page)
    assert "Gửi về lúc" in words(page)
    assert "1 buổi, 42 người dự" in words(desk.get("/desk/outreach").text)
    [row] = lan.exchange()["changes"]["outreach_session"]
    assert (row["place"], row["people"], row["version"]) == ("Sân <đình>", 42, 2)
    assert "Sửa buổi tuyên truyền" in words(desk.get("/desk/log").text)


@pytest.mark.both_databases
def test_what_the_phone_wrote_without_knowing_the_correction_is_refused_and_said(
    lan: Phone, world: World, desk: TestClient, op: Op
) -> None:
    correct(desk, world, op, people="42")
    unseen = amend(lan, op, people=31)
    [result] = lan.exchange(unseen)["results"]
    assert (result["status"], result["code"]) == ("rejected", "changed_at_desk")
    assert "1 buổi, 42 người dự" in words(desk.get("/desk/outreach").text)
    [result] = lan.exchange(amend(lan, op, base_version=2, people=31))["results"]
    assert (result["status"], result["version"]) == ("applied", 3)
    page = desk.get(f"/desk/outreach/{op['data']['id']}").text
    assert "31 người" in words(page)
    assert "42 người" in words(page)
    assert "/undo-edit" not in page


def test_what_the_author_changed_meanwhile_is_shown_and_not_overridden(
    lan: Phone, world: World, desk: TestClient, op: Op
) -> None:
    opened = desk.get(f"/desk/outreach/{op['data']['id']}/edit").text
    lan.exchange(amend(lan, op, people=31))
    answer = correct(desk, world, op, people="42", version=seen(opened))
    assert answer.status_code == 409
    assert "Nội dung hiện nay: Nhà văn hóa thôn, 24/11/2026, 31 người" in words(answer.text)
    assert 'value="42"' in answer.text
    assert seen(answer.text) != seen(opened)
    assert "31 người dự" in words(desk.get("/desk/outreach").text)


def test_a_correction_is_undone_for_a_day_and_once(
    lan: Phone, world: World, desk: TestClient, op: Op, clock: FakeClock
) -> None:
    address = f"/desk/outreach/{op['data']['id']}"
    correct(desk, world, op, people="42", held_on="23/11/2026")
    stale = desk.post(f"{address}/undo-edit", data={"version": "1"})
    assert stale.status_code == 409
    assert "vừa được người ghi sửa hoặc bỏ" in words(stale.text)
    version = seen(desk.get(address).text)
    for _time in range(2):
        assert desk.post(f"{address}/undo-edit", data={"version": version}).status_code == 303
    page = words(desk.get(address).text)
    assert "Hoàng Văn Bình hoàn tác" in page
    [row] = lan.exchange()["changes"]["outreach_session"]
    assert (row["people"], row["counted_on"], row["version"]) == (30, "2026-11-24", 3)
    correct(desk, world, op, people="43")
    clock.forward(hours=24)
    sign_in_again(desk)
    late = desk.post(f"{address}/undo-edit", data={"version": seen(desk.get(address).text)})
    assert late.status_code == 409
    assert "Đã quá một ngày" in words(late.text)


def test_a_session_that_nobody_corrected_has_nothing_to_undo(world: World, desk: TestClient, op: Op) -> None:
    assert desk.post(f"/desk/outreach/{op['data']['id']}/undo-edit", data={"version": "1"}).status_code == 404


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no reason": ({"people": "42", "reason": " "}, "Ghi lý do sửa"),
    "a long reason": ({"people": "42", "reason": "x" * 201}, "Ghi lý do sửa"),
    "an odd reason": ({"people": "42", "reason": "a\x07b"}, "Có ký tự lạ"),
    "nothing changed": ({}, "Chưa đổi ô nào."),
    "tomorrow": ({"held_on": "25/11/2026"}, "Ngày này chưa tới."),
    "long ago": ({"held_on": "1/9/2026"}, "Chỉ ghi được ngày từ 25/09/2026."),
    "no service": ({"service": []}, "Chọn ít nhất một việc đã hướng dẫn."),
    "a hamlet of others": ({"hamlet": "tay"}, "không phụ trách thôn này"),
}


def test_what_is_wrong_is_said_and_changes_nothing(world: World, desk: TestClient, op: Op) -> None:
    for name, (changes, sentence) in WRONG.items():
        sent = changes | ({"hamlet": world.tay} if changes.get("hamlet") == "tay" else {})
        answer = correct(desk, world, op, **sent)
        assert answer.status_code == 422, name
        assert sentence in words(answer.text), name
    assert "Trước khi sửa" not in words(desk.get(f"/desk/outreach/{op['data']['id']}").text)


def test_a_closed_period_is_not_changed_and_what_was_typed_stays(
    world: World, desk: TestClient, op: Op, clock: FakeClock
) -> None:
    correct(desk, world, op, people="41")
    clock.forward(days=8)
    sign_in_again(desk)
    closed = desk.post(f"{WEEK}/close")
    assert closed.status_code == 303, closed.text
    answer = correct(desk, world, op, people="42")
    assert answer.status_code == 409
    assert "Buổi này thuộc kỳ đã chốt" in words(answer.text)
    assert 'value="42"' in answer.text
    address = f"/desk/outreach/{op['data']['id']}"
    for path, more in (("/undo-edit", {}), ("/withdraw", {"reason": "Ghi hai lần"})):
        answer = desk.post(f"{address}{path}", data={"version": seen(desk.get(address).text)} | more)
        assert answer.status_code == 409
    assert "41 người dự" in words(desk.get("/desk/outreach").text)


def test_supervisor_next_door_and_a_withdrawn_session_have_no_form(
    world: World, desk: TestClient, hoa: TestClient, op: Op
) -> None:
    address = f"/desk/outreach/{op['data']['id']}"
    page = desk.get(f"{address}/edit").text
    assert hoa.get(f"{address}/edit").status_code == 404
    assert hoa.post(f"{address}/edit", data=form(world, page, people="1")).status_code == 404
    assert hoa.post(f"{address}/undo-edit", data={"version": "1"}).status_code == 404
    desk.post(f"{address}/withdraw", data={"version": seen(page), "reason": "Ghi hai lần"})
    assert desk.get(f"{address}/edit").status_code == 404
    assert re.search(r"/edit\"", desk.get(address).text) is None
