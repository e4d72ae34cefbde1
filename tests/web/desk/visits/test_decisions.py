"""POST /desk/visits/{id}/accept and …/return: what the desk shows and Lan's phone receives."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import team_id
from tests.world import World

Browser = Callable[[], TestClient]
PANEL = {"HX-Request": "true", "HX-Request-Type": "partial"}
UNCLEAR = {"reason": "missing_information", "field": "note", "note": "Chưa rõ việc nào"}


@pytest.fixture
def visit(lan: Phone, world: World) -> dict[str, Any]:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    return visit


def test_accepted_visit_is_shown_again_with_the_filters_kept(
    desk: TestClient, lan: Phone, world: World, visit: dict[str, Any]
) -> None:
    query = f"?hamlet={world.dong}&state=received"
    answer = desk.post(_address(visit, f"/accept{query}"), data={"version": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, _address(visit, query))
    assert _review(lan) == {
        "state": "accepted",
        "reason": "",
        "field": "",
        "note": "",
        "at": "2026-11-24T09:40:00.000Z",
    }


def test_returned_visit_has_reason_field_and_note_on_phone_and_desk(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    answer = desk.post(_address(visit, "/return"), data={"version": "1", **UNCLEAR})
    assert (answer.status_code, answer.headers["location"]) == (303, _address(visit))
    assert _review(lan) == {"state": "returned", **UNCLEAR, "at": "2026-11-24T09:40:00.000Z"}
    assert "Thiếu thông tin: Chưa rõ việc nào" in desk.get(_address(visit)).text


def test_visit_amended_after_a_return_waits_for_a_decision_again(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    desk.post(_address(visit, "/return"), data={"version": "1", **UNCLEAR})
    lan.exchange(lan.amend(visit, note="Cài VNeID cho bà"))
    page = desk.get(_address(visit), headers=PANEL).text
    assert 'data-kind="received"' in page
    assert 'name="version" value="2"' in page


def test_return_form_preselects_nothing(desk: TestClient, visit: dict[str, Any]) -> None:
    page = desk.get(_address(visit, "/return"), headers=PANEL).text
    for label in ("Trùng lượt", "Sai hộ", "Thiếu thông tin", "Không đúng thực tế", "Khác"):
        assert f">{label}</label>" in page
    assert " checked" not in page
    assert " selected" not in page


def test_visit_that_is_one_too_many_is_returned_without_a_field(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    typed = {"version": "1", "reason": "duplicate_visit", "field": "note"}
    assert "Ô cần sửa:" not in desk.post(_address(visit, "/return"), data=typed, headers=PANEL).text
    review = _review(lan)
    assert (review["state"], review["reason"], review["field"]) == ("returned", "duplicate_visit", "")


def test_visit_is_returned_as_a_whole_because_it_is_not_true(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    typed = {"version": "1", "reason": "not_true", "field": "", "note": "Nhà này đi vắng cả tháng"}
    desk.post(_address(visit, "/return"), data=typed)
    page = words(desk.get(_address(visit)).text)
    assert "Không đúng thực tế: Nhà này đi vắng cả tháng" in page
    review = _review(lan)
    assert (review["state"], review["reason"], review["field"]) == ("returned", "not_true", "")


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({}, ["Chọn một lý do."]),
        ({"reason": "sai", "field": "x"}, ["Chọn một lý do.", "Chọn một ô có trong danh sách."]),
        ({"reason": "wrong_household", "field": "x"}, ["Chọn một ô có trong danh sách."]),
        ({"reason": "other", "field": "note"}, ["Viết vài chữ cho lý do khác."]),
        ({"reason": "other", "field": "note", "note": "a" * 301}, ["Viết ngắn lại, nhiều nhất 300 ký tự."]),
        ({"reason": "other", "field": "note", "note": "\u202e"}, ["Ghi chú có ký tự không dùng được."]),
    ],
)
def test_incomplete_return_comes_back_with_a_sentence_and_what_was_typed(
    desk: TestClient, lan: Phone, visit: dict[str, Any], typed: dict[str, str], sentences: list[str]
) -> None:
    answer = desk.post(_address(visit, "/return"), data={"version": "1", **typed}, headers=PANEL)
    assert answer.status_code == 422
    assert answer.text.count('class="error"') == len(sentences)
    for sentence in sentences:
        assert sentence in answer.text
    assert typed.get("note", "") in answer.text
    assert (' value="other" checked' in answer.text) == (typed.get("reason") == "other")
    assert ('<option value="note" selected>' in answer.text) == (typed.get("field") == "note")
    assert _review(lan)["state"] == "received"


def test_typed_markup_comes_back_as_text(desk: TestClient, visit: dict[str, Any]) -> None:
    typed = {"version": "1", "note": "</textarea><script>alert(1)</script>"}
    answer = desk.post(_address(visit, "/return"), data=typed)
    assert "<script>alert" not in answer.text
    assert typed["note"] in unescape(answer.text)


def test_line_ends_of_a_browsers_text_area_are_accepted(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    typed = {"version": "1", "reason": "other", "field": "note", "note": "Một\r\nHai"}
    assert desk.post(_address(visit, "/return"), data=typed).status_code == 303
    assert _review(lan)["note"] == "Một\nHai"


@pytest.mark.parametrize("verb", ["accept", "return"])
@pytest.mark.parametrize("seen", ["1", "", "9" * 40])
def test_visit_amended_meanwhile_is_shown_again_and_not_decided(
    desk: TestClient, lan: Phone, visit: dict[str, Any], verb: str, seen: str
) -> None:
    lan.exchange(lan.amend(visit, note="Sửa lại"))
    answer = desk.post(_address(visit, f"/{verb}"), data={"version": seen, **UNCLEAR}, headers=PANEL)
    assert answer.status_code == 409
    assert "Lượt này vừa được người ghi sửa hoặc bỏ." in answer.text
    assert "Sửa lại" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert answer.headers["hx-push-url"] == _address(visit)
    assert _review(lan)["state"] == "received"


def test_typed_note_for_a_visit_amended_meanwhile_is_not_lost(
    desk: TestClient, lan: Phone, visit: dict[str, Any]
) -> None:
    lan.exchange(lan.amend(visit, note="Sửa lại"))
    answer = desk.post(_address(visit, "/return"), data={"version": "1", **UNCLEAR}, headers=PANEL)
    assert "Chưa rõ việc nào</textarea>" in answer.text


def test_withdrawn_visit_is_not_decided_on(desk: TestClient, lan: Phone, visit: dict[str, Any]) -> None:
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    answer = desk.post(_address(visit, "/accept"), data={"version": "1"}, headers=PANEL)
    assert answer.status_code == 409
    assert "<form" not in answer.text


def test_supervisor_next_door_decides_nothing(browser: Browser, lan: Phone, visit: dict[str, Any]) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    for verb in ("accept", "return"):
        assert hoa.post(_address(visit, f"/{verb}"), data={"version": "1", **UNCLEAR}).status_code == 404
    assert _review(lan)["state"] == "received"


def test_a_get_decides_nothing(desk: TestClient, lan: Phone, visit: dict[str, Any]) -> None:
    assert desk.get(_address(visit, "/accept")).headers["location"] == _address(visit, "")
    assert desk.get(_address(visit, "/return")).status_code == 200
    assert _review(lan)["state"] == "received"


def test_return_that_is_on_no_phone_of_the_author_is_said_before_and_afterwards(
    desk: TestClient, database: Database, world: World, visit: dict[str, Any]
) -> None:
    def shown(action: str = "") -> str:
        return words(desk.get(_address(visit, action), headers=PANEL).text)

    moved = "Nguyễn Thị Lan không ở tổ phụ trách Thôn Đông: máy không nhận lượt trả lại."
    assert "không nhận lượt trả lại" not in shown("/return")
    desk.post(f"/desk/people/{world.lan}/move", data={"team": team_id(database, "Tổ Thôn Tây")})
    assert moved in shown("/return")
    assert moved not in shown(), "nothing is returned so far"
    desk.post(_address(visit, "/return"), data={"version": "1", **UNCLEAR})
    assert moved in shown()
    desk.post(f"/desk/people/{world.lan}/end")
    assert "Nguyễn Thị Lan đã nghỉ, không máy nào nhận lượt trả lại." in shown()


def test_return_of_a_household_that_another_team_has_by_now_is_said_to_be_on_no_phone(
    desk: TestClient, lan: Phone, world: World, visit: dict[str, Any]
) -> None:
    desk.post(_address(visit, "/return"), data={"version": "1", **UNCLEAR})
    move = {"version": "1", "hamlet": world.tay}
    assert desk.post(f"/desk/households/{world.duc}/move", data=move).status_code == 303
    assert lan.exchange(cursor=0)["changes"]["visit"] == []
    page = words(desk.get(_address(visit), headers=PANEL).text)
    assert "Nguyễn Thị Lan không ở tổ phụ trách Thôn Tây: máy không nhận lượt trả lại." in page


def _address(visit: dict[str, Any], rest: str = "") -> str:
    return f"/desk/visits/{visit['data']['id']}{rest}"


def _review(lan: Phone) -> dict[str, Any]:
    """The review that Lan's phone receives."""
    (visit,) = lan.exchange(cursor=0)["changes"]["visit"]
    review: dict[str, Any] = visit["review"]
    return review
