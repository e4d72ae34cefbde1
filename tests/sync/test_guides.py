"""Guides on the wire: after the list, by a cursor of their own."""

import pytest

from app.commune.guides.library import add_guides, library
from app.core.db import Database
from tests.phone import Phone
from tests.world import World


@pytest.fixture(autouse=True)
def _guides(database: Database, world: World) -> None:
    database.write(lambda session: add_guides(session, world.commune_id))


def test_first_download_has_no_guides(lan: Phone) -> None:
    assert lan.exchange()["changes"]["guide"] == []


def test_phone_that_asks_gets_all_and_then_what_changed(lan: Phone) -> None:
    lan.exchange()
    rows = lan.exchange(guide_cursor=0)["changes"]["guide"]
    assert {row["id"] for row in rows} == library().keys()
    guide = next(row for row in rows if row["id"] == "vssid")
    assert (guide["pillar"], guide["services"], guide["is_own"]) == ("more", ["vssid"], False)
    assert "<h2>Các bước</h2>" in guide["html"]
    newest = max(row["feed_seq"] for row in rows)
    assert [row["feed_seq"] for row in lan.exchange(guide_cursor=newest - 1)["changes"]["guide"]] == [newest]
    assert lan.exchange(guide_cursor=newest)["changes"]["guide"] == []


def test_phone_of_an_earlier_epoch_gets_none_until_it_knows_the_new_one(lan: Phone) -> None:
    lan.exchange()
    assert lan.exchange(guide_cursor=0, epoch="another")["changes"]["guide"] == []


def test_commune_next_door_has_none_of_them(nam: Phone, database: Database, world: World) -> None:
    nam.exchange()
    codes = [row["feed_seq"] for row in nam.exchange(guide_cursor=0)["changes"]["guide"]]
    assert len(codes) == len(library())
    database.write(lambda session: add_guides(session, world.neighbour_id))
    assert nam.exchange(guide_cursor=max(codes))["changes"]["guide"] == []
