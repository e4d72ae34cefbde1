"""A telephone number is stored only with the household's own act, and never comes back after a withdrawal."""

import random
from datetime import timedelta
from typing import Any

import pytest

from app.core.db import Database
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import HouseholdVersion
from app.sync.applying.operations import HANDLERS
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from tests.consents import NUMBER, agreed
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import all_rows, find_household
from tests.world import World

HISTORIES = 40


def test_number_is_stored_with_who_asked_when_how_and_which_text(
    lan: Phone, world: World, database: Database
) -> None:
    slip = agreed(lan, "0912 345 678", before=timedelta(hours=2), way="slip", wording_version=3)
    (result,) = lan.exchange(_add(lan, world, **slip))["results"]
    assert "code" not in result
    household = find_household(database, world, result["row"]["id"])
    assert household.phone == "+84912345678"
    (act,) = all_rows(database, HouseholdConsent)
    assert (act.kind, act.wording_version, act.entered_by) == ("slip", 3, lan.account_id)
    assert (act.device_id, act.happened_at) == (lan.device_id, lan.now - timedelta(hours=2))
    assert "phone" not in all_rows(database, HouseholdVersion)[0].fields


@pytest.mark.both_databases
def test_number_without_consent_is_left_out_said_and_nowhere_stored(
    lan: Phone, world: World, database: Database
) -> None:
    """An older release ticks a box, a file or another program may send anything."""
    tick = {"phone": NUMBER, "phone_consent": True}
    operations = [
        _add(lan, world, **tick) | {"v": 1},
        _add(lan, world, phone=NUMBER),
        _add(lan, world, phone=NUMBER, consent={"way": "shouted"}),
        _add(lan, world, phone=NUMBER, consent=agreed(lan, wording_version=0)["consent"]),
        _amend(lan, world.duc, house_no="12A", **tick) | {"v": 1},
        _amend(lan, new_id(), house_no="12A", **tick) | {"v": 1},
        _add(lan, world, head_name="", **tick) | {"v": 1},
    ]
    results = lan.exchange(*operations)["results"]
    assert [one["status"] for one in results] == ["applied"] * 5 + ["quarantined", "rejected"]
    assert {(one["code"], *one["fields"]) for one in results[:5]} == {("phone_without_consent", "phone")}
    assert results[4]["row"]["house_no"] == "12A"
    again = lan.exchange(*operations)["results"]
    assert [one["code"] for one in again[:5]] == ["phone_without_consent"] * 5
    assert [one["status"] for one in again] == ["duplicate"] * 5 + ["quarantined", "rejected"]
    assert {find_household(database, world, one["row"]["id"]).phone for one in results[:5]} == {None}
    stored = all_rows(database, QuarantinedOperation), all_rows(database, RefusedOperation)
    assert NUMBER[1:] not in repr((*stored, all_rows(database, HouseholdVersion)))


def test_what_a_newer_release_says_of_consent_waits_as_it_was_sent(
    lan: Phone, world: World, database: Database
) -> None:
    newer = _add(lan, world, phone=NUMBER, consent={"witness": "Bình"}) | {"v": 3}
    assert lan.statuses(newer) == ["quarantined"]
    assert NUMBER in all_rows(database, QuarantinedOperation)[0].payload


def test_nonsense_is_no_number(lan: Phone, world: World) -> None:
    (result,) = lan.exchange(_add(lan, world, **agreed(lan, "không có")))["results"]
    assert (result["status"], result["code"]) == ("rejected", "phone_invalid")


