"""What one honest day shows as well is a notice; beside another sign, or a flag, it is a flag."""

from datetime import datetime, timedelta

import pytest

from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.rules import ALL_MET
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import (
    LONG_NOTE,
    MORNING,
    Op,
    assert_as_computed_anew,
    flags_in,
    held_session,
    ids,
    rows_in,
    visits_at,
)
from tests.phone import Phone
from tests.world import World, add_households

ALIKE = [{"code": "vneid_install", "outcome": "did_it", "people": 1}]
TODAY = MORNING.date()
NIGHT = MORNING - timedelta(hours=6, minutes=40)  # 02:00 in Vietnam


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 60)


def at_gaps(phone: Phone, households: list[str], minutes: list[float], **content: object) -> list[Op]:
    """A visit at each household, so many minutes after the one before."""
    times = [MORNING + timedelta(minutes=sum(minutes[:number])) for number in range(len(minutes) + 1)]
    return [
        phone.visit(household, **content) | {"at": wire_time(at)}
        for household, at in zip(households, times, strict=False)
    ]


def flagged(database: Database) -> dict[str, int]:
    """How many visits each rule flags, `all_met` as well."""
    found: dict[str, int] = {}
    for row in rows_in(database):
        if not row.notice:
            found[row.rule] = found.get(row.rule, 0) + 1
    return found


def noticed(database: Database) -> set[str]:
    return {row.rule for row in rows_in(database) if row.notice}


