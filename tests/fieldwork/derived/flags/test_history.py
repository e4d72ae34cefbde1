"""A sign that a person's days of two weeks show again and again is a flag."""

from datetime import date, timedelta
from random import Random

import pytest
from sqlmodel import select

from app.core.clock import local_date
from app.core.db import Database
from app.fieldwork.derived.flags.models import DayFlag
from app.fieldwork.derived.flags.rules import ALL_MET
from tests.fieldwork.derived.flags.flagged import (
    MORNING,
    Op,
    assert_as_computed_anew,
    held_session,
    ids,
    rows_in,
    visits_at,
)
from tests.phone import Phone
from tests.rounds import seeds
from tests.world import World, add_households

TODAY = local_date(MORNING)


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 40)


def day(phone: Phone, households: list[str], days_ago: int, absent: int = 0, count: int = 17) -> list[Op]:
    """Visits at which nobody was out but the first `absent`."""
    found = visits_at(phone, households[:count], 600, MORNING - timedelta(days=days_ago))
    for visit in found[:absent]:
        visit["data"] |= {"result": "not_home", "services": []}
    return found


def flagged(database: Database) -> dict[date, set[str]]:
    """The rules by which visits of a day are flagged."""
    found: dict[date, set[str]] = {}
    for row in rows_in(database):
        if not row.notice:
            found.setdefault(row.counted_on, set()).add(row.rule)
    return found


def numbers(database: Database, day: date) -> dict[str, int]:
    rows = database.read(lambda session: list(session.exec(select(DayFlag))))
    return next(row.numbers for row in rows if (row.counted_on, row.rule) == (day, ALL_MET))


def test_the_third_day_of_a_sign_in_two_weeks_is_a_flag(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    lan.exchange(*day(lan, households, 14), *day(lan, households, 7))
    assert flagged(database) == {}
    lan.exchange(*day(lan, households, 0))
    assert flagged(database) == {TODAY: {ALL_MET}}
    assert numbers(database, TODAY) == {"visits": 17, "days": 3}
    assert "days" not in numbers(database, TODAY - timedelta(days=7))
    assert_as_computed_anew(database, world)


def test_a_street_of_absences_is_usual_once(lan: Phone, households: list[str], database: Database) -> None:
    """Also by rules that no outreach session explains."""
    for days_ago in (9, 4, 0):
        lan.exchange(*day(lan, households, days_ago, absent=12, count=15))
    assert flagged(database) == {TODAY: {"absences"}}


def test_days_of_more_than_two_weeks_ago_and_of_others_are_not_counted(
    lan: Phone, nam: Phone, households: list[str], database: Database
) -> None:
    for phone, days_ago in ((lan, 15), (lan, 7), (nam, 3), (lan, 0)):
        phone.exchange(*day(phone, households, days_ago))
    assert flagged(database) == {}


def test_days_that_arrive_later_tell_more_of_those_after_them(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    lan.exchange(*day(lan, households, 0))
    lan.exchange(*day(lan, households, 2))
    assert flagged(database) == {}
    lan.exchange(*day(lan, households, 4))
    assert flagged(database) == {TODAY: {ALL_MET}}
    lan.exchange(*day(lan, households, 6))
    assert flagged(database) == {TODAY: {ALL_MET}, TODAY - timedelta(days=2): {ALL_MET}}
    assert numbers(database, TODAY)["days"] == 4
    assert_as_computed_anew(database, world)


def test_a_day_that_loses_its_sign_takes_back_what_it_told(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    first = day(lan, households, 4)
    lan.exchange(*first, *day(lan, households, 2), *day(lan, households, 0))
    assert flagged(database) == {TODAY: {ALL_MET}}
    lan.exchange(lan.amend(first[3], result="not_home", services=[]))
    assert flagged(database) == {}
    assert_as_computed_anew(database, world)
    lan.exchange(*(lan.op("visit.withdraw", {"id": id, "base_version": 1}) for id in ids(*first[4:])))
    assert_as_computed_anew(database, world)


def test_days_of_outreach_sessions_do_not_count(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    for days_ago in (4, 2):
        held = held_session(lan, world, TODAY - timedelta(days_ago), people=17)
        lan.exchange(held, *day(lan, households, days_ago))
    lan.exchange(*day(lan, households, 0))
    assert flagged(database) == {}
    assert_as_computed_anew(database, world)


@pytest.mark.parametrize("seed", seeds(20))
def test_in_whatever_order_days_come_and_change_flags_are_those_of_all_of_them(
    seed: int, lan: Phone, households: list[str], database: Database, world: World
) -> None:
    random, sent = Random(seed), list[list[Op]]()
    for days_ago in random.sample(range(40), 9):
        one = day(lan, households, days_ago, absent=random.random() < 0.2)
        lan.exchange(*one)
        sent.append(one)
        if random.random() < 0.4:
            changed = random.choice(random.choice(sent))
            result = random.choice(("refused", "not_home"))
            lan.exchange(lan.amend(changed, result=result, services=[]))
        if random.random() < 0.5:
            assert_as_computed_anew(database, world)
    assert_as_computed_anew(database, world)
