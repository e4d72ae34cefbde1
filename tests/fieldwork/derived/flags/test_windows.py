"""What invention looks like is flagged; honest work is not, or has a notice that holds up nothing."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlmodel import select

from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.models import FlagRules, VisitFlag
from app.fieldwork.derived.flags.versions import bring_up_to_date
from app.review.visit_list.flag_queries import count_flagged
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import (
    MORNING,
    assert_as_computed_anew,
    flags_in,
    ids,
    rows_in,
    visits_at,
)
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of
from tests.web.desk.desk_client import Page
from tests.world import World, add_households, give_lan_both_hamlets

OUT: dict[str, Any] = {"result": "not_home", "services": []}
NIGHT = MORNING - timedelta(hours=6, minutes=40)  # 02:00 in Vietnam
EVENING = MORNING - timedelta(hours=13)  # 19:40 of the day before


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 60)


def test_forty_visits_in_an_hour_a_minute_and_a_half_from_each_other(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    invented = visits_at(lan, households[:40], 90)
    lan.exchange(*invented)
    assert flags_in(database)["hour"] == set(ids(*invented))
    assert_as_computed_anew(database, world)


def test_twenty_visits_half_a_minute_from_each_other(
    lan: Phone, households: list[str], database: Database
) -> None:
    invented = visits_at(lan, households[:20], 25)
    lan.exchange(*invented)
    assert flags_in(database) == {"pace": set(ids(*invented))}


def test_eighteen_absences_in_a_row_that_two_exchanges_bring(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    invented = visits_at(lan, households[:18], 45, **OUT)
    lan.exchange(*invented[:9])
    assert flags_in(database) == {}
    lan.exchange(*invented[9:])
    assert flags_in(database, notices=False)["absences"] == set(ids(*invented))
    assert_as_computed_anew(database, world)


def test_a_street_of_absences_by_form_is_a_notice_at_the_pace_of_walking(
    lan: Phone, households: list[str], database: Database
) -> None:
    street = visits_at(lan, households[:18], 140, **OUT)
    lan.exchange(*street)
    assert flags_in(database)["absences"] == set(ids(*street))
    assert flags_in(database, notices=False) == {}


def test_a_day_at_two_in_the_morning(lan: Phone, households: list[str], database: Database) -> None:
    invented = visits_at(lan, households[:8], 300, NIGHT)
    lan.exchange(*invented)
    assert flags_in(database) == {"night": set(ids(*invented))}


def test_a_visit_every_five_minutes_to_the_second(
    lan: Phone, households: list[str], database: Database
) -> None:
    times = [MORNING + timedelta(minutes=5 * number) for number in range(12)]
    invented = [lan.visit(one) | {"at": wire_time(at)} for one, at in zip(households, times, strict=False)]
    lan.exchange(*invented)
    assert flags_in(database) == {rule: set(ids(*invented)) for rule in ("regular", "alike")}


def test_a_street_of_absences_by_ghi_nhanh_is_a_notice_that_holds_up_nothing(
    lan: Phone, desk: TestClient, households: list[str], database: Database, world: World
) -> None:
    street = visits_at(lan, households[:45], 60, quick=True, **OUT)
    lan.exchange(*street)
    assert flags_in(database) == {"quick_absences": set(ids(*street))}
    assert not _count_flagged(database, world)
    page = Page(desk, "?state=received")
    assert "Vắng cả dãy" in page.html
    assert "Đã duyệt 45 lượt." in page.press_all()
    assert {row.undecided for row in rows_in(database)} == {False}
    assert_as_computed_anew(database, world)


def test_an_evening_write_up_is_a_notice_and_the_same_at_noon_is_flagged(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    evening = visits_at(lan, households[:20], 75, EVENING)
    noon = visits_at(lan, households[20:40], 75, MORNING + timedelta(hours=3))
    lan.exchange(*evening, *noon)
    assert flags_in(database) == {"write_up": set(ids(*evening, *noon)), "hour": set(ids(*noon))}
    assert _count_flagged(database, world) == 20


def test_the_flag_of_a_shared_household_stands_at_the_visit_that_came_second(
    lan: Phone, nam: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    give_lan_both_hamlets(database, world)
    first = nam.visit(world.anh) | {"at": wire_time(MORNING)}
    second = lan.visit(world.anh) | {"at": wire_time(MORNING + timedelta(hours=3))}
    lan.exchange(second)
    assert flags_in(database) == {}
    clock.forward(minutes=5)
    nam.exchange(first)  # arrives last, was made first
    assert flags_in(database) == {"repeated": set(ids(second))}
    assert [row.first_visit_id for row in rows_in(database)] == ids(first)
    nam.exchange(nam.op("visit.withdraw", {"id": first["data"]["id"]}))
    assert flags_in(database) == {}


def test_two_who_go_together_have_a_notice(lan: Phone, nam: Phone, database: Database, world: World) -> None:
    give_lan_both_hamlets(database, world)
    first = nam.visit(world.anh) | {"at": wire_time(MORNING)}
    second = lan.visit(world.anh) | {"at": wire_time(MORNING + timedelta(minutes=4))}
    third = lan.visit(world.anh) | {"at": wire_time(MORNING + timedelta(minutes=9))}
    nam.exchange(first)
    lan.exchange(second)
    assert flags_in(database) == {"together": set(ids(second))}
    lan.exchange(third)  # her own again
    assert flags_in(database) == {"together": set(ids(second)), "repeated": set(ids(third))}
    assert_as_computed_anew(database, world)


def test_a_wrong_clock_is_a_notice(lan: Phone, database: Database, world: World) -> None:
    visit = lan.visit(world.duc) | {"at": wire_time(NOW - timedelta(hours=4))}
    lan.exchange(visit, sent_at=wire_time(NOW - timedelta(hours=3)))
    assert flags_in(database) == {"clock": set(ids(visit))}
    assert not _count_flagged(database, world)


def test_flags_of_other_rules_are_computed_anew_once_when_the_database_is_opened(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    invented = visits_at(lan, households[:20], 25)
    lan.exchange(*invented)
    _delete_flags(database)  # as the rules before found none
    bring_up_to_date(database, NOW)
    assert flags_in(database) == {"pace": set(ids(*invented))}
    _delete_flags(database)
    bring_up_to_date(database, NOW)
    assert flags_in(database) == {}
    assert len(database.read(lambda session: session.exec(select(FlagRules)).all())) == 2


def _delete_flags(database: Database) -> None:
    database.write(lambda session: session.execute(delete(VisitFlag)) and None)


def _count_flagged(database: Database, world: World) -> int:
    return database.read(
        lambda session: count_flagged(session, actor_of(session, world.commune_id, world.binh))
    )
