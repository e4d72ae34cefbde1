"""Promises: opened by a visit, closed by any later one, whatever the order of arrival."""

from typing import Any

from app.core.db import Database
from tests.sync.phone import Phone
from tests.world import World, give_lan_both_hamlets

DUE = "2026-11-30"


def test_promise_opens_a_follow_up_named_like_its_visit(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, result="come_back", services=[], follow_up_on=DUE)
    lan.exchange(visit)
    (row,) = _follow_ups(lan)
    assert row == {
        "id": visit["data"]["id"],
        "household_id": world.duc,
        "due_on": DUE,
        "closed_by": None,
        "feed_seq": row["feed_seq"],
    }


def test_later_visit_closes_it(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(promise)
    lan.exchange(later)
    assert _closed_by(lan) == {promise["data"]["id"]: later["data"]["id"]}


def test_earlier_visit_that_arrives_later_does_not_close_it(lan: Phone, world: World) -> None:
    earlier = lan.visit(world.duc) | {"at": "2026-11-22T02:00:00.000Z"}
    promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    lan.exchange(promise)
    lan.exchange(earlier)
    assert _closed_by(lan) == {promise["data"]["id"]: None}


def test_promise_that_arrives_after_the_visit_that_kept_it_is_closed(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(later)
    lan.exchange(promise)
    assert _closed_by(lan) == {promise["data"]["id"]: later["data"]["id"]}


def test_amending_the_date_away_closes_it(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(promise)
    lan.exchange(lan.amend(promise, follow_up_on=None))
    assert _closed_by(lan) == {promise["data"]["id"]: promise["data"]["id"]}


def test_withdrawing_the_visit_takes_its_promise_along(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(promise)
    changes = lan.exchange(lan.op("visit.withdraw", {"id": promise["data"]["id"]}))["changes"]
    assert {row["kind"] for row in changes["gone"]} == {"visit", "follow_up"}
    assert _follow_ups(lan) == []


def test_withdrawing_the_visit_that_kept_it_opens_it_again(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(promise, later)
    lan.exchange(lan.op("visit.withdraw", {"id": later["data"]["id"]}))
    assert _closed_by(lan) == {promise["data"]["id"]: None}


def test_promise_moves_with_its_visit_to_the_right_household(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(promise)
    lan.exchange(lan.amend(promise, household_id=world.mai, follow_up_on=DUE))
    assert [row["household_id"] for row in _follow_ups(lan)] == [world.mai]


def test_promise_that_moves_to_another_hamlet_of_the_team_stays_on_the_phone(
    lan: Phone, world: World, database: Database
) -> None:
    """A phone that holds both hamlets applies `gone` only below the row's number: the row comes later."""
    give_lan_both_hamlets(database, world)
    promise = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(promise)
    changes = lan.exchange(lan.amend(promise, household_id=world.anh, follow_up_on=DUE))["changes"]
    gone = {row["kind"]: row["feed_seq"] for row in changes["gone"]}
    assert changes["follow_up"][0]["household_id"] == world.anh
    assert gone["follow_up"] < changes["follow_up"][0]["feed_seq"]
    assert gone["visit"] < changes["visit"][0]["feed_seq"]


def test_visit_that_kept_a_promise_and_moves_away_opens_it_again(lan: Phone, world: World) -> None:
    promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(promise, later)
    assert _closed_by(lan) == {promise["data"]["id"]: later["data"]["id"]}
    lan.exchange(lan.amend(later, household_id=world.mai))
    assert _closed_by(lan) == {promise["data"]["id"]: None}


def test_promise_and_the_visit_that_kept_it_clamped_to_one_instant(lan: Phone, world: World) -> None:
    """Ten doors, both visits from more than sixty days ago: the phone's own order decides, not chance."""
    pairs = []
    for _ in range(10):
        promise = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-08-01T02:00:00.000Z"}
        kept = lan.visit(world.duc) | {"at": "2026-08-20T02:00:00.000Z"}
        pairs.append((promise["data"]["id"], kept["data"]["id"]))
        lan.exchange(promise, kept)
        withdrawn = [lan.op("visit.withdraw", {"id": id}) for id in pairs[-1]]
        assert _closed_by(lan) == dict([pairs[-1]])
        lan.exchange(*withdrawn)


def _closed_by(phone: Phone) -> dict[str, str | None]:
    return {row["id"]: row["closed_by"] for row in _follow_ups(phone)}


def _follow_ups(phone: Phone) -> list[dict[str, Any]]:
    phone.state = {}
    rows: list[dict[str, Any]] = phone.exchange()["changes"]["follow_up"]
    return rows
