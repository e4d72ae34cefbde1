"""One minute to undo a decision, on one visit or on many."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.people import add_supervisor
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.review.decisions.models import Decision, DecisionBatch
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import UNCLEAR, Page, reviews, states
from tests.world import World

Browser = Callable[[], TestClient]


def test_undo_restores_the_reviews_and_says_so(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    before = reviews(lan)
    page = Page(desk)
    page.press(*page.boxes, state="returned", **UNCLEAR)
    clock.forward(seconds=60)
    words = page.press_undo()
    assert "Đã hoàn tác 3 lượt." in words
    assert reviews(lan) == before


@pytest.mark.both_databases
def test_undo_of_a_decision_restores_the_one_before(
    desk: TestClient, lan: Phone, database: Database, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    address = f"/desk/visits/{visits[0]['data']['id']}"
    desk.post(f"{address}/return", data={"version": "1", **UNCLEAR})
    before = reviews(lan)
    clock.forward(minutes=30)
    desk.post(f"{address}/accept", data={"version": "1"})
    batches = database.read(lambda session: list(session.exec(select(DecisionBatch))))
    newest = max(batches, key=lambda batch: batch.made_at)
    assert desk.post(f"/desk/decisions/{newest.id}/undo").status_code == 303
    assert reviews(lan) == before


def test_decision_on_one_visit_is_undone_in_its_panel(
    desk: TestClient, hoa: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    address = f"/desk/visits/{visits[0]['data']['id']}"
    assert 'data-key="u"' not in desk.get(address).text
    desk.post(f"{address}/accept", data={"version": "1"})
    clock.forward(seconds=45)
    page = desk.get(address).text
    assert f'action="{address}/undo"' in page
    assert 'data-seconds="15"' in page
    (batch,) = re.findall(r'name="batch" value="([^"]+)"', page)
    assert hoa.post(f"{address}/undo", data={"batch": batch}).status_code == 404
    for _press in range(2):
        answer = desk.post(f"{address}/undo", data={"batch": batch})
        assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert set(states(lan).values()) == {"received"}
    assert 'data-key="u"' not in desk.get(address).text


def test_panel_offers_no_undo_of_many_visits_and_none_after_a_minute(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    one, many = visits[0]["data"]["id"], visits[1]["data"]["id"]
    desk.post(f"/desk/visits/{one}/accept", data={"version": "1"})
    (batch,) = re.findall(r'name="batch" value="([^"]+)"', desk.get(f"/desk/visits/{one}").text)
    page = Page(desk)
    page.press(*page.boxes)
    assert 'data-key="u"' not in desk.get(f"/desk/visits/{many}").text
    clock.forward(seconds=61)
    assert 'data-key="u"' not in desk.get(f"/desk/visits/{one}").text
    late = desk.post(f"/desk/visits/{one}/undo", data={"batch": batch})
    assert late.status_code == 409
    assert "Đã quá một phút, không hoàn tác được nữa." in late.text
    for wrong in ("\x00", "x", ""):
        assert desk.post(f"/desk/visits/{one}/undo", data={"batch": wrong}).status_code in (404, 422)
    assert set(states(lan).values()) == {"accepted"}


def test_undo_skips_visits_decided_amended_or_withdrawn_since_and_says_so(
    desk: TestClient,
    lan: Phone,
    world: World,
    visits: list[dict[str, Any]],
    clock: FakeClock,
    database: Database,
) -> None:
    lan.exchange(lan.visit(world.duc))  # a second one there: flagged
    evaluate_all(database)
    page = Page(desk)
    page.press(*page.boxes, state="accepted_flagged")
    clock.forward(seconds=10)
    decided, amended, withdrawn = (visit["data"]["id"] for visit in visits)
    desk.post(f"/desk/visits/{decided}/return", data={"version": "1", **UNCLEAR})
    lan.exchange(lan.amend(visits[1], note="Sửa lại"), lan.op("visit.withdraw", {"id": withdrawn}))
    words = page.press_undo()
    assert "Đã hoàn tác 1 lượt. 1 lượt đã được sửa sau đó: giữ nguyên." in words
    assert "1 lượt người ghi đã bỏ sau đó: giữ nguyên." in words
    assert "1 lượt đã có quyết định khác sau đó: giữ nguyên." in words
    now = states(lan)
    assert (now[decided], now[amended]) == ("returned", "received")
    assert sorted(now.values()) == ["received", "received", "returned"]


def test_a_decision_of_the_same_kind_made_since_is_not_undone(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    address = f"/desk/visits/{visits[0]['data']['id']}"
    page = Page(desk)
    page.press(*page.boxes)
    clock.forward(seconds=10)
    desk.post(f"{address}/return", data={"version": "1", **UNCLEAR})
    clock.forward(seconds=10)
    desk.post(f"{address}/accept", data={"version": "1"})
    assert "Đã hoàn tác 2 lượt." in page.press_undo()
    assert states(lan)[visits[0]["data"]["id"]] == "accepted"


def test_after_a_minute_it_is_too_late_and_says_so(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    clock.forward(seconds=60.001)
    answer = page.undo()
    assert answer.status_code == 409
    assert "Đã quá một phút, không hoàn tác được nữa." in answer.text
    assert 'data-key="u"' not in answer.text
    assert set(states(lan).values()) == {"accepted"}


def test_second_undo_changes_nothing(
    desk: TestClient, lan: Phone, database: Database, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk)
    page.press(*page.boxes)
    page.press_undo()
    clock.forward(minutes=5)
    assert "Đã hoàn tác 3 lượt." in page.press_undo()
    assert len(database.read(lambda session: list(session.exec(select(Decision))))) == 6


def test_colleague_can_decide_but_not_undo_another_supervisors_decision(
    desk: TestClient,
    browser: Browser,
    lan: Phone,
    database: Database,
    world: World,
    visits: list[dict[str, Any]],
) -> None:
    database.write(
        lambda session: add_supervisor(session, world.commune_id, "Lý Thị Én", "en", "mat-khau-en")
    )
    en = browser()
    en.post("/desk/sign-in", data={"name": "en", "password": "mat-khau-en"})
    page, hers = Page(desk), Page(en)
    page.press(page.boxes[0])
    hers.location = page.location
    assert hers.undo().status_code == 404
    assert "Đã duyệt 2 lượt. 1 lượt đã có quyết định từ trước: giữ nguyên." in hers.press(*hers.boxes)
