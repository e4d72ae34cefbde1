"""household.add and household.amend: changes of different fields merge, conflicts lose nothing."""

from typing import Any

from sqlmodel import select

from app.core.db import Database
from app.sync.wire.models import QuarantinedOperation
from tests.phone import Phone, new_id
from tests.world import World


def test_household_is_added_as_written_but_with_its_blanks_normalized(lan: Phone, world: World) -> None:
    row = lan.exchange(_add(lan, world, head_name=" Đỗ  Thị Lệ ", alley="Ngõ 3"))["results"][0]["row"]
    assert (row["head_name"], row["alley"], row["house_no"], row["state"], row["version"]) == (
        "Đỗ Thị Lệ",
        "Ngõ 3",
        "",
        "active",
        1,
    )


def test_household_without_a_name_is_refused(lan: Phone, world: World) -> None:
    results = lan.exchange(_add(lan, world, head_name=""), _add(lan, world, head_name=" \u00a0 "))["results"]
    assert [(result["code"], result["fields"]) for result in results] == [("invalid", ["head_name"])] * 2


def test_household_cannot_be_added_to_another_teams_hamlet(lan: Phone, world: World) -> None:
    assert lan.exchange(_add(lan, world, hamlet_id=world.tay))["results"][0]["code"] == "hamlet_unknown"


def test_amended_fields_change_and_the_others_stay(lan: Phone, world: World) -> None:
    row = lan.exchange(_amend(lan, world.duc, house_no="12A"))["results"][0]["row"]
    assert (row["head_name"], row["house_no"], row["version"]) == ("Nguyễn Văn Đức", "12A", 2)


def test_two_phones_changing_different_fields_merge(lan: Phone, other: Phone, world: World) -> None:
    lan.exchange(_amend(lan, world.duc, house_no="12A"))
    row = other.exchange(_amend(other, world.duc, head_name="Nguyễn Văn Đực"))["results"][0]["row"]
    assert (row["house_no"], row["head_name"], row["version"]) == ("12A", "Nguyễn Văn Đực", 3)


def test_two_phones_changing_the_same_field_conflict_and_both_values_are_stored(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    lan.exchange(_amend(lan, world.duc, house_no="12A"))
    result = other.exchange(_amend(other, world.duc, house_no="12B"))["results"][0]
    assert (result["status"], result["code"], result["fields"]) == ("conflict", "conflict", ["house_no"])
    assert result["row"]["house_no"] == _row(lan, world.duc)["house_no"] == "12A"
    conflict = database.read(lambda session: session.exec(select(QuarantinedOperation)).one())
    assert "12B" in conflict.payload


def test_two_phones_writing_the_same_value_agree(lan: Phone, other: Phone, world: World) -> None:
    lan.exchange(_amend(lan, world.duc, house_no="12A"))
    assert other.statuses(_amend(other, world.duc, house_no="12A")) == ["applied"]


def test_own_edits_do_not_conflict(lan: Phone, world: World) -> None:
    first, second = _amend(lan, world.duc, house_no="12A"), _amend(lan, world.duc, house_no="12B")
    assert lan.statuses(first, second) == ["applied", "applied"]
    assert _row(lan, world.duc)["house_no"] == "12B"


def test_older_edit_that_arrives_late_does_not_replace_the_newer_one(lan: Phone, world: World) -> None:
    older, newer = _amend(lan, world.duc, house_no="12A"), _amend(lan, world.duc, house_no="12B")
    lan.exchange(newer)
    assert lan.statuses(older) == ["applied"]
    assert _row(lan, world.duc)["house_no"] == "12B"


def test_unknown_and_foreign_households_get_the_same_answer(lan: Phone, world: World) -> None:
    foreign, unknown = lan.exchange(
        _amend(lan, world.anh, state="moved"), _amend(lan, new_id(), state="moved")
    )["results"]
    assert foreign == unknown | {"op_id": foreign["op_id"]}


def test_unknown_keys_are_refused_not_dropped(lan: Phone, world: World) -> None:
    result = lan.exchange(_add(lan, world, identity_card="012345678901"))["results"][0]
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid", [])


def _add(by: Phone, world: World, **data: Any) -> dict[str, Any]:
    return by.op(
        "household.add", {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"} | data
    )


def _amend(phone: Phone, household_id: str, base_version: int = 1, **fields: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household_id, "base_version": base_version} | fields)


def _row(phone: Phone, household_id: str) -> dict[str, Any]:
    phone.state = {}
    rows = phone.exchange()["changes"]["household"]
    return next(row for row in rows if row["id"] == household_id)
