"""Monthly totals are the sums of the daily ones after every change, and any days are summed as day by day."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.commune.catalog.services import GUIDED
from app.core.db import Database
from app.fieldwork.derived.mechanism import Change
from app.fieldwork.derived.sums import sum_people, sum_totals
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.derived.totals import DailyTotals, MonthlyTotals
from app.fieldwork.derived.visit_facts import Fact, ServiceOutcome, VisitState
from app.fieldwork.visits.models import VisitValues
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.rounds import seeds
from tests.statements import sent_statements
from tests.world import World

DAYS, MONTHS = DailyTotals(), MonthlyTotals()
SERVICES = ("", "vneid_install", "vietqr")
FIRST = date(2025, 11, 10)
OUTCOMES = ("did_it", "explained", "already_had", "come_back", "declined", "not_possible")


def test_months_follow_every_change_of_a_visit(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    services = [{"code": "vietqr", "outcome": "did_it", "people": 2}]
    first, second = lan.visit(world.duc, services=services), lan.visit(world.mai, services=services)
    lan.exchange(first, second)
    assert _month(database, world, "vietqr") == (2, 4)
    lan.exchange(lan.amend(first, services=[services[0] | {"people": 5}]))
    assert _month(database, world, "vietqr") == (2, 7)
    lan.exchange(lan.op("visit.withdraw", {"id": second["data"]["id"]}))
    assert _month(database, world, "vietqr") == (1, 5)
    assert _month(database, world, "") == (1, 0)
    assert database.read(lambda session: MONTHS.wrong(session, world.commune_id, NOW)) == []


@pytest.mark.parametrize("seed", seeds(4))
def test_random_days_are_summed_as_day_by_day(world: World, database: Database, seed: int) -> None:
    dice = random.Random(seed)
    visits = [_state(dice, world) for _ in range(80)]

    def change(session: Session) -> None:
        for table in (DAYS, MONTHS):
            table.update(session, world.commune_id, [Change(None, state) for state in visits], NOW)
            table.update(session, world.commune_id, [Change(state, None) for state in visits[::5]], NOW)

    database.write(change)
    assert database.read(lambda session: MONTHS.wrong(session, world.commune_id, NOW)) == []
    for _ in range(40):
        first = FIRST + timedelta(days=dice.randrange(-3, 120))
        last = first + timedelta(days=dice.choice((0, 6, 29, 30, 45, 61, 110)))
        with sent_statements(database._reader_engine) as statements:
            sums = _sums(database, world, first, last, SERVICES)
        expected = _day_by_day(database, first, last)
        assert sums == expected
        assert sum("_total" in one for one in statements) <= 3
        people = Counter[str]()
        for (_hamlet, service), (_visits, count) in expected.items():
            people[service] += count
        found = database.read(lambda s: sum_people(s, _binh(s, world), first, last, SERVICES))  # noqa: B023
        assert found == people


def _state(dice: random.Random, world: World) -> VisitState:
    outcomes = [ServiceOutcome("", "helped", 0)]
    outcomes += [
        ServiceOutcome(code, dice.choice(OUTCOMES), dice.randrange(1, 4))
        for code in dice.sample(SERVICES[1:], dice.randrange(3))
    ]
    day = FIRST + timedelta(days=dice.randrange(130))
    fact = Fact(world.duc, dice.choice((world.dong, world.tay)), day, tuple(outcomes), frozenset())
    return VisitState(cast(VisitValues, {}), fact, None, 0)


def _day_by_day(database: Database, first: date, last: date) -> dict[tuple[str, str], tuple[int, int]]:
    visits, people = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in database.read(lambda session: list(session.exec(select(DailyTotal)))):
        if first <= row.day <= last:
            visits[row.hamlet_id, row.service] += row.visits
            people[row.hamlet_id, row.service] += row.people * (row.outcome in GUIDED)
    return {key: (count, people[key]) for key, count in visits.items()}


def _month(database: Database, world: World, service: str) -> tuple[int, int]:
    found = _sums(database, world, date(2026, 11, 1), date(2026, 11, 30), [service])
    return found[world.dong, service]


def _sums(
    database: Database, world: World, first: date, last: date, services: Sequence[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Visits and people by hamlet and service."""
    found = database.read(lambda session: sum_totals(session, _binh(session, world), first, last, services))
    return {(one.hamlet_id, one.service): (one.visits, one.people) for one in found}


def _binh(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))
