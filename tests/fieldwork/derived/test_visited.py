"""The first and last day of a household's visits follow every change of a visit."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.visits.models import Visit
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit, VisitSelection, see_visits
from app.review.decisions.verdicts import Verdict
from app.review.register.index import Visited, load_visited
from tests.conftest import FakeClock
from tests.derived_tables import wrong_tables
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


@pytest.mark.parametrize("seed", range(3))
def test_visits_that_come_together_in_any_order_are_added(
    lan: Phone, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        visits = []
        for _ in range(dice.randrange(1, 12)):
            result = dice.choice(("helped", "not_home", "come_back"))
            more: dict[str, Any] = {} if result == "helped" else {"services": []}
            more |= {"follow_up_on": "2027-01-15"} if result == "come_back" else {}
            visit = lan.visit(dice.choice(world.households[world.dong]), result=result, **more)
            visits.append(
                visit
                | {"at": wire_time(clock() - timedelta(days=dice.randrange(8), minutes=dice.randrange(300)))}
            )
        assert set(lan.statuses(*visits)) == {"applied"}
        _assert_days_of_visits(database, world)


def test_new_visits_cost_two_statements_whatever_their_number(app: FastAPI, lan: Phone, world: World) -> None:
    lan.exchange()
    for count in (1, 20):
        with sent_statements(app.state.database.engine) as sent:
            lan.exchange(*(lan.visit(world.duc) for _ in range(count)))
        assert sum("visited_household" in text for text, _parameters in sent) == 2


def test_newer_visit_costs_no_row_of_its_household(lan: Phone, world: World, clock: FakeClock) -> None:
    lan.exchange()
    assert _rows(lan.exchange(lan.visit(world.duc))) == []
    clock.forward(days=1)
    lan.now = clock()
    assert _rows(lan.exchange(lan.visit(world.duc, result="not_home", services=[]))) == []
    fresh = _rows(lan.exchange(scope=None))
    assert [row for row in fresh if row["id"] == world.duc] == [
        {**_label(fresh, world.duc), "met_on": "2026-11-24", "guided_on": "2026-11-24",
         "last_counted_on": "2026-11-25", "last_result": "not_home"}
    ]  # fmt: skip
    assert {row["met_on"] for row in fresh if row["id"] != world.duc} == {None}


def test_row_is_sent_again_when_a_day_goes_back(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    first, second = lan.visit(world.duc), lan.visit(world.duc, result="not_home", services=[])
    lan.exchange(first, second)
    withdrawal = lan.op("visit.withdraw", {"id": first["data"]["id"]})
    (row,) = _rows(lan.exchange(withdrawal))
    assert (row["id"], row["met_on"], row["last_counted_on"]) == (world.duc, None, "2026-11-24")
    _return(database, world, second["data"]["id"], clock)
    (row,) = _rows(lan.exchange())
    assert row == _label([row], world.duc) | {"met_on": None}
    assert _rows(lan.exchange(lan.amend(second, household_id=world.mai))) == [], "the visit says it"


def test_row_is_sent_again_for_a_visit_that_phones_may_not_get(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _return(database, world, visit["data"]["id"], clock)
    clock.forward(days=360)
    lan.now = clock()
    lan.exchange()
    database.write(
        lambda session: reviews.accept(
            session, _binh(session, world), visit["data"]["id"], SeenVisit(1), clock()
        )
    )
    (row,) = _rows(lan.exchange())
    assert (row["id"], row["met_on"]) == (world.duc, "2026-11-24")


def test_households_are_locked_before_the_feed_when_a_visit_is_returned(
    app: FastAPI, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    database: Database = app.state.database
    with sent_statements(database.engine) as sent:
        _return(database, world, visit["data"]["id"], clock)
    texts = [text for text, _parameters in sent]
    locked = next(
        n for n, text in enumerate(texts) if text.startswith("SELECT household.id \nFROM household")
    )
    assert ("FOR NO KEY UPDATE" in texts[locked]) == (not database.is_sqlite)
    assert locked < next(n for n, text in enumerate(texts) if text.startswith("UPDATE feed_counter"))


def test_households_are_locked_before_the_feed_when_returned_visits_are_accepted_at_once(
    app: FastAPI, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    database: Database = app.state.database
    _return(database, world, visit["data"]["id"], clock)

    def accept(session: Session) -> None:
        actor, ids = _binh(session, world), [visit["data"]["id"]]
        selection = VisitSelection(see_visits(session, actor, ids))
        assert reviews.decide(session, actor, "b", selection, Verdict("accepted"), clock()).decided == 1

    with sent_statements(database.engine) as sent:
        database.write(accept)
    texts = [text for text, _parameters in sent]
    locked = next(
        n for n, text in enumerate(texts) if text.startswith("SELECT household.id \nFROM household")
    )
    assert locked < next(n for n, text in enumerate(texts) if text.startswith("UPDATE feed_counter"))


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The households that an exchange brings, without their numbers."""
    return [{k: v for k, v in row.items() if k != "feed_seq"} for row in answer["changes"]["household"]]


def _label(rows: list[dict[str, Any]], household_id: str) -> dict[str, Any]:
    names = ("id", "hamlet_id", "head_name", "house_no", "alley", "phone", "state", "version")
    return next({name: row[name] for name in names} for row in rows if row["id"] == household_id)


def test_wrong_day_is_found(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc))

    def falsify(session: Session) -> None:
        row = session.exec(select(VisitedHousehold)).one()
        row.first_on = date(2026, 11, 2)
        session.add(row)

    database.write(falsify)
    assert database.read(lambda session: wrong_tables(session, world.commune_id)) == {"visited_household": 1}


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
    _return(database, world, visit.id, clock, visit.version)


def _return(database: Database, world: World, visit_id: str, clock: FakeClock, version: int = 1) -> None:
    verdict, seen = Verdict("returned", "missing_information", "note", "Thiếu"), SeenVisit(version)
    database.write(
        lambda session: reviews.return_(session, _binh(session, world), visit_id, seen, verdict, clock())
    )


def _assert_days_of_visits(database: Database, world: World) -> None:
    """What the desk loads is what a count of the rows one by one comes to, and all is as defined."""
    assert database.read(lambda session: wrong_tables(session, world.commune_id)) == {}
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
