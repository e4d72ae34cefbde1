"""An older write never replaces a newer one, also if it arrives late or another device wrote in between."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit, VisitVersion
from app.sync.wire.models import QuarantinedOperation, RefusedOperation
from tests.core.test_commit import refusing
from tests.phone import Phone, new_id
from tests.world import World


def test_older_write_does_not_beat_newer_ones_of_two_devices(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    older, newer = lan.amend(visit, note="cũ"), lan.amend(visit, note="mới")
    lan.exchange(visit)
    lan.exchange(newer)
    other.exchange(other.amend(visit, note="máy kia"))
    (result,) = lan.exchange(older)["results"]
    assert (result["status"], result["row"]["note"]) == ("applied", "máy kia")
    versions = {version.content["note"]: version.late for version in _all(database, VisitVersion)}
    assert versions == {"Đã cài xong": False, "mới": False, "cũ": True}


def test_newer_write_waits_for_the_older_one_that_the_database_refuses(
    app: FastAPI, lan: Phone, world: World, database: Database
) -> None:
    """Operations of other records are applied; a later one of the same record only after the refused one."""
    visit, alone = lan.visit(world.duc, note="cấm"), lan.visit(world.mai)
    newer = lan.amend(visit, note="cấm", result="come_back")
    with refusing(app, "cấm"):
        assert lan.statuses(visit, newer, alone) == ["retry", "retry", "applied"]
        failures = {row.op_id: row.failures for row in _all(database, RefusedOperation)}
        assert failures == {visit["op_id"]: 1}, "the newer one itself was not refused"
    assert lan.statuses(visit, newer) == ["applied", "applied"]
    assert {row.result for row in _all(database, Visit)} == {"come_back", "helped"}


def test_late_edit_that_changed_nothing_is_no_conflict_for_others(
    lan: Phone, other: Phone, world: World
) -> None:
    older, newer = _amend(lan, world.duc, house_no="12A"), _amend(lan, world.duc, house_no="12B")
    ((result,), _) = lan.exchange(newer)["results"], lan.exchange(older)
    seen = result["version"]
    assert other.statuses(_amend(other, world.duc, base_version=seen, house_no="12C")) == ["applied"]


@pytest.mark.parametrize("comes", ["household", "visit"])
def test_operation_that_needs_two_records_waits_for_the_second_after_the_first(
    lan: Phone, other: Phone, world: World, database: Database, comes: str
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    visit = lan.visit(world.duc)
    moved = other.amend(visit, household_id=household["id"], note="Sai hộ")
    assert other.statuses(moved) == ["quarantined"]
    brings = {"visit": visit, "household": lan.op("household.add", household)}
    lan.exchange(brings.pop(comes))
    (quarantined,) = _all(database, QuarantinedOperation)
    assert (quarantined.state, quarantined.reason) == ("open", "waiting")
    assert quarantined.missing_id == (household["id"] if comes == "visit" else visit["data"]["id"])
    lan.exchange(*brings.values())
    (row,) = _all(database, Visit)
    assert (row.household_id, row.note) == (household["id"], "Sai hộ")


def _amend(phone: Phone, household_id: str, base_version: int = 1, **fields: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household_id, "base_version": base_version} | fields)


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
