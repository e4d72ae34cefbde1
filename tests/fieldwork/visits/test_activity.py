"""A member's days with visits, and their place on the page of the person."""

from datetime import date, timedelta

from fastapi.testclient import TestClient

from app.commune.accounts.access import Actor
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.visits.activity import ActiveDay, active_days
from tests.conftest import NOW
from tests.phone import Phone
from tests.web.desk.desk_client import UNCLEAR, words
from tests.world import World

TODAY = date(2026, 11, 24)


def days_of(database: Database, world: World, account_id: str, supervisor: str = "") -> list[ActiveDay]:
    binh = Actor(world.commune_id, supervisor or world.binh, "", "supervisor")
    return database.read(lambda session: active_days(session, binh, account_id, TODAY))


def earlier(phone: Phone, household_id: str, **age: float) -> dict[str, object]:
    return phone.visit(household_id) | {"at": wire_time(NOW - timedelta(**age))}


def test_each_day_has_its_visits_and_households(lan: Phone, database: Database, world: World) -> None:
    lan.exchange(
        lan.visit(world.duc),
        lan.visit(world.duc),
        lan.visit(world.mai),
        earlier(lan, world.mai, days=2),
    )
    assert days_of(database, world, world.lan) == [
        ActiveDay(TODAY, 3, 2),
        ActiveDay(TODAY - timedelta(days=2), 1, 1),
    ]
    assert days_of(database, world, world.nam) == []


def test_what_does_not_count_is_on_no_day(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    returned, withdrawn = lan.visit(world.duc), lan.visit(world.mai)
    lan.exchange(returned, withdrawn)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    desk.post(f"/desk/visits/{returned['data']['id']}/return", data=UNCLEAR | {"version": "1"})
    assert days_of(database, world, world.lan) == []


def test_days_before_the_period_are_left_out(lan: Phone, database: Database, world: World) -> None:
    lan.exchange(earlier(lan, world.duc, days=29), earlier(lan, world.mai, days=30))
    assert days_of(database, world, world.lan) == [ActiveDay(TODAY - timedelta(days=29), 1, 1)]


def test_page_of_the_person_links_each_day_to_its_visits(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    page = desk.get(f"/desk/people/{world.lan}").text
    assert "24/11/2026 1 1" in words(page)
    assert f'href="/desk/visits?volunteer={world.lan}&amp;day=2026-11-24"' in page
    assert "Nguyễn Văn Đức" in desk.get(f"/desk/visits?volunteer={world.lan}&day=2026-11-24").text
    assert "Nguyễn Văn Đức" not in desk.get(f"/desk/visits?volunteer={world.lan}&day=2026-11-23").text
