"""The same household under another id: what was written before its erasure is not stored, and on what was
written since a supervisor decides."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts import devices
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.export.importer import import_file
from app.sync.quarantine import decisions
from app.sync.quarantine.bulk import accept_all
from app.sync.quarantine.retry import retry_all
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.core.test_commit import refusing
from tests.fieldwork.households.hamlet_merges import merge
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import actor_of, all_rows
from tests.sync.export.export_file import make_export_file, make_unsigned_file
from tests.sync.test_erased import FORGOTTEN, outcomes
from tests.upkeep.erasure.remains import ALLEY, NAME, NOTE, erase, found_in_tables, household_everywhere
from tests.world import World

Op = dict[str, Any]


@pytest.fixture
def household_id(lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock) -> str:
    return household_everywhere(lan, nam, world, database, clock())


def added(by: Phone, world: World, **changes: Any) -> Op:
    data = {"id": new_id(), "hamlet_id": world.dong, "head_name": NAME, "house_no": "77k", "alley": ALLEY}
    return by.op("household.add", data | changes)


def erase_later(
    database: Database, world: World, household_id: str, clock: FakeClock, *phones: Phone
) -> None:
    """Erase it an hour after all that was written so far; afterwards it is an hour later again."""
    clock.forward(hours=1)
    erase(database, world, household_id, clock())
    clock.forward(hours=1)
    for phone in phones:
        phone.now = clock()


def waiting(database: Database) -> list[tuple[str, str]]:
    return sorted(
        (row.reason, row.record_id) for row in all_rows(database, QuarantinedOperation) if row.state == "open"
    )


def accept(database: Database, world: World, clock: FakeClock, operation: Op) -> None:
    def work(session: Session) -> None:
        wanted = select(QuarantinedOperation).where(QuarantinedOperation.op_id == operation["op_id"])
        row = session.exec(wanted).one()
        binh = actor_of(session, world.commune_id, world.binh)
        decisions.accept(session, binh, row.op_id, row.payload_hash, clock())

    database.write(work)


def problems(database: Database) -> list[Any]:
    return [result.problems for result in check(database) if result.problems]


def test_what_was_written_before_is_answered_erased_and_nothing_of_it_is_stored(
    lan: Phone, world: World, database: Database, clock: FakeClock, household_id: str, desk: TestClient
) -> None:
    add = added(lan, world)
    same = add["data"]["id"]
    visit = lan.visit(same, note=NOTE)
    late = [add, visit, lan.amend(visit, note=NOTE), lan.visit(same, note=NOTE, services=[])]
    erase_later(database, world, household_id, clock, lan)
    assert outcomes(lan, *late) == [FORGOTTEN] * 4
    assert outcomes(lan, *late, lan.visit(same, note=NOTE)) == [FORGOTTEN] * 5
    assert found_in_tables(database) == set()
    assert same not in {row.id for row in all_rows(database, Household)}
    noted = [row.entry for row in all_rows(database, DeskEntry) if row.entry.get("households") == [same]]
    assert [entry["what"] for entry in noted] == ["household.erased"]
    assert "Xóa dữ liệu theo yêu cầu" in desk.get("/desk/log").text
    assert problems(database) == []


def test_name_that_was_corrected_before_it_was_sent_is_known_as_well(
    lan: Phone, world: World, database: Database, clock: FakeClock, household_id: str
) -> None:
    add = added(lan, world, head_name="Quàng Văn Xuyếnn")
    amend = lan.op("household.amend", {"id": add["data"]["id"], "base_version": 1, "head_name": NAME})
    erase_later(database, world, household_id, clock, lan)
    assert outcomes(lan, add, amend) == [FORGOTTEN] * 2
    assert found_in_tables(database) == set()


def test_it_is_known_in_the_hamlet_that_was_merged_since(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household = next(row for row in all_rows(database, Household) if row.hamlet_id == world.tay)
    label = {"head_name": household.head_name, "house_no": household.house_no, "alley": household.alley}
    add = added(lan, world, **label)
    erase_later(database, world, household.id, clock, lan)
    merge(desk, world.tay, world.dong)
    assert outcomes(lan, add) == [FORGOTTEN]


def test_visit_that_came_before_its_household_goes_with_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, household_id: str
) -> None:
    add = added(lan, world)
    visit = lan.visit(add["data"]["id"], note=NOTE)
    erase_later(database, world, household_id, clock, lan)
    assert lan.statuses(visit) == ["quarantined"]
    assert outcomes(lan, add, visit) == [FORGOTTEN] * 2
    assert found_in_tables(database) == set()
    assert problems(database) == []


def test_what_waits_or_was_refused_when_it_is_erased_goes_with_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, household_id: str
) -> None:
    newer = added(lan, world) | {"v": 99}
    visit = lan.visit(newer["data"]["id"], note=NOTE)
    refused = added(lan, world, house_no="77K\x00")
    same = added(lan, world, phone="12", consent={"at": newer["at"], "way": "device", "wording_version": 1})
    assert lan.statuses(newer, visit, refused, same) == ["quarantined", "quarantined", "rejected", "rejected"]
    refused_ids = {refused["data"]["id"]}
    erase_later(database, world, household_id, clock, lan)
    assert waiting(database) == []
    assert outcomes(lan, newer, visit, same) == [FORGOTTEN] * 3
    # Another label: the household is not the erased one, and its author has it to correct.
    assert {row.op_id for row in all_rows(database, RefusedOperation) if row.payload} == {refused["op_id"]}
    assert refused_ids.isdisjoint(row.id for row in all_rows(database, Household))


@pytest.mark.parametrize("make_file", [make_export_file, make_unsigned_file])
def test_file_that_somebody_carries_brings_nothing_back(
    make_file: Callable[..., bytes], lan: Phone, world: World, database: Database, clock: FakeClock,
    household_id: str,
) -> None:  # fmt: skip
    add = added(lan, world)
    file = make_file(lan, add, lan.visit(add["data"]["id"], note=NOTE))
    erase_later(database, world, household_id, clock)
    import_file(database, file, clock(), world.commune_id)
    assert found_in_tables(database) == set()
    assert waiting(database) == []


def test_revoked_phone_brings_nothing_back(
    lan: Phone, world: World, database: Database, clock: FakeClock, household_id: str
) -> None:
    add = added(lan, world)
    erase_later(database, world, household_id, clock, lan)
    database.write(
        lambda session: devices.revoke(
            session, actor_of(session, world.commune_id, world.binh), lan.device_id, clock()
        )
    )
    assert [result["code"] for result in lan.send(add).json()["results"]] == ["erased"]
    assert found_in_tables(database) == set()


def test_on_what_was_written_since_a_supervisor_decides_with_the_erasure_named(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    erase_later(database, world, world.duc, clock, lan)
    add = added(lan, world, head_name="Nguyễn Văn Đức", house_no="12", alley="Ngõ 3")
    same = add["data"]["id"]
    visit = lan.visit(same)
    results = lan.exchange(add, visit)["results"]
    assert [(one["status"], one["code"]) for one in results] == [
        ("quarantined", "erased_label"),
        ("quarantined", "waiting"),
    ]
    (row,) = [one for one in all_rows(database, QuarantinedOperation) if one.reason == "erased_label"]
    page = desk.get(f"/desk/quarantine/{row.op_id}/{row.payload_hash}").text
    assert "đã được xóa theo yêu cầu" in page
    assert "Ngày xóa theo yêu cầu" in page
    assert "đã được xóa theo yêu cầu" in desk.get("/desk/quarantine").text
    retry_all(database, clock())
    assert ("erased_label", same) in waiting(database)
    accept(database, world, clock, add)
    assert {one.household_id for one in all_rows(database, Visit)} == {same}
    assert waiting(database) == []
    assert lan.statuses(lan.visit(same), add) == ["applied", "duplicate"]
    assert problems(database) == []


def test_nothing_accepts_it_without_a_look_at_it(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    """Neither *Nhận tất cả*, nor the phone that signs what an unsigned file brought."""
    erase_later(database, world, world.duc, clock, lan)
    label = {"head_name": "Nguyễn Văn Đức", "house_no": "12", "alley": "Ngõ 3"}
    add, other = added(lan, world, **label), lan.visit(world.mai)
    import_file(database, make_unsigned_file(lan, add, other), clock(), world.commune_id)
    binh = database.read(lambda session: actor_of(session, world.commune_id, world.binh))
    assert accept_all(database, binh, lan.device_id, "unsigned", 2, clock()) == 1
    assert waiting(database) == [("unsigned", add["data"]["id"])]
    (result,) = lan.exchange(add)["results"]
    assert (result["status"], result["code"]) == ("quarantined", "erased_label")


def test_operation_that_met_a_fault_of_the_database_is_not_stored_when_its_household_is_erased(
    app: FastAPI, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    label = {"head_name": "Nguyễn Văn Đức", "house_no": "12", "alley": "Ngõ 3"}
    note = "Bà dặn cấm nói"
    add = added(lan, world, **label)
    late = [lan.visit(world.duc, note=note), add, lan.visit(add["data"]["id"], note=note)]
    erase_later(database, world, world.duc, clock, lan)
    with refusing(app, "", "ledger.payload_hash"):
        assert lan.statuses(*late) == ["retry", "retry", "quarantined"]
    assert waiting(database) == []
    assert {row.payload for row in all_rows(database, RefusedOperation)} == {""}
    assert outcomes(lan, *late) == [FORGOTTEN] * 3
    assert {row.payload for row in all_rows(database, RefusedOperation)} == {""}
    assert len([row for row in all_rows(database, LedgerEntry) if row.payload_hash == ""]) == 3