def test_withdrawal_takes_the_number_away_and_stays_as_an_act(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(_amend(lan, world.duc, **agreed(lan)))
    assert find_household(database, world, world.duc).phone == "+84912345678"
    assert lan.statuses(_amend(lan, world.duc, phone="")) == ["applied"]
    assert find_household(database, world, world.duc).phone is None
    assert {act.kind for act in all_rows(database, HouseholdConsent)} == {"device", "withdrawn"}


def test_consent_from_before_a_withdrawal_brings_no_number_back_however_late_it_comes(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    """`other` asked, and has no signal; Lan's phone brings the withdrawal first. 100 days are more than any
    clock correction of visits allows."""
    lan.now += timedelta(days=100)
    withdrawal = _amend(lan, world.duc, phone="")
    asked = _amend(other, world.duc, **agreed(other))
    assert lan.statuses(withdrawal) == ["applied"]
    other.now = lan.now + timedelta(minutes=1)
    (late,) = other.exchange(asked)["results"]
    assert (late["status"], late["code"], late["fields"]) == ("applied", "consent_withdrawn", ["phone"])
    assert find_household(database, world, world.duc).phone is None
    lan.now = other.now
    assert lan.statuses(_amend(lan, world.duc, **agreed(lan, "0987654321"))) == ["applied"]
    assert find_household(database, world, world.duc).phone == "+84987654321", "the household agreed again"


def test_appointment_made_elsewhere_meanwhile_brings_no_withdrawn_number_back(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    """The other phone knew of the number when it agreed on another day, and sends that afterwards."""
    promised = {"result": "come_back", "services": [], "follow_up_on": "2026-12-20"}
    lan.exchange(_amend(lan, world.duc, **agreed(lan)), lan.visit(world.duc, **promised))
    edited = _amend(other, world.duc, alley="Ngõ 9")
    visited = other.visit(world.duc, **promised | {"follow_up_on": "2026-12-24"})
    assert lan.statuses(_amend(lan, world.duc, phone="")) == ["applied"]
    assert other.statuses(edited, visited) == ["applied", "applied"]
    assert find_household(database, world, world.duc).phone is None
    other.state = {}
    rows = other.exchange()["changes"]["household"]
    assert [row["phone"] for row in rows if row["id"] == world.duc] == [None]


def test_newer_consent_of_two_phones_wins_without_a_conflict(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    newer = _amend(lan, world.duc, house_no="12A", **agreed(lan, "0987654321"))
    older = _amend(other, world.duc, alley="Ngõ 9", **agreed(other, before=timedelta(hours=1)))
    assert lan.statuses(newer) + other.statuses(older) == ["applied", "applied"]
    household = find_household(database, world, world.duc)
    assert (household.phone, household.house_no, household.alley) == ("+84987654321", "12A", "Ngõ 9")


def test_phone_whose_clock_was_set_back_cannot_undo_its_own_withdrawal(
    lan: Phone, world: World, database: Database
) -> None:
    asked = _amend(lan, world.duc, **agreed(lan))
    lan.now -= timedelta(days=1)
    withdrawn = _amend(lan, world.duc, phone="")
    assert lan.statuses(asked, withdrawn) == ["applied", "applied"]
    assert find_household(database, world, world.duc).phone is None


def test_last_act_of_a_household_decides_in_whatever_order_they_arrive(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    """Two phones add a household, ask and withdraw; operations are sent late, twice, and out of order:
    some wait for their household."""
    dice, start = random.Random(31), lan.now
    for _ in range(HISTORIES):
        lan.now = start
        added = _add(lan, world)
        household_id, waiting, last = added["data"]["id"], [(lan, added)], ""
        for hours in range(1, dice.randrange(3, 8)):
            phone = dice.choice((lan, other))
            phone.now = start + timedelta(hours=hours)
            last = dice.choice(("", "", "0912345678", "0987654321"))
            fields = agreed(phone, last) if last else {"phone": ""}
            waiting.append((phone, _amend(phone, household_id, **fields)))
        sent = [*waiting, *dice.sample(waiting, dice.randrange(len(waiting)))]
        dice.shuffle(sent)
        lan.now = other.now = start + timedelta(days=1)
        for phone, operation in sent:
            phone.exchange(operation)
        assert find_household(database, world, household_id).phone == (f"+84{last[1:]}" if last else None)
    assert {one.state for one in all_rows(database, QuarantinedOperation)} == {"applied"}
    assert {one.status for one in all_rows(database, LedgerEntry)} == {"applied"}


def _add(by: Phone, world: World, **data: Any) -> dict[str, Any]:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    return by.op("household.add", household | data)


def _amend(by: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return by.op("household.amend", {"id": household_id, "base_version": 1} | fields)


@pytest.mark.parametrize("type", ["household.add", "household.amend"])
def test_number_without_a_consent_is_left_out_in_every_version_that_is_known(
    type: str, lan: Phone, world: World, database: Database
) -> None:
    """By the version of today's phones, too: the rest is applied, and the number is stored nowhere."""
    for v in range(1, HANDLERS[type].v + 1):
        data = {"phone": NUMBER, "alley": f"Ngõ {v}"}
        named = {"id": world.duc, "base_version": v}
        if type == "household.add":
            named = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
        (result,) = lan.exchange(lan.op(type, data | named, v=v))["results"]
        assert (result["status"], result["code"]) == ("applied", "phone_without_consent")
        assert result["row"]["alley"] == f"Ngõ {v}"
    (newer,) = lan.exchange(lan.op(type, data | named, v=HANDLERS[type].v + 1))["results"]
    assert newer["code"] == "newer"
    assert not any(NUMBER in str(row.payload) for row in all_rows(database, RefusedOperation))
