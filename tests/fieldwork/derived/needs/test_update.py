"""Needs: opened and closed by visits, whatever the order of arrival, and whatever the desk decides."""

import random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.visits.models import Visit, VisitService
from app.upkeep.maintenance.check import check
from tests.phone import Phone
from tests.rounds import seeds
from tests.world import World

INSTALLED = [{"code": "vneid_install", "outcome": "did_it", "people": 1}]
BILLS = [{"code": "bills", "outcome": "explained", "people": 1}]


def _at(day: int, hour: int = 2) -> dict[str, Any]:
    return {"at": f"2026-11-{day}T{hour:02}:00:00.000Z"}


def _outcome(code: str, outcome: str) -> list[dict[str, Any]]:
    return [{"code": code, "outcome": outcome, "people": 1}]


@pytest.mark.parametrize(
    ("services", "closed", "dropped"),
    [
        (_outcome("vietqr", "did_it"), True, False),
        (_outcome("vietqr", "referred"), True, False),
        (_outcome("vietqr", "declined"), True, True),
        (_outcome("vietqr", "come_back"), False, False),
        (_outcome("vietqr", "not_possible"), False, False),
        (INSTALLED, False, False),
    ],
)
def test_later_visit_closes_a_need_whose_service_it_shows(
    lan: Phone, world: World, database: Database, services: list[dict[str, Any]], closed: bool, dropped: bool
) -> None:
    asked = lan.visit(world.duc, services=INSTALLED, needs=["vietqr"]) | _at(20)
    later = lan.visit(world.duc, services=services) | _at(22)
    lan.exchange(asked)
    assert _needs(database) == [("vietqr", asked["data"]["id"], "2026-11-20", None, None, False)]
    lan.exchange(later)
    closing = ("2026-11-22", later["data"]["id"]) if closed else (None, None)
    assert _needs(database) == [("vietqr", asked["data"]["id"], "2026-11-20", *closing, dropped)]


def test_earlier_visit_that_arrives_later_closes_nothing(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc, services=INSTALLED, needs=["bills"]) | _at(20))
    lan.exchange(lan.visit(world.duc, services=BILLS) | _at(18))
    assert [closed for *_, closed, _ in _needs(database)] == [None]


def test_visit_drops_a_need_that_is_not_wanted_any_more(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc, services=INSTALLED, needs=["bills", "vietqr"]) | _at(20))
    dropping = lan.visit(world.duc, result="not_needed", services=[], dropped_needs=["bills"]) | _at(21)
    lan.exchange(dropping)
    assert [(code, by, dropped) for code, *_, by, dropped in _needs(database)] == [
        ("bills", dropping["data"]["id"], True),
        ("vietqr", None, False),
    ]


def test_need_that_is_asked_for_again_stays_the_first_one(
    lan: Phone, world: World, database: Database
) -> None:
    first = lan.visit(world.duc, services=INSTALLED, needs=["bills"]) | _at(20)
    lan.exchange(first, lan.visit(world.duc, services=INSTALLED, needs=["bills"]) | _at(21))
    assert [visit for _, visit, *_ in _needs(database)] == [first["data"]["id"]]


def test_amended_and_withdrawn_visits_take_their_needs_with_them(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, services=INSTALLED, needs=["bills"])
    lan.exchange(visit)
    lan.exchange(lan.amend(visit, needs=["vietqr"]))
    assert [code for code, *_ in _needs(database)] == ["vietqr"]
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _needs(database) == []


def test_returned_visit_counts_no_needs(
    lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    visit = lan.visit(world.duc, services=INSTALLED, needs=["bills"])
    lan.exchange(visit)
    form = {"version": "1", "reason": "other", "note": "chưa rõ", "field": "note"}
    assert desk.post(f"/desk/visits/{visit['data']['id']}/return", data=form).status_code == 303
    assert _needs(database) == []


def test_row_on_the_phone_has_needs_only_if_there_are_some(lan: Phone, world: World) -> None:
    with_needs = lan.visit(world.duc, needs=["bills"], dropped_needs=["vietqr"])
    without = lan.visit(world.duc)
    rows = [result["row"] for result in lan.exchange(with_needs, without)["results"]]
    assert [(row.get("needs"), row.get("dropped_needs")) for row in rows] == [
        (["bills"], ["vietqr"]),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"needs": ["no_such"]}, "service_unknown"),
        ({"needs": ["bills", "bills"]}, "duplicate_service"),
        ({"needs": ["bills"], "dropped_needs": ["bills"]}, "duplicate_service"),
        ({"needs": ["bills"], "result": "not_home", "services": []}, "services_not_allowed"),
        ({"needs": "bills"}, "invalid"),
        ({"needs": ["bills"] * 41}, "invalid"),
    ],
)
def test_needs_that_cannot_be_are_rejected(
    lan: Phone, world: World, fields: dict[str, Any], code: str
) -> None:
    (result,) = lan.exchange(lan.visit(world.duc, **fields))["results"]
    assert (result["status"], result["code"], result["fields"]) == (
        "rejected",
        code,
        ["needs"],
    )


