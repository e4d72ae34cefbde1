"""POST /desk/decisions: many visits at once, in the versions that were shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.review.decisions.models import Decision, DecisionBatch
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import UNCLEAR, Page, reviews, states, words
from tests.world import World

Browser = Callable[[], TestClient]
WHOLE = {"id": "x", "state": "accepted", "all": "yes"}


def test_picked_visits_are_accepted_and_the_others_stay(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    words = page.press(*page.boxes[:2])
    assert "Đã duyệt 2 lượt." in words
    assert "Hoàn tác" in words
    assert sorted(states(lan).values()) == ["accepted", "accepted", "received"]


def test_returned_visits_have_a_reason_and_a_note(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    assert "Đã trả lại 3 lượt." in page.press(*page.boxes, state="returned", **UNCLEAR)
    assert [review["reason"] for review in reviews(lan).values()] == ["missing_information"] * 3
    assert {review["note"] for review in reviews(lan).values()} == {"Chưa rõ việc nào"}


def test_phones_get_the_decision_and_its_undo_at_their_next_exchange(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    lan.exchange()
    page = Page(desk)
    page.press(*page.boxes)
    assert {row["review"]["state"] for row in lan.exchange()["changes"]["visit"]} == {"accepted"}
    page.press_undo()
    brought = lan.exchange()["changes"]["visit"]
    assert len(brought) == 3
    assert {row["review"]["state"] for row in brought} == {"received"}
    assert {row["review"]["at"] for row in brought} == {None}


def test_history_of_every_visit_says_who_decided_and_who_undid_it(
    desk: TestClient, database: Database, world: World, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    clock.forward(seconds=20)
    page.press_undo()
    decisions = database.read(lambda session: list(session.exec(select(Decision))))
    assert sorted((one.state, one.undo, one.decided_by) for one in decisions) == sorted(
        [("accepted", False, world.binh)] * 3 + [("received", True, world.binh)] * 3
    )
    (batch,) = database.read(lambda session: list(session.exec(select(DecisionBatch))))
    assert (batch.made_by, batch.decided, batch.undone, batch.undone_at) == (world.binh, 3, 3, clock())
    history = words(desk.get(f"/desk/visits/{visits[0]['data']['id']}").text)
    assert "Hoàn tác Hoàng Văn Bình , 16:40 24/11/2026 Đã duyệt Hoàng Văn Bình" in history


def test_visit_amended_since_the_page_opened_is_left_out_and_counted(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    lan.exchange(lan.amend(visits[0], note="Sửa lại"))
    words = page.press(*page.boxes)
    assert "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt." in words
    assert states(lan)[visits[0]["data"]["id"]] == "received"


def test_visit_withdrawn_or_decided_since_is_left_out_and_counted(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    withdrawn, decided, open_ = (visit["data"]["id"] for visit in visits)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn}))
    desk.post(f"/desk/visits/{decided}/return", data={"version": "1", **UNCLEAR})
    words = page.press(*page.boxes)
    assert "Đã duyệt 1 lượt. 1 lượt người ghi đã bỏ: không duyệt." in words
    assert "1 lượt đã có quyết định từ trước: giữ nguyên." in words
    assert states(lan) == {decided: "returned", open_: "accepted"}


def test_page_says_that_nothing_was_decided_and_offers_no_undo(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    Page(desk).press(*page.boxes)
    words = page.press(*page.boxes)
    assert "Chưa duyệt lượt nào. 3 lượt đã có quyết định từ trước: giữ nguyên." in words
    assert 'data-key="u"' not in desk.get(page.location).text


def test_list_of_withdrawn_visits_has_no_boxes(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    lan.exchange(lan.op("visit.withdraw", {"id": visits[0]["data"]["id"]}))
    page = Page(desk, "?state=withdrawn")
    assert 'id="row-' in page.html
    assert 'id="bulk"' not in page.html
    assert page.boxes == []
    sent = {"id": "x", "state": "accepted", "all": "yes", "head": "99", "at": "2026-11-24T00:00:00Z"}
    answer = desk.post("/desk/decisions?state=withdrawn", data=sent | {"count": "1"})
    assert answer.status_code == 404


def test_form_without_a_selection_is_refused_in_a_sentence(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    for answer in (page.send(), page.send("x"), page.send(all="yes", head="x"), page.send(all="1", at="")):
        assert answer.status_code == 422
        assert "Chọn ít nhất một lượt." in answer.text
        assert answer.headers["hx-push-url"] == "/desk/visits"
    assert set(states(lan).values()) == {"received"}


def test_a_form_without_a_verdict_comes_back_with_its_picks(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    answer = page.send(*page.boxes[:2], state="")
    assert answer.status_code == 422
    assert "Chọn Duyệt hoặc Trả lại." in answer.text
    assert answer.text.count(" checked></label>") == 2
    assert set(states(lan).values()) == {"received"}


def test_incomplete_return_comes_back_with_what_was_picked_and_typed(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    answer = page.send(*page.boxes[:2], state="returned", field="note", note="Xem lại\r\nnhé")
    assert answer.status_code == 422
    assert "Chọn một lý do." in answer.text
    assert answer.text.count(" checked></label></td>") == 2
    assert "Xem lại\nnhé</textarea>" in answer.text
    assert '<option value="note" selected>' in answer.text
    assert "<details open>" in answer.text
    assert set(states(lan).values()) == {"received"}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"state": "accepted"},
        {"id": "x\x00", "state": "accepted"},
        {"id": "x", "state": "received"},
        {"id": "x", "state": "accepted", "visit": ["a.1", "\x00.1", "a.99999999999", "ạ.1", ""]},
        WHOLE | {"head": "9" * 15, "at": "2026-11-24T00:00:00Z", "count": "0"},
        WHOLE | {"head": "1", "at": "2026-11-24", "count": "1"},
        WHOLE | {"head": "0", "at": "0001-01-01T00:00:00+14:00", "count": "5"},
        WHOLE | {"head": "0", "at": "9999-12-31T23:59:59-14:00", "count": "5"},
        {"id": "x", "state": "returned", "visit": ["a.1"], "reason": "\ud800", "note": "\x00"},
    ],
)
def test_malformed_forms_are_answered_and_nothing_is_decided(
    desk: TestClient, database: Database, visits: list[dict[str, Any]], form: dict[str, Any]
) -> None:
    content = "&".join(
        f"{name}={_quote(one)}"
        for name, value in form.items()
        for one in (value if isinstance(value, list) else [value])
    )
    answer = desk.post(
        "/desk/decisions", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code in (404, 409, 422)
    assert database.read(lambda session: list(session.exec(select(Decision)))) == []


def test_same_form_sent_twice_is_one_decision(
    desk: TestClient, lan: Phone, database: Database, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    first = page.send(*page.boxes).headers["location"]
    head = lan.exchange()["cursor"]
    clock.forward(seconds=1)
    assert page.send(*page.boxes).headers["location"] == first
    assert lan.exchange()["cursor"] == head
    assert len(database.read(lambda session: list(session.exec(select(Decision))))) == 3


def test_other_visits_picked_on_the_same_page_are_another_decision(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    page.press(page.boxes[0])
    assert "Đã duyệt 1 lượt." in page.press(page.boxes[1])
    assert sorted(states(lan).values()) == ["accepted", "accepted", "received"]


def test_same_form_sent_several_times_at_once_is_one_decision(
    app: FastAPI, desk: TestClient, database: Database, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: page.send(*page.boxes), range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(database.read(lambda session: list(session.exec(select(Decision))))) == 3


def test_supervisor_next_door_neither_decides_nor_undoes(
    desk: TestClient, hoa: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    next_door = Page(desk)
    next_door.desk = hoa
    assert next_door.send(*page.boxes).status_code == 404
    assert next_door.send(all="yes", count="0").status_code == 404
    assert set(states(lan).values()) == {"received"}
    page.press(*page.boxes)
    next_door.location = page.location
    assert next_door.undo().status_code == 404
    assert hoa.get(page.location).status_code == 404
    assert set(states(lan).values()) == {"accepted"}


@pytest.mark.both_databases
def test_filters_stay_after_a_decision_and_withdrawn_visits_cannot_be_decided(
    desk: TestClient, lan: Phone, world: World, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk, f"?hamlet={world.dong}&state=received")
    page.press(page.boxes[0])
    assert page.location.endswith(f"?hamlet={world.dong}&state=received")
    assert page.undo().headers["location"] == page.location
    lan.exchange(lan.op("visit.withdraw", {"id": visits[0]["data"]["id"]}))
    assert 'id="bulk"' not in Page(desk, "?state=withdrawn").html


def test_a_get_decides_and_undoes_nothing(desk: TestClient, visits: list[dict[str, Any]]) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    undo = desk.get(f"{page.location}/undo")
    assert (undo.status_code, undo.headers["location"]) == (303, page.location.partition("?")[0])
    assert desk.get("/desk/decisions").status_code == 303
    for id in (new_id(), "%00", "x" * 65):
        assert desk.get(f"/desk/decisions/{id}").status_code == 404
        assert desk.post(f"/desk/decisions/{id}/undo").status_code == 404


def _quote(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
