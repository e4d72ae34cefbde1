"""What a household has said of itself: it is written as its other fields are, and unknown until then."""

from typing import Any

import pytest

from app.core.db import Database
from app.fieldwork.households.models import HOUSEHOLD_FACTS
from app.reports.extras.choice import choose_extras
from tests.cases import cases
from tests.conftest import NOW
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.review.deduplication.merges import find_household, merge_households
from tests.world import World


def _say(phone: Phone, household: str, base_version: int = 1, **facts: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household, "base_version": base_version, **facts})


def _row(phone: Phone, household: str) -> dict[str, Any]:
    rows = phone.exchange(scope="anew")["changes"]["household"]
    return next(row for row in rows if row["id"] == household)


def _facts(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in HOUSEHOLD_FACTS if name in row}


@pytest.mark.both_databases
def test_fact_is_unknown_until_it_is_said_and_then_on_every_phone_of_the_hamlet(
    lan: Phone, other: Phone, world: World
) -> None:
    assert _facts(_row(lan, world.duc)) == {}
    said = _say(lan, world.duc, smart_device="no")
    assert _facts(lan.exchange(said)["results"][0]["row"]) == {"smart_device": "no"}
    assert lan.statuses(said) == ["duplicate"]
    assert _facts(_row(other, world.duc)) == {"smart_device": "no"}
    lan.exchange(_say(lan, world.duc, 2, smart_device="yes", business="no"))
    row = _row(other, world.duc)
    assert (_facts(row), row["head_name"], row["version"]) == (
        {"smart_device": "yes", "business": "no"},
        "Nguyễn Văn Đức",
        3,
    )


@cases(
    "facts, fields",
    [
        ({"smart_device": "maybe"}, ["smart_device"]),
        ({"smart_device": True}, ["smart_device"]),
        ({"smart_device": ""}, ["smart_device"]),
        ({"business": None}, ["business"]),
        ({"smart_device": "yes", "business": "shop"}, ["business"]),
    ],
)
def test_value_that_there_is_not_is_refused_and_named(
    lan: Phone, world: World, database: Database, facts: dict[str, Any], fields: list[str]
) -> None:
    (result,) = lan.exchange(_say(lan, world.duc, **facts))["results"]
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid", fields)
    duc = find_household(database, world, world.duc)
    assert (duc.smart_device, duc.business, duc.version) == (None, None, 1)


def test_phone_of_before_changes_other_fields_and_the_facts_stay(lan: Phone, world: World) -> None:
    lan.exchange(_say(lan, world.duc, smart_device="no"))
    old = _say(lan, world.duc, 2, house_no="12A") | {"v": 2}
    row = lan.exchange(old)["results"][0]["row"]
    assert (row["house_no"], _facts(row)) == ("12A", {"smart_device": "no"})


def test_same_answers_of_two_phones_agree_and_different_ones_are_the_supervisors(
    lan: Phone, other: Phone, world: World
) -> None:
    lan.exchange(_say(lan, world.duc, smart_device="no"))
    assert other.statuses(_say(other, world.duc, smart_device="no")) == ["applied"]
    lan.exchange(_say(lan, world.mai, business="yes"))
    (result,) = other.exchange(_say(other, world.mai, business="no"))["results"]
    assert (result["status"], result["fields"]) == ("conflict", ["business"])
    assert _facts(_row(lan, world.mai)) == {"business": "yes"}


def test_newer_answer_of_a_phone_stays_whatever_arrives_first(lan: Phone, world: World) -> None:
    older, newer = _say(lan, world.duc, smart_device="no"), _say(lan, world.duc, smart_device="yes")
    lan.exchange(newer)
    lan.exchange(older)
    assert _facts(_row(lan, world.duc)) == {"smart_device": "yes"}


def test_merge_gives_the_survivor_what_it_has_not_said_itself(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(_say(lan, world.mai, smart_device="no", business="yes"))
    lan.exchange(_say(lan, world.duc, business="no"))
    merge_households(database, world, world.mai, world.duc, {world.mai: 2, world.duc: 2})
    assert _facts(_row(lan, world.duc)) == {"smart_device": "no", "business": "no"}


def test_phones_ask_only_what_the_commune_wants(lan: Phone, world: World, database: Database) -> None:
    def choose(seen: int, *wanted: str) -> None:
        database.write(lambda session: choose_extras(session, binh(session, world), wanted, seen, NOW))

    assert "questions" not in lan.exchange()
    choose(0, "adults", "rates")
    assert "questions" not in lan.exchange()
    choose(1, "business", "adults", "smart_device")
    assert lan.exchange()["questions"] == ["smart_device", "business"]
    choose(2, "adults", "business")
    assert lan.exchange()["questions"] == ["business"]