@pytest.mark.parametrize("seed", seeds(3))
def test_any_order_gives_the_needs_of_all_visits(
    lan: Phone, world: World, database: Database, seed: int
) -> None:
    """A push reads only visits since its own days; the result must be the same as with all visits."""
    dice = random.Random(seed)
    made: list[dict[str, Any]] = []
    for _ in range(14):
        operations = [_any_step(lan, world, made, dice) for _ in range(dice.randrange(1, 5))]
        results = lan.exchange(*operations)["results"]
        assert {result["status"] for result in results} <= {"applied"}
        assert database.read(_stored) == database.read(_expected)
    assert database.read(_stored)
    assert [result.problems for result in check(database) if result.name == "derived tables"] == [[]]


def _any_step(lan: Phone, world: World, made: list[dict[str, Any]], dice: random.Random) -> dict[str, Any]:
    codes = ["bills", "vietqr", "wallet"]
    needs = dice.sample(codes, k=dice.choice((0, 0, 1, 2)))
    content: dict[str, Any] = {
        "needs": needs,
        "dropped_needs": [code for code in codes if code not in needs and dice.random() < 0.2],
        "services": _outcome(dice.choice(codes), dice.choice(("did_it", "come_back", "declined"))),
    }
    household = dice.choice((world.duc, world.mai))
    if made and dice.random() < 0.15:
        return lan.op("visit.withdraw", {"id": made.pop(dice.randrange(len(made)))["data"]["id"]})
    if made and dice.random() < 0.3:
        return lan.amend(dice.choice(made), household_id=household, **content)
    made.append(lan.visit(household, **content) | _at(dice.randrange(12, 24), dice.randrange(6)))
    return made[-1]


def _stored(session: Session) -> set[tuple[str, str, str, str | None, bool]]:
    rows = session.exec(select(HouseholdNeed))
    return {(row.household_id, row.service, row.visit_id, row.closed_by, row.dropped) for row in rows}


def _expected(session: Session) -> set[tuple[str, str, str, str | None, bool]]:
    """For each visit that lists a need: whether an open one was there, and the first later visit that closes
    it. Written differently from the program: it looks from each need at all visits."""
    visits = [visit for visit in session.exec(select(Visit)) if visit.withdrawn_at is None]
    visits.sort(key=lambda one: (one.counted_on, one.happened_at, one.occurred_at, one.seq, one.id))
    shown = {(row.visit_id, row.code): row.outcome for row in session.exec(select(VisitService))}
    expected: set[tuple[str, str, str, str | None, bool]] = set()
    for household in {visit.household_id for visit in visits}:
        own = [visit for visit in visits if visit.household_id == household]
        for code in ("bills", "vietqr", "wallet"):
            opened: str | None = None
            for visit in own:
                outcome = shown.get((visit.id, code))
                if code in (visit.needs or []):
                    opened = opened or visit.id
                elif opened and (code in (visit.dropped_needs or []) or outcome in ("did_it", "declined")):
                    dropped = code in (visit.dropped_needs or []) or outcome == "declined"
                    expected.add((household, code, opened, visit.id, dropped))
                    opened = None
            if opened:
                expected.add((household, code, opened, None, False))
    return expected


def _needs(database: Database) -> list[tuple[Any, ...]]:
    def read(session: Session) -> list[tuple[Any, ...]]:
        rows = session.exec(select(HouseholdNeed).order_by(HouseholdNeed.service))
        return [
            (
                row.service, row.visit_id, row.asked_on.isoformat(),
                row.closed_on and row.closed_on.isoformat(), row.closed_by, row.dropped,
            )
            for row in rows
        ]  # fmt: skip

    return database.read(read)
