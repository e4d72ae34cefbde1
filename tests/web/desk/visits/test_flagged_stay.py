"""Bulk and *Duyệt phần còn lại* leave flagged visits; accepting them as well is a choice with its number."""

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.settings import CommuneSettings
from app.core.db import Database
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import MORNING, Op, ids, visits_at
from tests.phone import Phone
from tests.web.desk.desk_client import Page, states, words
from tests.web.desk.visits.test_samples import draw, press
from tests.world import World, add_households

DIGITS = "CCCD 001085012345"
SAMPLE = "11111111-1111-4111-8111-000000000001"


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 20)


@pytest.fixture
def visits(lan: Phone, households: list[str], database: Database) -> list[Op]:
    """Twenty visits that wait, five minutes from each other; the last six are flagged for their note."""
    plain = visits_at(lan, households[:14], 300)
    flagged = visits_at(lan, households[14:], 300, MORNING + timedelta(hours=2), note=DIGITS)
    lan.exchange(*plain, *flagged)
    evaluate_all(database)
    return [*plain, *flagged]


def accepted(phone: Phone) -> set[str]:
    return {id for id, state in states(phone).items() if state == "accepted"}


def flag_later(phone: Phone, visit: Op, clock: FakeClock) -> None:
    """Flag a visit, which itself does not change: another one at its household."""
    clock.forward(minutes=1)
    earlier = phone.visit(visit["data"]["household_id"]) | {"at": "2026-11-24T00:00:00.000Z"}
    phone.exchange(earlier)


@pytest.mark.both_databases
def test_flagged_visits_of_a_filter_stay_and_are_counted(
    desk: TestClient, lan: Phone, visits: list[Op]
) -> None:
    done = Page(desk, "?state=received").press_all()
    assert "Đã duyệt 14 lượt. 6 lượt cần xem: ở lại, chưa duyệt." in done
    assert accepted(lan) == set(ids(*visits[:14]))


def test_flagged_visits_that_were_ticked_stay_and_are_counted(
    desk: TestClient, lan: Phone, visits: list[Op]
) -> None:
    page = Page(desk)
    done = page.press(*page.boxes)
    assert "Đã duyệt 14 lượt. 6 lượt cần xem: ở lại, chưa duyệt." in done
    assert accepted(lan) == set(ids(*visits[:14]))


@pytest.mark.both_databases
def test_accepting_them_as_well_is_a_choice_and_is_undone(
    desk: TestClient, lan: Phone, visits: list[Op]
) -> None:
    page = Page(desk, "?state=received")
    assert 'value="accepted_flagged"' in page.html
    assert "Đã duyệt 20 lượt." in page.press_all(state="accepted_flagged")
    assert accepted(lan) == set(ids(*visits))
    page.press_undo()
    assert accepted(lan) == set()


@pytest.mark.both_databases
def test_a_visit_flagged_after_the_page_was_drawn_is_skipped_by_both_choices(
    desk: TestClient, lan: Phone, visits: list[Op], clock: FakeClock
) -> None:
    page = Page(desk, "?state=received")
    flag_later(lan, visits[3], clock)
    done = page.press_all(state="accepted_flagged")
    assert "Đã duyệt 19 lượt. 1 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in done
    assert visits[3]["data"]["id"] not in accepted(lan)


@pytest.mark.both_databases
def test_visits_that_new_thresholds_flag_after_the_page_was_drawn_are_skipped(
    desk: TestClient, lan: Phone, visits: list[Op], database: Database, world: World
) -> None:
    page = Page(desk, "?state=received")

    def count_fewer(session: Session) -> None:
        session.merge(CommuneSettings(commune_id=world.commune_id, flag_daily_visits=10))
        flags.reevaluate(session, world.commune_id, NOW)

    database.write(count_fewer)
    done = page.press_all(state="accepted_flagged")
    assert "Chưa duyệt lượt nào. 20 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in done
    assert accepted(lan) == set()


def test_a_ticked_visit_flagged_after_the_page_was_drawn_is_skipped(
    desk: TestClient, lan: Phone, visits: list[Op], clock: FakeClock
) -> None:
    page = Page(desk)
    flag_later(lan, visits[3], clock)
    done = page.press(*page.boxes)
    assert "Đã duyệt 13 lượt. 6 lượt cần xem: ở lại, chưa duyệt." in done
    assert "1 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in done


def test_returning_and_reopening_hold_for_flagged_visits_too(
    desk: TestClient, lan: Phone, visits: list[Op]
) -> None:
    page = Page(desk)
    why = {"reason": "missing_information", "field": "note", "note": "Chưa rõ việc nào"}
    assert "Đã trả lại 20 lượt." in page.press(*page.boxes, state="returned", **why)


def test_the_bar_says_how_many_of_the_filter_are_flagged(desk: TestClient, visits: list[Op]) -> None:
    page = Page(desk, "?state=received")
    assert 'data-flagged-count="6"' in page.html
    assert page.html.count(" data-flagged aria-label=") == 6


@pytest.mark.both_databases
def test_the_rest_of_a_sample_says_how_many_stay_and_offers_them_by_name(
    desk: TestClient, lan: Phone, visits: list[Op]
) -> None:
    page = draw(desk, "5")
    chosen = _ids_of_list(desk, f"/desk/visits?sample={SAMPLE}")
    flagged = len(set(ids(*visits[14:])) - chosen)
    plain = 19 - flagged
    assert f"Duyệt phần còn lại: {plain} lượt" in page
    assert f"{flagged} lượt cần xem của phần còn lại ở lại, chưa duyệt." in words(page)
    assert f"Duyệt 19 lượt, kể cả {flagged} lượt cần xem" in words(page)
    assert f"Đã duyệt {plain} lượt. {flagged} lượt cần xem: ở lại" in press(desk, page)
    assert f"Duyệt {flagged} lượt cần xem của phần còn lại" in words(
        desk.get(f"/desk/visits?sample={SAMPLE}").text
    )


@pytest.mark.both_databases
def test_a_rest_visit_flagged_after_the_page_was_drawn_is_skipped(
    desk: TestClient, lan: Phone, visits: list[Op], clock: FakeClock
) -> None:
    page = draw(desk, "5")
    chosen = _ids_of_list(desk, f"/desk/visits?sample={SAMPLE}")
    late = next(visit for visit in visits[:14] if visit["data"]["id"] not in chosen)
    flag_later(lan, late, clock)
    done = press(desk, page)
    assert "1 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in done
    assert late["data"]["id"] not in accepted(lan)


def test_the_growth_of_the_overview_says_how_many_of_its_visits_are_flagged(
    desk: TestClient, visits: list[Op]
) -> None:
    assert "20 lượt thăm hộ 6 lượt cần xem" in words(desk.get("/desk/").text)


def _ids_of_list(desk: TestClient, address: str) -> set[str]:
    return set(re.findall(r'id="row-([^"]+)"', unescape(desk.get(address).text)))