def test_a_day_on_which_nobody_was_out_is_a_notice_and_a_flag_if_all_say_the_same(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    lan.exchange(*visits_at(lan, households[:16], 600))
    assert (flagged(database), noticed(database)) == ({}, {ALL_MET})
    lan.exchange(*visits_at(lan, households[16:36], 600, MORNING - timedelta(days=1), services=ALIKE))
    assert flagged(database) == {ALL_MET: 20, "alike": 20}
    assert_as_computed_anew(database, world)


def test_one_absence_is_enough(lan: Phone, households: list[str], database: Database) -> None:
    day = visits_at(lan, households[:20], 600)
    day[7]["data"] |= {"result": "not_home", "services": []}
    lan.exchange(*day)
    assert rows_in(database) == []


def test_thirty_at_which_nobody_was_out_are_flagged(
    lan: Phone, households: list[str], database: Database
) -> None:
    lan.exchange(*visits_at(lan, households[:30], 600))
    assert flagged(database) == {ALL_MET: 30}


def test_about_the_same_time_between_all_visits_is_a_notice(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    services = [[{"code": "vneid_install", "outcome": "did_it", "people": 1 + n % 3}] for n in range(12)]
    even = at_gaps(lan, households[:12], [5, 9, 7, 12, 6, 10, 8, 11, 7, 9, 6])
    for visit, of_visit in zip(even, services, strict=True):
        visit["data"]["services"] = of_visit
    lan.exchange(*even)
    assert (flagged(database), noticed(database)) == ({}, {"regular"})
    again = visits_at(lan, households[12:15], 3600, MORNING - timedelta(hours=3), note=LONG_NOTE)
    lan.exchange(*again)  # three of fifteen: most notes are no copies
    assert flagged(database) == {}
    assert_as_computed_anew(database, world)


def test_times_of_which_some_are_ten_times_as_long_are_not_even(
    lan: Phone, households: list[str], database: Database
) -> None:
    lan.exchange(*at_gaps(lan, households[:12], [1, 14, 9, 1, 20, 12, 2, 1, 8, 17, 10], result="not_needed"))
    assert rows_in(database) == []


def test_as_long_before_an_absence_as_before_help(
    lan: Phone, households: list[str], database: Database
) -> None:
    day = at_gaps(lan, households[:13], [4, 30, 5, 31, 4, 29, 6, 30, 20, 28, 31, 5])
    for number, visit in enumerate(day):
        visit["data"]["services"] = [ALIKE[0] | {"people": 1 + number % 3}]
        if number in (2, 4, 6, 8, 11):
            visit["data"] |= {"result": "not_home", "services": []}
    lan.exchange(*day)
    assert noticed(database) == {"unlinked"}


def test_many_people_at_most_visits(lan: Phone, households: list[str], database: Database) -> None:
    five = [ALIKE[0] | {"people": 5 + number % 2 * 5} for number in range(6)]
    crowded = [visits_at(lan, [one], 0, MORNING + timedelta(minutes=17 * n), services=[five[n]])[0]
               for n, one in enumerate(households[:6])]  # fmt: skip
    lan.exchange(*crowded, *visits_at(lan, households[6:10], 900, MORNING + timedelta(hours=4)))
    assert flagged(database) == {"crowds": 6}


def test_a_large_family_is_a_notice(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc, services=[ALIKE[0] | {"people": 12}]))
    assert (flagged(database), noticed(database)) == ({}, {"people"})


def test_the_same_appointment_at_many_households_is_no_copy(
    lan: Phone, households: list[str], database: Database
) -> None:
    later = visits_at(lan, households[:8], 900, note=LONG_NOTE, result="come_back", services=[])
    lan.exchange(*later, *visits_at(lan, households[8:12], 900, MORNING + timedelta(hours=4)))
    assert rows_in(database) == []


def test_more_than_the_threshold_is_a_notice_and_half_as_many_more_a_flag(
    lan: Phone, database: Database, world: World
) -> None:
    households = add_households(database, world, 61)
    day = visits_at(lan, households[:41], 300)
    day[7]["data"] |= {"result": "not_home", "services": []}
    lan.exchange(*day)
    assert (flagged(database), noticed(database)) == ({}, {"many"})
    lan.exchange(*visits_at(lan, households[41:61], 240, MORNING - timedelta(hours=3)))
    assert flagged(database)["many"] == 61


@pytest.mark.parametrize(
    ("hour", "sent_after", "is_flag"),
    [(2, timedelta(minutes=5), True), (4, timedelta(minutes=5), False), (2, timedelta(hours=14), False)],
)
def test_two_visits_when_people_sleep(
    lan: Phone,
    households: list[str],
    database: Database,
    clock: FakeClock,
    hour: int,
    sent_after: timedelta,
    is_flag: bool,
) -> None:
    """At four boats come in; what is sent long after may be of a clock that was set right since."""
    start = datetime(2026, 11, 21, hour, 5, tzinfo=NOW.tzinfo) - timedelta(hours=7)
    night = visits_at(lan, households[:2], 500, start)
    clock.now = start + timedelta(minutes=20) + sent_after
    lan.now = clock.now
    lan.exchange(*night)
    assert flags_in(database) == {"night": set(ids(*night))}
    assert bool(flagged(database)) == is_flag


def test_visits_of_a_session_are_a_notice_whoever_recorded_it_and_whenever(
    lan: Phone, nam: Phone, households: list[str], database: Database, world: World
) -> None:
    """They are flagged until it arrives, and again when it is withdrawn, or as more are written than came."""
    day = visits_at(lan, households[:20], 90, services=ALIKE)
    lan.exchange(*day)
    assert flagged(database).keys() == {"alike", ALL_MET, "hour"}
    held = held_session(lan, world, TODAY, 20)
    lan.exchange(held)
    assert (flagged(database), noticed(database)) == (
        {},
        {"alike", ALL_MET, "hour", "write_up", "at_session"},
    )
    assert_as_computed_anew(database, world)
    lan.exchange(*visits_at(lan, households[20:30], 90, MORNING + timedelta(minutes=40), services=ALIKE))
    assert flagged(database).keys() >= {"alike", ALL_MET}
    more = held_session(lan, world, TODAY, 30, held["data"]["id"])
    lan.exchange(more)
    assert flagged(database) == {}
    assert_as_computed_anew(database, world)
    lan.exchange(lan.op("outreach.withdraw", {"id": held["data"]["id"]}))
    assert flagged(database).keys() >= {"alike", ALL_MET}
    assert_as_computed_anew(database, world)
