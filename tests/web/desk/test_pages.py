"""The list's pages: each visit is on one, new visits do not shift them, and the count has a limit."""

import random
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.review.visit_list import flag_queries, listing, pages
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import pager_link, rows, words
from tests.world import World, add_households


@pytest.mark.both_databases
@pytest.mark.parametrize("side", ["before", "after"])
def test_any_value_is_accepted_as_a_position_in_the_list(
    desk: TestClient, lan: Phone, world: World, side: str
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    for place in ("", "0", "x", "9" * 70, "%00", "٣", "%ED%A0%80", visit["data"]["id"]):
        assert len(rows(desk, f"/desk/visits?{side}={place}")) == 1, place


@pytest.mark.slow
@pytest.mark.both_databases
def test_page_has_a_limited_number_of_visits_and_the_filters_stay(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    households = add_households(database, world, pages.PAGE_SIZE + 1)
    for some in (households[:200], households[200:]):
        lan.exchange(*[lan.visit(household) for household in some])
    top = f"/desk/visits?hamlet={world.dong}"
    assert len(rows(desk, f"{top}&rows=all")) == 250
    assert "hamlet" in pager_link(desk, top, "next")
    assert len(rows(desk, pager_link(desk, top, "next"))) == 1


@pytest.mark.slow
@pytest.mark.both_databases
def test_every_visit_is_on_one_page_down_and_up(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 5)
    households = add_households(database, world, 17)  # of one exchange: only the ids tell their order
    lan.exchange(*[lan.visit(household) for household in households])
    down: list[list[str]] = []
    address = "/desk/visits?state=received"
    while address and len(down) < 9:
        down.append(rows(desk, address))
        last, address = address, pager_link(desk, address, "next")
    assert [len(rows) for rows in down] == [5, 5, 5, 2]
    assert len({row for rows in down for row in rows}) == 17
    up, address = [down[-1]], pager_link(desk, last, "prev")
    while address and len(up) < 9:
        up.append(rows(desk, address))
        address = pager_link(desk, address, "prev")
    assert up[::-1] == down


def test_new_visits_do_not_shift_the_pages(
    desk: TestClient,
    lan: Phone,
    database: Database,
    world: World,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 3)
    lan.exchange(*[lan.visit(household) for household in add_households(database, world, 6)])
    evaluate_all(database)
    below = pager_link(desk, "/desk/visits", "next")
    second = rows(desk, below)
    clock.forward(minutes=1)
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    assert rows(desk, below) == second
    above = pager_link(desk, below, "prev")
    assert len(rows(desk, above)) == 3
    assert pager_link(desk, above, "prev") != ""
    assert "Đức" in " ".join(rows(desk, pager_link(desk, above, "prev")))


def test_a_visit_that_left_the_filter_still_marks_its_place(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 3)
    lan.exchange(*[lan.visit(household) for household in add_households(database, world, 6)])
    evaluate_all(database)
    below = pager_link(desk, "/desk/visits?state=received", "next")
    second = rows(desk, below)
    (last,) = re.findall(r"before=([^&]+)", below)
    desk.post(f"/desk/visits/{last}/accept", data={"version": "1"})
    assert rows(desk, below) == second


@pytest.mark.slow
@pytest.mark.both_databases
@cases("state, seed", [("", 1), ("", 2), ("received", 3)])
def test_first_page_of_a_household_has_what_was_received_last_however_late(
    desk: TestClient,
    lan: Phone,
    world: World,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    seed: int,
) -> None:
    for module in (pages, listing):
        monkeypatch.setattr(module, "PAGE_SIZE", 4)
    numbers = random.Random(seed)
    sent = []
    for number in range(20):
        clock.forward(hours=numbers.randint(1, 40))
        lan.now = clock()
        days = 59 if number == 18 else numbers.choice((0, 0, 1, 20, 59))
        visit = lan.visit(world.duc) | {"at": wire_time(clock() - timedelta(days=days))}
        lan.exchange(visit, lan.visit(world.mai))
        sent.append(visit["data"]["id"])
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    address = desk.post("/desk/visits", data={"q": "đức", "state": state}).headers["location"]
    first = desk.get(address).text
    assert re.findall(r'<tr role="row" id="row-([^"]+)"', first) == sent[:-5:-1]
    second = desk.get(pager_link(desk, address, "next")).text
    assert re.findall(r'<tr role="row" id="row-([^"]+)"', second) == sent[-5:-9:-1]


@pytest.mark.slow
@pytest.mark.both_databases
def test_every_page_counts_all_visits_of_the_filter(
    desk: TestClient,
    lan: Phone,
    database: Database,
    world: World,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also the first one, which begins after newer visits that the filter leaves out."""
    accepted = [lan.visit(household) for household in add_households(database, world, 8)]
    lan.exchange(*accepted[:4])
    clock.forward(minutes=1)
    lan.exchange(*accepted[4:], lan.visit(world.duc))
    evaluate_all(database)
    for visit in accepted:
        desk.post(f"/desk/visits/{visit['data']['id']}/accept", data={"version": "1"})
    clock.forward(minutes=1)
    lan.exchange(lan.visit(world.mai), lan.visit(world.duc))
    evaluate_all(database)
    for size in (2, 8, 20):
        monkeypatch.setattr(pages, "PAGE_SIZE", size)
        for query, count in (("state=accepted", 8), ("state=received", 3), ("", 11), ("sort=oldest", 11)):
            address = f"/desk/visits?{query}"
            while address:
                assert re.search(rf" {count} lượt thăm[ ,]", words(desk.get(address).text)), (size, address)
                address = pager_link(desk, address, "next")


@pytest.mark.both_databases
def test_one_letter_may_find_more_households_than_a_statement_has_parameters(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    actor = Actor(world.commune_id, "binh", "Bình", "supervisor")
    many = (world.duc, *map(str, range(70_000)))

    def read(session: Session) -> tuple[int, int, int]:
        filters = listing.Filters(household_ids=many)
        found = listing.list_visits(session, actor, filters, pages.PagePosition())
        flagged = flag_queries.count_flagged_visits(session, actor, filters)
        return len(found.visits), found.selectable, flagged

    evaluate_all(database)
    assert database.read(read) == (1, 1, 0)


def test_count_ends_at_a_limit_and_is_then_shown_as_more_than_that(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED_TO", 4)
    households = add_households(database, world, 5)
    lan.exchange(*[lan.visit(household) for household in households[:4]])
    assert "4 lượt thăm, mới nhận trước mọi ngày" in words(desk.get("/desk/visits").text)
    lan.exchange(lan.visit(households[4]))
    assert "Hơn 4 lượt thăm, mới nhận trước mọi ngày" in words(desk.get("/desk/visits").text)
