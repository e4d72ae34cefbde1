"""Promises: opened by a visit, closed by any later one, whatever the order of arrival."""

import random
from typing import Any

import pytest
from sqlmodel import Session, select

from app.core.db import Database
from app.visits.models import FollowUp, Visit
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


@pytest.mark.parametrize("seed", range(6))
def test_any_history_ends_in_what_its_visits_say(
    lan: Phone, world: World, database: Database, seed: int
) -> None:
    """Visits of twelve days in any order, amended, moved and withdrawn: what each promise waits for is what
    a look at all visits of its household says, though a push reads only those since its own days."""
    dice = random.Random(seed)
    made: list[dict[str, Any]] = []
    for _ in range(14):
        operations = [_any_step(lan, world, made, dice) for _ in range(dice.randrange(1, 5))]
        results = lan.exchange(*(operation for operation in operations if operation))["results"]
        assert {result["status"] for result in results} <= {"applied"}
        assert database.read(_standing_promises) == database.read(_promises_by_all_visits)
    assert database.read(_standing_promises)


def _any_step(
    lan: Phone, world: World, made: list[dict[str, Any]], dice: random.Random
) -> dict[str, Any] | None:
    home, due = dice.choice((world.duc, world.mai)), dice.choice((None, DUE))
    if made and dice.random() < 0.15:
        return lan.op("visit.withdraw", {"id": made.pop(dice.randrange(len(made)))["data"]["id"]})
    if made and dice.random() < 0.3:
        return lan.amend(dice.choice(made), household_id=home, follow_up_on=due)
    day, hour = dice.randrange(12, 24), dice.randrange(2)
    made.append(
        lan.visit(home, follow_up_on=due) | {"at": f"2026-11-{day}T0{hour}:{dice.randrange(60):02}:00.000Z"}
    )
    return made[-1]


def _standing_promises(session: Session) -> dict[str, tuple[str, str | None]]:
    return {row.id: (row.household_id, row.closed_by) for row in session.exec(select(FollowUp))}


def _promises_by_all_visits(session: Session) -> dict[str, tuple[str, str | None]]:
    """Looked at one by one; a promise whose date was amended away was kept by the visit itself."""
    promised = {row.id for row in session.exec(select(FollowUp))}
    visits = [visit for visit in session.exec(select(Visit)) if visit.withdrawn_at is None]
    visits.sort(key=lambda visit: (visit.happened_at, visit.occurred_at, visit.seq, visit.id))
    expected: dict[str, tuple[str, str | None]] = {}
    for place, visit in enumerate(visits):
        later = [after.id for after in visits[place + 1 :] if after.household_id == visit.household_id]
        if visit.follow_up_on:
            expected[visit.id] = (visit.household_id, later[0] if later else None)
        elif visit.id in promised:
            expected[visit.id] = (visit.household_id, visit.id)
    return expected


def _closed_by(phone: Phone) -> dict[str, str | None]:
    return {row["id"]: row["closed_by"] for row in _follow_ups(phone)}


def _follow_ups(phone: Phone) -> list[dict[str, Any]]:
    phone.state = {}
    rows: list[dict[str, Any]] = phone.exchange()["changes"]["follow_up"]
    return rows
