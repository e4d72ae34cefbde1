"""The list's pages: every visit on one of them, whatever comes meanwhile, and a count that ends somewhere."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.visits import listing
from tests.conftest import FakeClock
from tests.sync.phone import Phone
from tests.web.pressing import rows, way, words
from tests.world import World, add_homes


@pytest.mark.parametrize("side", ["before", "after"])
def test_any_place_is_a_place_in_the_list(desk: TestClient, lan: Phone, world: World, side: str) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    for place in ("", "0", "x", "9" * 70, "%00", "٣", "%ED%A0%80", visit["data"]["id"]):
        assert len(rows(desk, f"/desk/visits?{side}={place}")) == 1, place


def test_a_page_has_so_many_visits_and_the_filters_stay(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    homes = add_homes(database, world, listing.PAGE_SIZE + 1)
    for some in (homes[:200], homes[200:]):
        lan.exchange(*[lan.visit(home) for home in some])
    top = f"/desk/visits?hamlet={world.dong}"
    assert len(rows(desk, top)) == 250
    assert "hamlet" in way(desk, top, "next")
    assert len(rows(desk, way(desk, top, "next"))) == 1


def test_every_visit_is_on_one_page_down_and_up(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 5)
    homes = add_homes(database, world, 17)  # of one exchange: only the ids tell their order
    lan.exchange(*[lan.visit(home) for home in homes])
    down: list[list[str]] = []
    address = "/desk/visits?state=received"
    while address and len(down) < 9:
        down.append(rows(desk, address))
        last, address = address, way(desk, address, "next")
    assert [len(rows) for rows in down] == [5, 5, 5, 2]
    assert len({row for rows in down for row in rows}) == 17
    up, address = [down[-1]], way(desk, last, "prev")
    while address and len(up) < 9:
        up.append(rows(desk, address))
        address = way(desk, address, "prev")
    assert up[::-1] == down


def test_what_comes_meanwhile_moves_no_page(
    desk: TestClient,
    lan: Phone,
    database: Database,
    world: World,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 3)
    lan.exchange(*[lan.visit(home) for home in add_homes(database, world, 6)])
    below = way(desk, "/desk/visits", "next")
    second = rows(desk, below)
    clock.forward(minutes=1)
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    assert rows(desk, below) == second
    above = way(desk, below, "prev")
    assert len(rows(desk, above)) == 3
    assert way(desk, above, "prev") != ""
    assert "Đức" in " ".join(rows(desk, way(desk, above, "prev")))


def test_a_visit_that_left_the_filter_still_marks_its_place(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 3)
    lan.exchange(*[lan.visit(home) for home in add_homes(database, world, 6)])
    below = way(desk, "/desk/visits?state=received", "next")
    second = rows(desk, below)
    (last,) = re.findall(r"before=([^&]+)", below)
    desk.post(f"/desk/visits/{last}/accept", data={"version": "1"})
    assert rows(desk, below) == second


def test_counting_ends_somewhere_and_says_so(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED_TO", 4)
    homes = add_homes(database, world, 5)
    lan.exchange(*[lan.visit(home) for home in homes[:4]])
    assert "4 lượt thăm mọi ngày" in words(desk.get("/desk/visits").text)
    lan.exchange(lan.visit(homes[4]))
    assert "Hơn 4 lượt thăm mọi ngày" in words(desk.get("/desk/visits").text)
