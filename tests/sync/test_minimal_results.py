"""Minimal results: a phone that asks for them stores the rows that it would have got whole."""

import random
import unicodedata
from typing import Any

import pytest

from app.core.db import Database
from app.sync.wire.minimal_rows import recorded_row
from tests.phone import Phone
from tests.review.deduplication.merges import merge_households
from tests.world import World

MINIMAL = {"hamlet_id", "received_at", "counted_on", "feed_seq"}
Data = dict[str, Any]


def test_visit_that_is_stored_as_it_was_sent_comes_back_without_what_the_phone_has(
    lan: Phone, world: World
) -> None:
    sent = lan.visit(world.duc, needs=["vneid_activate"], follow_up_on="2026-11-30")
    (result,) = lan.exchange(sent, minimal_results=True)["results"]
    assert set(result) == {"op_id", "status", "kind", "version", "minimal_row"}
    assert set(result["minimal_row"]) == MINIMAL
    assert recorded_row(sent, result["minimal_row"], lan.account_id) == _rows(lan)[sent["data"]["id"]]


def test_phone_that_does_not_ask_gets_the_whole_row(lan: Phone, world: World) -> None:
    (result,) = lan.exchange(lan.visit(world.duc), omit_result_rows=True)["results"]
    assert "minimal_row" not in result
    assert result["row"]["household_id"] == world.duc


def test_repeat_and_amendment_are_answered_with_the_whole_row(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    amended = lan.amend(visit, note="Sửa")
    results = lan.exchange(visit, amended, minimal_results=True)["results"]
    assert [result["row"]["version"] for result in results] == [2, 2]
    (again,) = lan.exchange(visit, minimal_results=True)["results"]
    assert (again["status"], again["row"]["note"]) == ("duplicate", "Sửa")


@pytest.mark.parametrize(
    "content",
    [
        {"note": unicodedata.normalize("NFD", "Đã cài xong")},
        {"services": [{"code": "vneid_install", "outcome": "did_it"}]},
    ],
)
def test_visit_that_is_stored_otherwise_than_sent_comes_back_whole(
    lan: Phone, world: World, content: Data
) -> None:
    """A note whose accents are characters of their own; a service without its number of people."""
    sent = lan.visit(world.duc, **content)
    (result,) = lan.exchange(sent, minimal_results=True)["results"]
    assert result["status"] == "applied"
    assert result["row"] == _rows(lan)[sent["data"]["id"]]


def test_visit_at_a_merged_household_comes_back_whole(lan: Phone, world: World, database: Database) -> None:
    lan.exchange()
    merge_households(database, world, world.mai, world.duc)
    (result,) = lan.exchange(lan.visit(world.mai), minimal_results=True)["results"]
    assert result["row"]["household_id"] == world.duc


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_made_of_operations_and_minimal_results_are_the_servers_own(
    lan: Phone, world: World, seed: int
) -> None:
    dice = random.Random(seed)
    lan.exchange()
    rows: dict[str, Data] = {}
    for _ in range(10):
        sent = [_any_visit(dice, lan, world) for _ in range(dice.randint(1, 12))]
        answer = lan.exchange(*sent, minimal_results=True, omit_result_rows=True)
        rows |= {row["id"]: row for row in answer["changes"]["visit"]}
        for op, result in zip(sent, answer["results"], strict=True):
            minimal = result.get("minimal_row")
            row: Any = recorded_row(op, minimal, lan.account_id) if minimal else result["row"]
            rows[row["id"]] = row
        assert rows == _rows(lan)


def _any_visit(dice: random.Random, phone: Phone, world: World) -> Data:
    """A visit with some of what may be left out."""
    is_absence = dice.random() < 0.4
    content: Data = {"result": "not_home", "services": []} if is_absence else {"needs": ["vneid_activate"]}
    content |= {"follow_up_on": "2026-11-30", "quick": True, "note": dice.choice(["", "À"])}
    operation = phone.visit(dice.choice((world.duc, world.mai)), **content)
    optional = ["note", "follow_up_on", "needs", "quick", "services" if is_absence else "note"]
    for name in dice.sample(optional, dice.randint(0, 3)):
        operation["data"].pop(name, None)
    return operation


def _rows(phone: Phone) -> dict[str, Data]:
    """The visits that a new download brings."""
    state, phone.state = phone.state, {}
    rows = {row["id"]: row for row in phone.exchange()["changes"]["visit"]}
    phone.state = state
    return rows
