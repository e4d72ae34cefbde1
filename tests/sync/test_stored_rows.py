"""What of old visits and of telephone numbers phones get, and what leaves them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.consents import agreed
from tests.phone import Phone
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World, give_lan_both_hamlets

Later = Callable[[int], None]


@pytest.fixture
def later(clock: FakeClock, lan: Phone) -> Later:
    """Moves the clock by days, also Lan's."""

    def forward(days: int) -> None:
        clock.now += timedelta(days=days)
        lan.now = clock.now

    return forward


def _rows(answer: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer["changes"][kind]
    return rows


def _ids(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in _rows(answer, "visit")]


def _household(answer: dict[str, Any], id: str) -> dict[str, Any] | None:
    return next((row for row in _rows(answer, "household") if row["id"] == id), None)


def test_phone_that_enrols_anew_gets_visits_of_60_days_and_households_say_the_older_ones(
    lan: Phone, world: World, later: Later
) -> None:
    old = lan.visit(world.duc)
    lan.exchange(old)
    day = lan.now.date().isoformat()
    later(1)
    young = lan.visit(world.mai)
    lan.exchange(young)
    later(60)
    answer = lan.exchange(scope="anew")
    assert (answer["reset"], _ids(answer)) == (True, [young["data"]["id"]])
    household = _household(answer, world.duc)
    assert household is not None
    assert household["met_on"] == day


def test_old_visit_that_changes_leaves_phones_with_its_household_said_anew(
    lan: Phone, desk: TestClient, world: World, later: Later
) -> None:
    lan.exchange()
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    day = lan.now.date().isoformat()
    later(61)
    sign_in(desk, "binh", BINH_PASSWORD)
    desk.post(f"/desk/visits/{visit['data']['id']}/accept", data={"version": "1"})
    answer = lan.exchange(omit_result_rows=True)
    (tombstone,) = _rows(answer, "tombstone")
    assert (_ids(answer), tombstone["kind"], tombstone["id"]) == ([], "visit", visit["data"]["id"])
    household = _household(answer, world.duc)
    assert household is not None
    assert (household["met_on"], household["feed_seq"]) == (day, tombstone["feed_seq"])
    assert _rows(lan.exchange(scope="anew"), "tombstone") == [], "a new list has nothing that leaves it"


def test_returned_visit_comes_whatever_its_age_and_can_be_amended(
    lan: Phone, desk: TestClient, world: World, later: Later
) -> None:
    lan.exchange()
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    later(100)
    form = {"version": "1", "reason": "other", "field": "note", "note": "Ghi rõ"}
    sign_in(desk, "binh", BINH_PASSWORD)
    desk.post(f"/desk/visits/{visit['data']['id']}/return", data=form)
    (row,) = _rows(lan.exchange(omit_result_rows=True), "visit")
    assert (row["id"], row["review"]["state"]) == (visit["data"]["id"], "returned")
    seen = row["review"]["at"]
    amended = lan.amend(visit, base_version=row["version"], note="Sửa", seen_return=seen)
    assert lan.statuses(amended) == ["applied"]


def test_visits_since_an_open_need_come_to_everybody_until_it_is_met(
    lan: Phone, world: World, later: Later
) -> None:
    lan.exchange()
    asked = lan.visit(world.duc, needs=["bills"])
    lan.exchange(asked)
    later(70)
    assert _ids(lan.exchange(scope="anew")) == [asked["data"]["id"]]
    met = lan.visit(world.duc, services=[{"code": "bills", "outcome": "did_it", "people": 1}])
    lan.exchange(met)
    assert _ids(lan.exchange(scope="anew")) == [met["data"]["id"]]


def test_number_of_a_closed_follow_up_is_sent_to_no_phone_and_comes_back_with_the_next_one(
    lan: Phone, world: World, later: Later
) -> None:
    lan.exchange()
    number = {**agreed(lan), "base_version": 1}
    lan.exchange(lan.op("household.amend", {"id": world.duc, **number}))
    sent = _household(lan.exchange(scope="anew"), world.duc)
    assert sent is not None
    assert sent["phone"] is None, "nobody is expected yet"
    lan.exchange(lan.visit(world.duc, result="come_back", services=[], follow_up_on="2026-12-20"))
    sent = _household(lan.exchange(scope="anew"), world.duc)
    assert sent is not None
    assert sent["phone"]
    later(2)
    lan.exchange(lan.visit(world.duc))
    sent = _household(lan.exchange(scope="anew"), world.duc)
    assert sent is not None
    assert sent["phone"] is None
    later(2)
    visit = lan.visit(world.duc, result="come_back", services=[], follow_up_on="2026-12-30")
    answer = lan.exchange(visit, omit_result_rows=True)
    again = _household(answer, world.duc)
    assert again is not None
    assert again["phone"], "the number comes with the follow-up that needs it"


def test_hidden_number_comes_back_with_an_appointment_without_a_day_to_the_phone_that_wrote_it(
    lan: Phone, world: World
) -> None:
    lan.exchange()
    (hidden,) = lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, **agreed(lan)}))[
        "results"
    ]
    assert hidden["row"]["phone"] is None
    visit = lan.visit(world.duc, result="come_back", services=[])
    again = _household(lan.exchange(visit, omit_result_rows=True, minimal_results=True), world.duc)
    assert again is not None
    assert (again["phone"], again["feed_seq"] > hidden["row"]["feed_seq"]) == ("+84912345678", True)
    hostile = lan.visit("\x00", result="come_back", services=[])
    assert lan.exchange(hostile, omit_result_rows=True)["results"][0]["status"] == "rejected"


def test_phone_that_was_silent_for_longer_says_the_visits_that_it_missed(
    lan: Phone, nam: Phone, world: World, later: Later, database: Database
) -> None:
    give_lan_both_hamlets(database, world)
    lan.exchange()
    (theirs, *_others) = world.households[world.tay]
    missed = nam.visit(theirs)
    nam.exchange(missed)
    day = nam.now.date().isoformat()
    later(80)
    answer = lan.exchange(omit_result_rows=True)
    household = _household(answer, theirs)
    assert household is not None
    assert household["met_on"] == day
