"""POST /desk/decisions: all visits of a filter, as it was shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.review.decisions import selection
from app.review.visit_list import pages
from tests.conftest import FakeClock
from tests.fieldwork.derived.flags.flagged import MORNING, visits_at
from tests.phone import Phone
from tests.web.desk.desk_client import UNCLEAR, Page, states, words
from tests.world import World, add_households

Browser = Callable[[], TestClient]
WHOLE = {"id": "x", "state": "accepted", "all": "yes"}


@pytest.mark.both_databases
def test_decision_on_a_whole_filter_leaves_out_what_arrived_later(
    desk: TestClient,
    lan: Phone,
    nam: Phone,
    database: Database,
    world: World,
    visits: list[dict[str, Any]],
    clock: FakeClock,
) -> None:
    nam.exchange(nam.visit(world.anh))
    page = Page(desk, f"?hamlet={world.dong}&state=received")
    clock.forward(minutes=5)
    (other,) = add_households(database, world, 1)
    lan.exchange(lan.visit(other))
    assert "Đã duyệt 3 lượt." in page.press_all()
    assert sorted(states(lan).values()) == ["accepted", "accepted", "accepted", "received"]
    assert list(states(nam).values()) == ["received"]


@pytest.mark.both_databases
def test_decision_on_all_visits_of_a_search_and_of_days(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], world: World, clock: FakeClock
) -> None:
    page = Page(desk, "?q=ngo 3&day=23/11/2026&to=24/11/2026")
    clock.forward(minutes=5)
    lan.exchange(lan.amend(visits[0], note="Sửa lại"), lan.amend(visits[2], note="Sửa lại"))
    words = page.press_all()
    assert "Đã duyệt 1 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt." in words
    assert states(lan)[visits[1]["data"]["id"]] == "accepted"


def test_decision_on_a_whole_filter_leaves_out_and_counts_what_changed(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    page = Page(desk, "?state=received")
    clock.forward(minutes=5)
    lan.exchange(lan.amend(visits[0], note="Sửa lại"), lan.visit(visits[0]["data"]["household_id"]))
    words = page.press_all()
    assert "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt." in words
    assert states(lan)[visits[0]["data"]["id"]] == "received"


def test_decision_on_a_whole_filter_counts_every_reason(
    desk: TestClient,
    lan: Phone,
    database: Database,
    visits: list[dict[str, Any]],
    world: World,
    clock: FakeClock,
) -> None:
    lan.exchange(*visits_at(lan, add_households(database, world, 2), 300))
    page = Page(desk, "?state=received")
    clock.forward(minutes=5)
    amended, withdrawn, decided = visits
    lan.exchange(
        lan.amend(amended, note="Sửa lại"), lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]})
    )
    desk.post(f"/desk/visits/{decided['data']['id']}/accept", data={"version": "1"})
    words = page.press_all()
    assert "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt." in words
    assert "1 lượt người ghi đã bỏ: không duyệt." in words
    assert "1 lượt đã có quyết định từ trước: giữ nguyên." in words


def test_number_of_skipped_visits_is_right_if_the_reasons_are_not_known(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], clock: FakeClock
) -> None:
    first = visits[0]["data"]["id"]
    desk.post(f"/desk/visits/{first}/accept", data={"version": "1"})
    page = Page(desk, "?state=received")
    clock.forward(minutes=5)
    desk.post(f"/desk/visits/{first}/return", data={"version": "1", **UNCLEAR})  # was not in the list
    lan.exchange(lan.amend(visits[1], note="Sửa lại"))  # was
    words = page.press_all()
    assert "Đã duyệt 1 lượt. 1 lượt đã sửa, bỏ hoặc duyệt sau khi trang này mở: chưa duyệt." in words


def test_visits_decided_before_the_page_opened_stay_as_they_are(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    returned = visits[0]["data"]["id"]
    desk.post(f"/desk/visits/{returned}/return", data={"version": "1", **UNCLEAR})
    page = Page(desk)
    assert (len(page.boxes), page.hidden["count"]) == (3, "2")
    words = page.press_all()
    assert "Đã duyệt 2 lượt. " in words
    assert "giữ nguyên" not in words
    assert states(lan)[returned] == "returned"


@pytest.mark.both_databases
def test_filter_that_finds_more_than_it_showed_decides_nothing(
    desk: TestClient, lan: Phone, world: World, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk, f"?hamlet={world.dong}")
    page.query = "?hamlet=khong-co"  # ignored, as on the list
    assert page.send(all="yes", count="2").status_code == 409
    assert set(states(lan).values()) == {"received"}


def test_deciding_on_all_is_offered_if_the_page_does_not_show_them_all(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 50)
    households = add_households(database, world, 50)
    for number in range(2):
        start = MORNING - timedelta(days=number)
        lan.exchange(*visits_at(lan, households[25 * number : 25 * number + 25], 300, start))
    assert "của bộ lọc này" not in words(Page(desk).html)
    lan.exchange(lan.visit(world.duc))
    page = Page(desk)
    assert "Chọn cả 51 lượt của bộ lọc này" in words(page.html)
    accepted = page.boxes[0].partition(".")[0]
    desk.post(f"/desk/visits/{accepted}/accept", data={"version": "1"})
    lan.exchange(lan.visit(world.mai), lan.visit(world.households[world.dong][2]))
    page = Page(desk)
    assert "Chọn cả 52 lượt chưa duyệt của bộ lọc này" in words(page.html)
    assert "Đã duyệt 52 lượt. " in page.press_all()


def test_more_visits_than_can_be_decided_at_once_are_refused_with_a_sentence(
    desk: TestClient, lan: Phone, visits: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(desk)
    monkeypatch.setattr(selection, "MAX_VISITS", 2)
    for answer in (page.send(all="yes"), page.send(*page.boxes)):
        assert answer.status_code == 413
        assert "Mỗi lần nhiều nhất 5.000 lượt. Hãy lọc hẹp hơn" in words(answer.text)
    assert set(states(lan).values()) == {"received"}
