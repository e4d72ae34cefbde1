"""Follow-ups: opened by a visit, closed by any later one, whatever the order of arrival."""

import random
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.visits.models import FollowUp, Visit
from tests.phone import Phone
from tests.rounds import seeds
from tests.world import World, give_lan_both_hamlets

DUE = "2026-11-30"
# A follow-up's household, and which visit closed it, on which day.
_Closed = tuple[str, str | None, date | None]


def test_visit_with_a_date_opens_a_follow_up_with_the_visits_id(lan: Phone, world: World) -> None:
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


def test_later_visit_closes_the_follow_up(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(visit)
    lan.exchange(later)
    assert _closed_by(lan) == {visit["data"]["id"]: later["data"]["id"]}


def test_earlier_visit_that_arrives_later_does_not_close_it(lan: Phone, world: World) -> None:
    earlier = lan.visit(world.duc) | {"at": "2026-11-22T02:00:00.000Z"}
    visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    lan.exchange(visit)
    lan.exchange(earlier)
    assert _closed_by(lan) == {visit["data"]["id"]: None}


def test_follow_up_that_arrives_after_the_later_visit_is_closed(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(later)
    lan.exchange(visit)
    assert _closed_by(lan) == {visit["data"]["id"]: later["data"]["id"]}


def test_amendment_that_removes_the_date_closes_the_follow_up(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    lan.exchange(lan.amend(visit, follow_up_on=None))
    assert _closed_by(lan) == {visit["data"]["id"]: visit["data"]["id"]}


def test_withdrawing_the_visit_removes_its_follow_up(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    changes = lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))["changes"]
    assert {row["kind"] for row in changes["tombstone"]} == {"visit", "follow_up"}
    assert _follow_ups(lan) == []


def test_withdrawing_the_later_visit_opens_the_follow_up_again(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(visit, later)
    lan.exchange(lan.op("visit.withdraw", {"id": later["data"]["id"]}))
    assert _closed_by(lan) == {visit["data"]["id"]: None}


def test_follow_up_moves_with_its_visit_to_the_right_household(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    lan.exchange(lan.amend(visit, household_id=world.mai, follow_up_on=DUE))
    assert [row["household_id"] for row in _follow_ups(lan)] == [world.mai]


def test_follow_up_that_moves_to_another_hamlet_of_the_team_stays_on_the_phone(
    lan: Phone, world: World, database: Database
) -> None:
    """A tombstone deletes only a row with a lower `feed_seq`, and the moved row comes later."""
    give_lan_both_hamlets(database, world)
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    changes = lan.exchange(lan.amend(visit, household_id=world.anh, follow_up_on=DUE))["changes"]
    tombstones = {row["kind"]: row["feed_seq"] for row in changes["tombstone"]}
    assert changes["follow_up"][0]["household_id"] == world.anh
    assert tombstones["follow_up"] < changes["follow_up"][0]["feed_seq"]
    assert tombstones["visit"] < changes["visit"][0]["feed_seq"]


def test_later_visit_that_moves_to_another_household_opens_the_follow_up_again(
    lan: Phone, world: World
) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    later = lan.visit(world.duc) | {"at": "2026-11-24T02:00:00.000Z"}
    lan.exchange(visit, later)
    assert _closed_by(lan) == {visit["data"]["id"]: later["data"]["id"]}
    lan.exchange(lan.amend(later, household_id=world.mai))
    assert _closed_by(lan) == {visit["data"]["id"]: None}


def test_both_visits_clamped_to_one_instant_are_ordered_by_the_phone(lan: Phone, world: World) -> None:
    """Both visits happened more than sixty days ago. Ten times: the ids are random and must not decide."""
    pairs = []
    for _ in range(10):
        visit = lan.visit(world.duc, follow_up_on=DUE) | {"at": "2026-08-01T02:00:00.000Z"}
        later = lan.visit(world.duc) | {"at": "2026-08-20T02:00:00.000Z"}
        pairs.append((visit["data"]["id"], later["data"]["id"]))
        lan.exchange(visit, later)
        withdrawn = [lan.op("visit.withdraw", {"id": id}) for id in pairs[-1]]
        assert _closed_by(lan) == dict([pairs[-1]])
        lan.exchange(*withdrawn)


@pytest.mark.parametrize("seed", seeds(6))
def test_follow_ups_after_any_history_are_those_computed_from_all_visits(
    lan: Phone, world: World, database: Database, seed: int
) -> None:
    """Visits of twelve days in any order, amended, moved and withdrawn. A push reads only the visits since
    its own days; the result must be the same as with all visits of the household."""
    dice = random.Random(seed)
    made: list[dict[str, Any]] = []
    for _ in range(14):
        operations = [_any_step(lan, world, made, dice) for _ in range(dice.randrange(1, 5))]
        results = lan.exchange(*(operation for operation in operations if operation))["results"]
        assert {result["status"] for result in results} <= {"applied"}
        assert database.read(_stored_follow_ups) == database.read(_expected_follow_ups)
    assert database.read(_stored_follow_ups)


def _any_step(
    lan: Phone, world: World, made: list[dict[str, Any]], dice: random.Random
) -> dict[str, Any] | None:
    household, due = dice.choice((world.duc, world.mai)), dice.choice((None, DUE))
    if made and dice.random() < 0.15:
        return lan.op("visit.withdraw", {"id": made.pop(dice.randrange(len(made)))["data"]["id"]})
    if made and dice.random() < 0.3:
        return lan.amend(dice.choice(made), household_id=household, follow_up_on=due)
    day, hour = dice.randrange(12, 24), dice.randrange(2)
    made.append(
        lan.visit(household, follow_up_on=due)
        | {"at": f"2026-11-{day}T0{hour}:{dice.randrange(60):02}:00.000Z"}
    )
    return made[-1]


def _stored_follow_ups(session: Session) -> dict[str, _Closed]:
    return {
        row.id: (row.household_id, row.closed_by, row.closed_on) for row in session.exec(select(FollowUp))
    }


def _expected_follow_ups(session: Session) -> dict[str, _Closed]:
    """Computed from all visits; a follow-up whose date was removed is closed by its own visit."""
    ids = {row.id for row in session.exec(select(FollowUp))}
    visits = [visit for visit in session.exec(select(Visit)) if visit.withdrawn_at is None]
    visits.sort(key=lambda visit: (visit.happened_at, visit.occurred_at, visit.seq, visit.id))
    expected: dict[str, _Closed] = {}
    for position, visit in enumerate(visits):
        if not visit.follow_up_on and visit.id not in ids:
            continue
        later = [after for after in visits[position + 1 :] if after.household_id == visit.household_id]
        closing = next(iter(later), None) if visit.follow_up_on else visit
        expected[visit.id] = (
            visit.household_id,
            *((closing.id, closing.counted_on) if closing else (None, None)),
        )
    return expected


def _closed_by(phone: Phone) -> dict[str, str | None]:
    return {row["id"]: row["closed_by"] for row in _follow_ups(phone)}


def _follow_ups(phone: Phone) -> list[dict[str, Any]]:
    phone.state = {}
    rows: list[dict[str, Any]] = phone.exchange()["changes"]["follow_up"]
    return rows
