"""Deciding on visits that a colleague decided on meanwhile asks first, on one and on many."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.review.decisions.models import Decision
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import UNCLEAR, Page, states, words

PANEL = {"HX-Request": "true", "HX-Request-Type": "partial"}
LEAVE, REPLACE = {"meanwhile": "leave"}, {"meanwhile": "replace"}


def test_returning_what_a_colleague_accepted_meanwhile_asks_with_name_and_time(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    address = _address(visits[0])
    form = _fields(desk, f"{address}/return")
    en.post(f"{address}/accept", data={"version": "1", "seen": "0"})
    asked = desk.post(f"{address}/return", data=form | UNCLEAR, headers=PANEL)
    assert asked.status_code == 409
    assert "Lý Thị Én đã duyệt lúc 16:41 24/11/2026: vẫn trả lại?" in words(asked.text)
    assert "Vẫn trả lại" in asked.text
    assert "Chưa rõ việc nào</textarea>" in asked.text
    assert states(lan)[_id(visits[0])] == "accepted"
    again = desk.post(f"{address}/return", data=_hidden(asked.text) | UNCLEAR)
    assert (again.status_code, states(lan)[_id(visits[0])]) == (303, "returned")


def test_accepting_what_a_colleague_returned_meanwhile_asks_too(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    address = _address(visits[0])
    form = _fields(desk, address)
    en.post(f"{address}/return", data={"version": "1", "seen": "0", **UNCLEAR})
    asked = desk.post(f"{address}/accept", data=form)
    assert asked.status_code == 409
    assert "Lý Thị Én đã trả lại lúc 16:41 24/11/2026: vẫn duyệt?" in words(asked.text)
    assert asked.headers["hx-push-url"] == address
    assert states(lan)[_id(visits[0])] == "returned"
    assert desk.post(f"{address}/accept", data=_fields(desk, address)).status_code == 303
    assert states(lan)[_id(visits[0])] == "accepted"


def test_same_verdict_of_a_colleague_is_not_asked_about_and_stays_hers(
    desk: TestClient, en: TestClient, database: Database, visits: list[dict[str, Any]]
) -> None:
    address = _address(visits[0])
    form = _fields(desk, address)
    en.post(f"{address}/accept", data={"version": "1", "seen": "0"})
    assert desk.post(f"{address}/accept", data=form).status_code == 303
    assert len(database.read(lambda session: list(session.exec(select(Decision))))) == 1


def test_what_a_colleague_has_undone_is_not_asked_about(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(en)
    page.press(page.boxes[0], state="returned", **UNCLEAR)
    page.press_undo()
    for visit in visits:
        assert desk.post(f"{_address(visit)}/accept", data={"version": "1", "seen": "7"}).status_code == 303
    assert set(states(lan).values()) == {"accepted"}


def test_own_decision_from_another_tab_is_not_asked_about(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    address = _address(visits[0])
    desk.post(f"{address}/return", data={"version": "1", "seen": "0", **UNCLEAR})
    assert desk.post(f"{address}/accept", data={"version": "1", "seen": "0"}).status_code == 303
    assert states(lan)[_id(visits[0])] == "accepted"


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["boxes", "filter"])
def test_many_ask_how_many_and_who_and_decide_nothing_before_the_answer(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock, how: str
) -> None:
    page = Page(desk)
    _decide_as(en, visits, clock)
    asked = _send(page, how)
    assert asked.status_code == 409
    text = words(asked.text)
    assert "1 lượt vừa có quyết định của người khác" in text
    assert "Lý Thị Én đã trả lại 1 lượt, gần nhất lúc 16:41 24/11/2026." in text
    assert "Chỉ duyệt 1 lượt kia Vẫn duyệt cả 2 lượt" in text
    assert asked.headers["hx-push-url"] == "/desk/visits"
    assert sorted(states(lan).values()) == ["accepted", "received", "returned"]


@pytest.mark.parametrize("how", ["boxes", "filter"])
@pytest.mark.parametrize(
    ("answer", "after", "done"),
    [
        (LEAVE, ["accepted", "accepted", "returned"], "Đã duyệt 1 lượt."),
        (REPLACE, ["accepted", "accepted", "accepted"], "Đã duyệt 2 lượt."),
    ],
)
def test_many_are_decided_as_answered(
    desk: TestClient,
    en: TestClient,
    lan: Phone,
    visits: list[dict[str, Any]],
    clock: FakeClock,
    how: str,
    answer: dict[str, str],
    after: list[str],
    done: str,
) -> None:
    page = Page(desk)
    _decide_as(en, visits, clock)
    form = _hidden(_send(page, how).text)
    decided = desk.post("/desk/decisions", data=form | answer)
    assert decided.status_code == 303
    assert done in words(desk.get(decided.headers["location"]).text)
    assert sorted(states(lan).values()) == after


@pytest.mark.parametrize("how", ["boxes", "filter"])
def test_what_a_colleague_decides_after_the_question_is_asked_about_again(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock, how: str
) -> None:
    page = Page(desk)
    _decide_as(en, visits, clock)
    form = _hidden(_send(page, how).text)
    clock.forward(minutes=1)
    en.post(f"{_address(visits[2])}/return", data={"version": "1", "seen": "0", **UNCLEAR})
    again = desk.post("/desk/decisions", data=form | REPLACE)
    assert again.status_code == 409
    assert "gần nhất lúc 16:42 24/11/2026." in words(again.text)
    assert sorted(states(lan).values()) == ["accepted", "returned", "returned"]


def test_note_of_a_return_is_asked_back_with_the_question(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    en.post(f"{_address(visits[0])}/accept", data={"version": "1", "seen": "0"})
    asked = page.send(*page.boxes, state="returned", **UNCLEAR)
    assert "Chỉ trả lại 2 lượt kia Vẫn trả lại cả 3 lượt" in words(asked.text)
    desk.post("/desk/decisions", data=_hidden(asked.text) | REPLACE)
    assert set(states(lan).values()) == {"returned"}


def test_decided_visits_are_selected_and_wait_again_and_that_is_undone(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    clock.forward(minutes=1)
    page = Page(desk, "?state=accepted")
    assert "Đã đưa 2 lượt về Chưa duyệt." in page.press(*page.boxes[:2], state="received")
    assert sorted(states(lan).values()) == ["accepted", "received", "received"]
    page.press_undo()
    assert set(states(lan).values()) == {"accepted"}


@pytest.mark.both_databases
def test_every_visit_of_a_decided_filter_is_returned_at_once(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    clock.forward(minutes=1)
    page = Page(desk, "?state=accepted")
    assert page.hidden["count"] == "3"
    desk.post(f"{_address(visits[0])}/return", data={"version": "1", **UNCLEAR})
    text = page.press_all(state="returned", **UNCLEAR)
    assert "Đã trả lại 2 lượt. 1 lượt đã sửa, bỏ hoặc duyệt sau khi trang này mở" in text
    assert set(states(lan).values()) == {"returned"}


def test_picked_visit_that_has_the_verdict_already_is_counted_and_left(
    desk: TestClient, database: Database, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk)
    page.press(page.boxes[0])
    page = Page(desk)
    assert "Đã duyệt 2 lượt. 1 lượt vốn đã như vậy." in page.press(*page.boxes)
    assert len(database.read(lambda session: list(session.exec(select(Decision))))) == 3


@pytest.mark.parametrize("agreed", ["", "x", "-1", "9" * 40])
def test_malformed_agreement_is_asked_about_again(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock, agreed: str
) -> None:
    page = Page(desk)
    _decide_as(en, visits, clock)
    form = _hidden(_send(page, "boxes").text) | REPLACE | {"agreed": agreed}
    assert desk.post("/desk/decisions", data=form).status_code == 409
    assert sorted(states(lan).values()) == ["accepted", "received", "returned"]


def _decide_as(en: TestClient, visits: list[dict[str, Any]], clock: FakeClock) -> None:
    """A moment later Én returns the first visit and accepts the second."""
    clock.forward(seconds=20)
    en.post(f"{_address(visits[0])}/return", data={"version": "1", "seen": "0", **UNCLEAR})
    en.post(f"{_address(visits[1])}/accept", data={"version": "1", "seen": "0"})


def _send(page: Page, how: str) -> Any:
    return page.send(*page.boxes) if how == "boxes" else page.send(all="yes")


def _id(visit: dict[str, Any]) -> str:
    id: str = visit["data"]["id"]
    return id


def _address(visit: dict[str, Any]) -> str:
    return f"/desk/visits/{_id(visit)}"


def _fields(desk: TestClient, address: str) -> dict[str, Any]:
    return _hidden(desk.get(address, headers=PANEL).text)


def _hidden(html: str) -> dict[str, Any]:
    """The hidden fields of the page; `visit` may have several values."""
    fields: dict[str, Any] = {"visit": []}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html):
        if name == "visit":
            fields["visit"].append(unescape(value))
        else:
            fields[name] = unescape(value)
    return fields
