"""The first and last day of a household's visits follow every change of a visit."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.accounts.access import Actor, actor_for
from app.accounts.models import Account
from app.core.db import Database
from app.register.index import Visited, load_visited
from app.reviews import commands as reviews
from app.reviews.selection import SeenVisit
from app.reviews.verdicts import Verdict
from app.visits.models import Visit
from app.visits.reach import visited_days
from app.visits.reach.models import VisitedHousehold
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.rounds import seeds
from tests.statements import sent_statements
from tests.world import World

Operation = dict[str, Any]

STEPS = 25


@pytest.mark.parametrize("seed", seeds(4))
def test_days_are_those_of_the_visits_after_any_changes(
    lan: Phone, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    dice = random.Random(seed)
    sent: list[Operation] = []
    steps: list[Callable[[], None]] = [
        lambda: _record(lan, world, dice, sent),
        lambda: _record(lan, world, dice, sent),
        lambda: _withdraw(lan, dice, sent),
        lambda: _amend(lan, world, dice, sent, database),
        lambda: _decide(database, world, dice, clock),
        lambda: clock.forward(days=1),
    ]
    for _ in range(STEPS):
        dice.choice(steps)()
        lan.now = clock()
        _assert_days_of_visits(database, world)


def test_household_without_visits_has_no_row(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert database.read(lambda session: session.exec(select(VisitedHousehold)).all()) == []


def test_new_visits_cost_one_statement_whatever_their_number(app: FastAPI, lan: Phone, world: World) -> None:
    for count in (1, 20):
        with sent_statements(app.state.database.engine) as sent:
            lan.exchange(*(lan.visit(world.duc) for _ in range(count)))
        assert sum("visited_household" in text for text, _parameters in sent) == 1


def test_wrong_day_is_found(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc))

    def falsify(session: Session) -> None:
        row = session.exec(select(VisitedHousehold)).one()
        row.first_on = date(2026, 11, 2)
        session.add(row)

    database.write(falsify)
    assert database.read(lambda session: visited_days.differences(session, world.commune_id)) == [world.duc]


def _record(lan: Phone, world: World, dice: random.Random, sent: list[Operation]) -> None:
    result = dice.choice(("helped", "not_home", "come_back"))
    services: dict[str, Any] = {} if result == "helped" else {"services": []}
    due = {"follow_up_on": "2027-01-15"} if result == "come_back" else {}
    visit = lan.visit(dice.choice(world.households[world.dong]), result=result, **services, **due)
    lan.exchange(visit)
    sent.append(visit)


def _withdraw(lan: Phone, dice: random.Random, sent: list[Operation]) -> None:
    if sent:
        lan.exchange(lan.op("visit.withdraw", {"id": sent.pop(dice.randrange(len(sent)))["data"]["id"]}))


def _amend(lan: Phone, world: World, dice: random.Random, sent: list[Operation], database: Database) -> None:
    if sent:
        visit = dice.choice(sent)
        id = visit["data"]["id"]
        version = database.read(lambda session: session.get_one(Visit, (world.commune_id, id)).version)
        lan.exchange(lan.amend(visit, version, household_id=dice.choice(world.households[world.dong])))


def _decide(database: Database, world: World, dice: random.Random, clock: FakeClock) -> None:
    """A supervisor sends back one of the visits that wait."""
    waiting = [one for one in _visits(database) if one.review_state == "received" and not one.withdrawn_at]
    if not waiting:
        return
    visit = dice.choice(sorted(waiting, key=lambda one: one.seq))
    verdict = Verdict("returned", "missing_information", "note", "Thiếu")
    seen = SeenVisit(visit.version)
    database.write(
        lambda session: reviews.return_(session, _binh(session, world), visit.id, seen, verdict, clock())
    )


def _assert_days_of_visits(database: Database, world: World) -> None:
    """What the desk loads is what a count of the rows one by one comes to."""
    days, reached = defaultdict[str, list[date]](list), defaultdict[str, list[date]](list)
    for visit in _visits(database):
        if visit.withdrawn_at is None:
            days[visit.household_id].append(visit.counted_on)
            if visit.review_state != "returned" and visit.result != "not_home":
                reached[visit.household_id].append(visit.counted_on)
    expected = Visited(
        {id: max(found) for id, found in days.items()}, {id: min(found) for id, found in reached.items()}
    )
    assert database.read(lambda session: load_visited(session, _binh(session, world))) == expected


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))


def _binh(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))
