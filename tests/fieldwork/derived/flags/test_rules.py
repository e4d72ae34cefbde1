"""Each rule finds exactly the visits that were made for it."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.core.clock import wire_time
from app.core.db import Database
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import (
    LONG_NOTE,
    MORNING,
    assert_as_computed_anew,
    flags_in,
    ids,
    import_list,
    numbers_of,
    numbers_of_days,
    visits_at,
)
from tests.phone import Phone, new_id
from tests.web.desk.visits.paper_client import enter, saved_id
from tests.world import World, add_households, give_lan_both_hamlets


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 60)


@pytest.fixture
def listed(database: Database, world: World) -> None:
    import_list(database, world, NOW - timedelta(days=30))


def test_44_visits_at_12_seconds_with_one_note(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    invented = visits_at(lan, households[:44], 12, note=LONG_NOTE)
    lan.exchange(*invented)
    assert flags_in(database) == {rule: set(ids(*invented)) for rule in ("many", "burst", "copied")}
    assert numbers_of_days(database) == {
        "many": {"visits": 44},
        "burst": {"visits": 44, "seconds": 12},
        "copied": {"visits": 44},
    }
    assert_as_computed_anew(database, world)


def test_40_visits_are_not_too_many_and_one_more_flags_them_all(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    lan.exchange(*visits_at(lan, households[:40], 300))
    assert flags_in(database) == {}
    lan.exchange(*visits_at(lan, households[40:41], 0, MORNING + timedelta(hours=5)))
    assert len(flags_in(database)["many"]) == 41
    lan.exchange(*visits_at(lan, households[41:43], 300, MORNING + timedelta(hours=6)))
    assert len(flags_in(database)["many"]) == 43
    assert numbers_of_days(database) == {"many": {"visits": 43}}
    assert_as_computed_anew(database, world)


def test_40_visits_of_one_day_and_40_of_the_next_are_not_too_many(
    lan: Phone, households: list[str], database: Database
) -> None:
    yesterday = visits_at(lan, households[:40], 300, MORNING - timedelta(days=1))
    lan.exchange(*yesterday, *visits_at(lan, households[:40], 300))
    assert flags_in(database) == {}


def test_a_burst_is_five_in_a_row_without_the_visits_around(
    lan: Phone, households: list[str], database: Database
) -> None:
    before = visits_at(lan, households[:2], 20)
    burst = visits_at(lan, households[2:7], 19.5, MORNING + timedelta(minutes=5))
    four = visits_at(lan, households[7:11], 10, MORNING + timedelta(minutes=40))
    lan.exchange(*before, *burst, *four)
    assert flags_in(database) == {"burst": set(ids(*burst))}
    assert numbers_of_days(database) == {"burst": {"visits": 5, "seconds": 20}}


def test_20_seconds_between_two_are_no_burst(lan: Phone, households: list[str], database: Database) -> None:
    lan.exchange(*visits_at(lan, households[:9], 20))
    assert flags_in(database) == {}


def test_quick_marks_are_no_burst_also_between_other_visits(
    lan: Phone, households: list[str], database: Database
) -> None:
    quick = visits_at(lan, households[:12], 3, quick=True)
    slow = visits_at(lan, households[12:16], 25)
    lan.exchange(*quick, *slow)
    assert flags_in(database) == {}


def test_a_burst_that_two_exchanges_bring_is_found(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    burst = visits_at(lan, households[:6], 10)
    lan.exchange(*burst[:3])
    assert flags_in(database) == {}
    lan.exchange(*burst[3:])
    assert flags_in(database) == {"burst": set(ids(*burst))}
    assert_as_computed_anew(database, world)


def test_visits_of_one_household_on_one_day_by_anybody(lan: Phone, world: World, database: Database) -> None:
    first, second = visits_at(lan, [world.duc, world.duc], 3600)
    alone = lan.visit(world.mai)
    yesterday = lan.visit(world.duc) | {"at": wire_time(NOW - timedelta(days=1))}
    lan.exchange(first, second, alone, yesterday)
    assert flags_in(database) == {"repeated": set(ids(second))}
    assert numbers_of(database, "repeated") == [{"visits": 2}]


def test_coming_again_because_nobody_was_in_is_no_repetition(
    lan: Phone, world: World, database: Database
) -> None:
    away = lan.visit(world.duc, result="not_home", services=[])
    lan.exchange(away, lan.visit(world.duc), lan.visit(world.mai))
    assert flags_in(database) == {}


def test_a_visit_on_paper_and_on_the_phone_is_a_repetition(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    on_phone = lan.visit(world.duc) | {"at": "2026-11-20T03:00:00.000Z"}
    lan.exchange(on_phone)
    on_paper = saved_id(enter(desk, world.lan, world.duc))
    assert flags_in(database) == {"repeated": {on_paper}}


def test_a_clock_that_is_eleven_minutes_wrong(lan: Phone, world: World, database: Database) -> None:
    sent_at = wire_time(NOW - timedelta(minutes=11))
    wrong = lan.visit(world.duc) | {"at": wire_time(NOW - timedelta(hours=1))}
    lan.exchange(wrong, sent_at=sent_at)
    lan.exchange(lan.visit(world.mai), sent_at=wire_time(NOW - timedelta(minutes=10)))
    assert flags_in(database) == {"clock": set(ids(wrong))}
    assert numbers_of(database, "clock") == [{"minutes": 11}]


def test_a_visit_older_than_60_days_says_nothing_about_the_clock(
    lan: Phone, households: list[str], database: Database
) -> None:
    """The server gives them all the same time; so they are no burst, and not too many of one day."""
    lan.exchange(*visits_at(lan, households[:45], 600, NOW - timedelta(days=80)))
    assert flags_in(database) == {}


def test_visits_dated_in_the_future_are_no_burst(
    lan: Phone, households: list[str], database: Database
) -> None:
    """The server gives them all the time of receipt; the clock's flag says why to look at them."""
    future = visits_at(lan, households[:6], 600, NOW + timedelta(hours=1))
    lan.exchange(*future)
    assert flags_in(database) == {"clock": set(ids(*future))}


