"""What phones hear of an erased household, and what becomes of what they still send for it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.export.importer import import_file
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import all_rows
from tests.sync.export.export_file import make_export_file, make_unsigned_file
from tests.upkeep.erasure.remains import NOTE, erase, found_in_tables, household_everywhere
from tests.world import World

FORGOTTEN = {"status": "duplicate", "code": "erased"}


def outcomes(phone: Phone, *ops: dict[str, Any]) -> list[dict[str, Any]]:
    """The results without their ids."""
    return [
        {name: value for name, value in result.items() if name != "op_id"}
        for result in phone.exchange(*ops)["results"]
    ]


def test_phones_of_the_hamlet_delete_it_and_all_of_the_commune_are_told(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc, follow_up_on="2026-12-20")
    lan.exchange(visit)
    nam.exchange()
    erase(database, world, world.duc, clock())
    changes = lan.exchange()["changes"]
    assert {(row["kind"], row["id"], row["hamlet_id"]) for row in changes["tombstone"]} == {
        ("household", world.duc, world.dong),
        ("household", world.duc, ""),
        ("visit", visit["data"]["id"], world.dong),
    }
    assert not changes["household"]
    assert not changes["visit"]
    heard = nam.exchange()["changes"]
    assert [(row["id"], row["moved_to"]) for row in heard["tombstone"]] == [(world.duc, "erased")]


def test_phone_with_a_new_list_gets_nothing_of_it(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    erase(database, world, world.duc, clock())
    changes = lan.exchange(cursor=None)["changes"]
    assert world.duc not in {row["id"] for row in changes["household"]}
    assert {row["household_id"] for row in changes["visit"]} == {world.mai}


def test_whatever_a_phone_still_sends_is_a_duplicate_and_nothing_of_it_is_stored(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household_id = household_everywhere(lan, nam, world, database, clock())
    visit = lan.visit(household_id, note=NOTE)
    lan.exchange(visit)
    erase(database, world, household_id, clock())
    before = {model: len(all_rows(database, model)) for model in (Visit, QuarantinedOperation)}
    late = [
        lan.visit(household_id, note=NOTE),
        lan.visit(household_id, note=NOTE, services=[]),
        lan.amend(visit, note=NOTE),
        lan.op("household.amend", {"id": household_id, "base_version": 2, "head_name": "Quàng Văn Xuyến"}),
        lan.op("visit.photograph", {"id": new_id(), "household_id": household_id, "note": NOTE}),
        visit | {"data": visit["data"] | {"note": f"{NOTE} nữa"}},
    ]
    assert outcomes(lan, *late) == [FORGOTTEN] * len(late)
    assert outcomes(lan, *late[:-1], visit) == [FORGOTTEN] * len(late)
    assert outcomes(nam, nam.visit(household_id, note=NOTE)) == [FORGOTTEN]
    assert found_in_tables(database) == set()
    assert {model: len(all_rows(database, model)) for model in (Visit, QuarantinedOperation)} == before
    assert {row.payload for row in all_rows(database, RefusedOperation)} == {""}
    assert [result.problems for result in check(database) if result.problems] == []
    assert not lan.held


def test_operation_that_would_make_it_anew_is_a_duplicate(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household_id = new_id()
    added = lan.op("household.add", {"id": household_id, "hamlet_id": world.dong, "head_name": "Lò Thị Ban"})
    assert lan.statuses(added) == ["applied"]
    erase(database, world, household_id, clock())
    assert outcomes(lan, added) == [FORGOTTEN]
    again = lan.op("household.add", added["data"])
    assert outcomes(lan, again, lan.visit(world.mai))[0] == FORGOTTEN


def test_numbers_of_what_was_forgotten_are_not_lost(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    erase(database, world, world.duc, clock())
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    lan.exchange()
    entries = {row.seq: row.payload_hash == "" for row in all_rows(database, LedgerEntry)}
    assert entries == {1: True, 2: False}


def test_author_who_recorded_at_the_wrong_household_moves_the_visit_to_another(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    erase(database, world, world.duc, clock())
    moved = lan.amend(visit, household_id=world.mai, note="Ở nhà bà Mai")
    (result,) = lan.exchange(moved)["results"]
    assert (result["status"], result["row"]["note"]) == ("applied", "Ở nhà bà Mai")


@pytest.mark.parametrize("make_file", [make_export_file, make_unsigned_file])
def test_file_that_somebody_carries_brings_nothing_back(
    make_file: Callable[..., bytes], lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    file = make_file(lan, lan.visit(world.duc, note=NOTE), lan.visit(world.mai, note="Ở nhà"))
    erase(database, world, world.duc, clock())
    import_file(database, file, clock(), world.commune_id)
    assert found_in_tables(database) == set()
    assert world.duc not in {row.household_id for row in all_rows(database, Visit)}
    entries = [row for row in all_rows(database, LedgerEntry) if row.payload_hash == ""]
    assert len(entries) == 1
