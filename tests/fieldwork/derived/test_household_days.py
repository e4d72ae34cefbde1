"""Distinct households of a period follow every change of a visit, and are counted once however often they
were visited."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor, actor_for, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period, dates_period, parse_period
from app.commune.catalog.services import SCAM_WARNING
from app.core.db import Database
from app.fieldwork.derived.household_days import counts as household_counts
from app.fieldwork.derived.household_days.counts import DistinctHouseholds
from app.fieldwork.derived.household_days.days import HouseholdDay, HouseholdDays
from app.fieldwork.derived.household_days.models import HouseholdMonth
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MEASURES, MET, WARNED
from app.fieldwork.households.hamlet_merge import Merge, merge_hamlets, preview
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from tests.conftest import FakeClock
from tests.derived_tables import assert_as_defined
from tests.phone import Phone
from tests.rounds import seeds
from tests.world import World

DAYS = HouseholdDays()
TODAY = date(2026, 11, 24)
WEEK, MONTH, YEAR = (parse_period(code, 1) for code in ("2026-W48", "2026-11", "2026"))


def test_household_is_counted_once_in_each_period_that_it_was_visited_in(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc), lan.visit(world.mai))
    clock.forward(days=10)
    lan.exchange(lan.visit(world.duc))
    assert _reached(database, world, WEEK) == {world.dong: 2}
    assert _reached(database, world, parse_period("2026-12", 1)) == {world.dong: 1}
    assert _reached(database, world, YEAR) == {world.dong: 2}


def test_household_stays_among_those_reached_until_later_days(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=10)
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    december = parse_period("2026-12", 1)
    assert _until(database, world, TODAY) == {world.dong: 1}
    assert _until(database, world, december.last) == {world.dong: 2}


def test_withdrawn_visit_leaves_the_day_if_no_other_visit_is_counted_there(
    lan: Phone, world: World, database: Database
) -> None:
    first, second = lan.visit(world.duc), lan.visit(world.duc)
    lan.exchange(first, second)
    lan.exchange(lan.op("visit.withdraw", {"id": first["data"]["id"]}))
    assert _reached(database, world, MONTH) == {world.dong: 1}
    lan.exchange(lan.op("visit.withdraw", {"id": second["data"]["id"]}))
    assert _reached(database, world, MONTH) == {}
    assert database.read(lambda session: session.exec(select(HouseholdMonth)).all()) == []


def test_returned_visit_does_not_count(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    verdict = Verdict("returned", "missing_information", "note", "Thiếu")
    id = visit["data"]["id"]
    database.write(
        lambda session: reviews.return_(session, _binh(session, world), id, SeenVisit(1), verdict, clock())
    )
    assert _reached(database, world, MONTH) == {}
    lan.exchange(lan.amend(visit, household_id=world.mai))
    assert _reached(database, world, MONTH) == {world.dong: 1}


def test_households_that_were_warned_are_those_with_whom_it_was_spoken_about(
    lan: Phone, world: World, database: Database
) -> None:
    visits = [
        lan.visit(id, services=[{"code": SCAM_WARNING, "outcome": outcome, "people": 1}])
        for id, outcome in ((world.duc, "explained"), (world.duc, "did_it"), (world.mai, "declined"))
    ]
    lan.exchange(*visits)
    assert _warned(database, world) == 1
    lan.exchange(lan.op("visit.withdraw", {"id": visits[0]["data"]["id"]}))
    assert _warned(database, world) == 1
    lan.exchange(lan.amend(visits[1], services=[{"code": "vietqr", "outcome": "explained", "people": 1}]))
    assert _warned(database, world) == 0
    assert_as_defined(database, world.commune_id)


def test_merged_hamlet_counts_where_it_stood_at_the_end_of_the_period(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh))
    clock.forward(days=8)
    database.write(lambda session: _merge(session, world, clock))
    nam.exchange(nam.visit(world.anh))
    assert _reached(database, world, MONTH) == {world.dong: 1, world.tay: 1}
    assert _reached(database, world, parse_period("2026-12", 1)) == {world.dong: 1}
    assert _reached(database, world, YEAR) == _until(database, world, YEAR.last) == {world.dong: 2}


def test_household_is_met_or_guided_by_what_its_counted_visits_say(
    lan: Phone, world: World, database: Database
) -> None:
    outcomes = ("did_it", "done_for_them", "explained", "referred")
    others = ("already_had", "come_back", "declined", "not_possible")
    absent = lan.visit(world.duc, result="not_home", services=[])
    lan.exchange(absent, *(lan.visit(world.mai, services=_one(outcome)) for outcome in others))
    counts = _count(database, world, MONTH)
    assert (counts.met.total, counts.guided.total, counts.cumulative.total) == (1, 0, 0)
    for outcome in outcomes:
        visit = lan.visit(world.duc, services=_one(outcome))
        lan.exchange(visit)
        counts = _count(database, world, MONTH)
        assert (counts.met.total, counts.guided.total, counts.cumulative.total) == (2, 1, 1), outcome
        lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _count(database, world, MONTH).met.total == 1
    assert_as_defined(database, world.commune_id)


def _one(outcome: str) -> list[dict[str, object]]:
    return [{"code": "vietqr", "outcome": outcome, "people": 1}]


def test_supervisor_next_door_counts_no_household(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc))

    def reached_next_door(session: Session) -> dict[str, int]:
        hoa = actor_for(session, session.get_one(Account, (world.neighbour_id, world.hoa)))
        places = household_counts.places_at(session.exec(visible_to(hoa, Hamlet)).all(), MONTH.last)
        return household_counts.count_households(session, hoa, MONTH, places).cumulative.by_hamlet

    assert database.read(reached_next_door) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(8))
def test_random_days_are_counted_as_brute_force_counts_them(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)
    ids = [id for households in world.households.values() for id in households]
    first = date(2025, 12, 1)
    hamlets = {id: hamlet for hamlet, households in world.households.items() for id in households}
    visited = {
        HouseholdDay(id, GUIDED_ANY, hamlets[id], first + timedelta(days=dice.randrange(120)))
        for id in dice.choices(ids, k=24)
    }
    first_ones = set(dice.sample(sorted(visited), len(visited) // 2))
    for some in (first_ones, visited - first_ones):
        database.write(lambda session: DAYS.change_days(session, world.commune_id, set(), some))  # noqa: B023
    for _ in range(60):
        since = first + timedelta(days=dice.randrange(-5, 125))
        period = dates_period(since, since + timedelta(days=dice.choice((0, 6, 13, 29, 30, 61, 119))))
        reached = {id for id, _, _, day in visited if day in period}
        assert _reached(database, world, period) == Counter(hamlets[id] for id in reached)
        until = {id for id, _, _, day in visited if day <= period.last}
        assert _until(database, world, period.last) == Counter(hamlets[id] for id in until)


@pytest.mark.parametrize("seed", seeds(8))
def test_random_days_in_hamlets_that_merge_are_counted_as_brute_force_counts_them(
    world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    """Households of the hamlet that was merged have days in both: they count in each before, once after."""
    dice = random.Random(seed)
    database.write(lambda session: _merge(session, world, clock))
    days = {
        HouseholdDay(id, measure, dice.choice((world.tay, world.dong)) if of == world.tay else of, on)
        for of in (world.tay, world.dong)
        for id in world.households[of]
        for measure in MEASURES
        for on in dice.sample([TODAY + timedelta(days=n) for n in range(-70, 70)], 2)
    }
    database.write(lambda session: DAYS.change_days(session, world.commune_id, set(), days))
    for _ in range(40):
        since = TODAY + timedelta(days=dice.randrange(-80, 70))
        period = dates_period(since, since + timedelta(days=dice.choice((0, 6, 29, 61))))
        seen = _count(database, world, period)
        place = {world.dong: world.dong, world.tay: world.dong if period.last >= TODAY else world.tay}
        now = {
            name: {(id, place[of]) for id, measure, of, on in days if on in period and measure == name}
            for name in MEASURES
        }
        ever = {
            (id, place[of]) for id, measure, of, on in days if on <= period.last and measure == GUIDED_ANY
        }
        counts = {"met": now[MET], "guided": now[GUIDED_ANY], "warned": now[WARNED], "cumulative": ever}
        for name, expected in counts.items():
            counted = getattr(seen, name)
            assert counted.by_hamlet == Counter(hamlet for _, hamlet in expected)
            assert counted.total == len({id for id, _ in expected})


def _merge(session: Session, world: World, clock: FakeClock) -> None:
    binh = _binh(session, world)
    seen = preview(session, binh, world.tay, world.dong).seen
    merge_hamlets(session, binh, Merge(world.tay, world.dong, clock(), seen), clock())


def _binh(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))


def _warned(database: Database, world: World) -> int:
    return _count(database, world, MONTH).warned.total


def _reached(database: Database, world: World, period: Period) -> dict[str, int]:
    return _count(database, world, period).guided.by_hamlet


def _until(database: Database, world: World, day: date) -> dict[str, int]:
    return _count(database, world, dates_period(day, day)).cumulative.by_hamlet


def _count(database: Database, world: World, period: Period) -> DistinctHouseholds:
    def count(session: Session) -> DistinctHouseholds:
        binh = _binh(session, world)
        places = household_counts.places_at(session.exec(visible_to(binh, Hamlet)).all(), period.last)
        return household_counts.count_households(session, binh, period, places)

    return database.read(count)