def test_more_than_ten_people_with_one_service(lan: Phone, world: World, database: Database) -> None:
    eleven = lan.visit(world.duc, services=[{"code": "vneid_install", "outcome": "did_it", "people": 11}])
    ten = [{"code": code, "outcome": "explained", "people": 10} for code in ("vneid_install", "vietqr")]
    lan.exchange(eleven, lan.visit(world.mai, services=ten))
    assert flags_in(database) == {"people": set(ids(eleven))}
    assert numbers_of(database, "people") == [{"people": 11}]


@pytest.mark.parametrize(
    ("note", "is_flagged"),
    [
        ("CCCD 001085012345 đã cài", True),
        ("số 123456789", True),
        ("gọi 0912345678", False),
        ("mã hồ sơ 12345678", False),
        ("tài khoản 1234567890123", False),
    ],
)
def test_nine_or_twelve_digits_in_a_row(
    lan: Phone, world: World, database: Database, note: str, is_flagged: bool
) -> None:
    visit = lan.visit(world.duc, note=note)
    lan.exchange(visit)
    assert flags_in(database) == ({"digits": set(ids(visit))} if is_flagged else {})


def test_a_long_note_three_times_in_a_day_however_it_is_written(
    lan: Phone, households: list[str], database: Database
) -> None:
    notes = [LONG_NOTE, LONG_NOTE.upper(), LONG_NOTE + "  ", "Một ghi chú khác, cũng dài như vậy"]
    visits = [visits_at(lan, [house], 0, MORNING + timedelta(hours=n), note=note)[0]
              for n, (house, note) in enumerate(zip(households, notes, strict=False))]  # fmt: skip
    lan.exchange(*visits)
    assert flags_in(database) == {"copied": set(ids(*visits[:3]))}
    assert numbers_of_days(database) == {"copied": {"visits": 3}}


def test_short_notes_and_two_copies_are_not_copied(
    lan: Phone, households: list[str], database: Database
) -> None:
    short = visits_at(lan, households[:8], 600, note="Đã cài xong")
    lan.exchange(*short, *visits_at(lan, households[8:10], 600, MORNING + timedelta(hours=3), note=LONG_NOTE))
    assert flags_in(database) == {}


@pytest.mark.parametrize("has_list", [True, False])
@pytest.mark.parametrize("count", [2, 3])
def test_three_households_that_the_volunteer_added_beside_a_list(
    lan: Phone, world: World, database: Database, listed: None, has_list: bool, count: int
) -> None:
    hamlet = world.dong if has_list else world.tay
    if not has_list:
        give_lan_both_hamlets(database, world)
    added = [
        lan.op("household.add", {"id": new_id(), "hamlet_id": hamlet, "head_name": f"Bùi Văn {n}"})
        for n in range(count)
    ]
    visits = visits_at(lan, ids(*added), 600)
    lan.exchange(*added, *visits)
    assert flags_in(database) == ({"unlisted": set(ids(*visits))} if has_list and count == 3 else {})
    if has_list and count == 3:
        assert numbers_of_days(database) == {"unlisted": {"households": 3}}
    assert_as_computed_anew(database, world)
