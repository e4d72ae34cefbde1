"""Limits of depth, size and quota for what one phone sends, checked before anything else."""

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.sync.export.importer import import_file
from app.sync.wire.models import LedgerEntry, QuarantinedOperation, RefusedOperation
from tests.conftest import NOW, FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_export_file
from tests.world import World

LONG = "a" * 20_000


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [21, 150, 300, 900])
def test_deep_data_is_rejected_and_the_other_operations_are_applied(
    lan: Phone, world: World, depth: int, database: Database
) -> None:
    deep, other = lan.visit(new_id(), note=nested(depth)), lan.visit(world.duc)
    refused, applied = lan.exchange(deep, other)["results"]
    assert (refused["status"], refused["code"], refused["fields"]) == ("rejected", "invalid", ["data"])
    assert applied["status"] == "applied"
    assert _all(database, QuarantinedOperation) == []


def test_deep_data_of_a_suspended_phone_is_not_quarantined(
    lan: Phone, world: World, database: Database
) -> None:
    database.write(lambda session: _revoke(session, lan))
    results = lan.exchange(lan.visit(world.duc, note=nested(900)), lan.visit(world.duc))["results"]
    assert [one["status"] for one in results] == ["rejected", "quarantined"]
    assert len(_all(database, QuarantinedOperation)) == 1


def test_file_with_deep_data_is_imported_without_them(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, lan.visit(world.duc), lan.visit(world.mai, note=nested(900)))
    summary = import_file(database, file, clock())
    assert (summary.applied, summary.rejected) == (1, 1)


@pytest.mark.parametrize("depth", [900, 100_000])
def test_deep_body_of_a_sign_in_is_refused(lan: Phone, depth: int) -> None:
    body = b'{"invite":' + b"[" * depth + b"]" * depth + b"}"
    answer = lan.client.post("/api/v1/devices", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) in (
        (400, "invalid"),
        (413, "too_large"),
        (422, "invalid"),
    )


def test_large_operation_with_the_id_of_a_known_one_is_rejected(
    lan: Phone, world: World, database: Database
) -> None:
    known = lan.visit(world.duc)
    lan.exchange(known)
    (result,) = lan.exchange(known | {"data": known["data"] | {"note": LONG}})["results"]
    assert (result["status"], result["code"]) == ("rejected", "too_large")
    assert _all(database, QuarantinedOperation) == []
    assert lan.statuses(known) == ["duplicate"]


def test_large_operation_of_a_suspended_phone_is_rejected(
    lan: Phone, world: World, database: Database
) -> None:
    database.write(lambda session: _revoke(session, lan))
    (result,) = lan.exchange(lan.visit(world.duc, note=LONG))["results"]
    assert (result["status"], result["code"]) == ("rejected", "too_large")
    assert _all(database, QuarantinedOperation) == []


def test_large_operation_of_a_file_is_rejected(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    known = lan.visit(world.duc)
    lan.exchange(known)
    large = known | {"data": known["data"] | {"note": LONG}}
    assert import_file(database, make_export_file(lan, large), clock()).rejected == 1
    assert _all(database, QuarantinedOperation) == []


@pytest.fixture
def small_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sync.applying.quota.MAX_ROWS", 3)


@pytest.mark.usefixtures("small_quota")
def test_operations_above_the_quota_of_a_device_stay_on_the_phone(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    waiting = [lan.visit(new_id()) for _ in range(5)]
    results = lan.exchange(*waiting)["results"]
    assert [one["status"] for one in results] == ["quarantined"] * 3 + ["retry"] * 2
    assert {one.get("code") for one in results} == {"waiting", "device_full"}
    assert len(_all(database, QuarantinedOperation)) == len(_all(database, LedgerEntry)) == 3
    assert (_device(database, lan).lost_count, _device(database, lan).full_since) == (0, NOW)
    assert lan.statuses(waiting[0], lan.visit(world.duc)) == ["quarantined", "applied"], (
        "one is known, the other is counted"
    )
    assert other.statuses(other.visit(new_id())) == ["quarantined"], "another phone has a quota of its own"


@pytest.mark.usefixtures("small_quota")
def test_rejected_operations_count_for_the_quota(lan: Phone, world: World, database: Database) -> None:
    refused = [lan.visit(world.duc, services=[]) for _ in range(3)]
    assert lan.statuses(*refused) == ["rejected"] * 3
    assert lan.statuses(lan.visit(world.duc, services=[]), lan.visit(new_id())) == ["retry", "retry"]
    assert (len(_all(database, RefusedOperation)), _all(database, QuarantinedOperation)) == (3, [])


@pytest.mark.usefixtures("small_quota")
def test_reused_id_cannot_exceed_the_quota(lan: Phone, world: World, database: Database) -> None:
    op = lan.visit(world.duc)
    lan.exchange(op)
    forged = [op | {"data": op["data"] | {"note": str(number)}} for number in range(5)]
    for one in forged:
        lan.exchange(one)
    assert len(_all(database, QuarantinedOperation)) == 3
    assert lan.statuses(op) == ["duplicate"]


def test_quota_limits_bytes_too(lan: Phone, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [lan.visit(new_id(), note="a" * 400) for _ in range(3)]
    size = len(json.dumps(waiting[0]["data"]))
    monkeypatch.setattr("app.sync.applying.quota.MAX_BYTES", 2 * size + 300)
    assert lan.statuses(*waiting) == ["quarantined", "quarantined", "retry"]
    assert len(_all(database, QuarantinedOperation)) == 2


@pytest.mark.usefixtures("small_quota")
def test_decided_operations_do_not_count_for_the_quota(lan: Phone, world: World, database: Database) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    waiting = [lan.visit(household["id"]) for _ in range(4)]
    assert lan.statuses(*waiting)[-1] == "retry"
    assert lan.statuses(lan.op("household.add", household)) == ["applied"]
    assert lan.statuses(waiting[3]) == ["applied"]
    assert _device(database, lan).full_since is None
    assert lan.statuses(lan.visit(new_id())) == ["quarantined"]


@pytest.mark.usefixtures("small_quota")
def test_file_above_the_quota_has_to_be_imported_again(
    lan: Phone, database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, *[lan.visit(new_id()) for _ in range(5)])
    summary = import_file(database, file, clock())
    assert (summary.quarantined, summary.retry) == (3, 2)
    assert _device(database, lan).full_since == NOW


def _revoke(session: Session, phone: Phone) -> None:
    session.get_one(Device, (phone.commune_id, phone.device_id)).revoked_at = NOW


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
