"""Quarantine: operations that wait for a record, that conflict, or that a suspended phone delivers."""

from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Account, Device
from app.core.db import Database
from app.core.feed import feed
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from tests.conftest import NOW
from tests.phone import Phone, new_id
from tests.world import World


def test_visit_waits_for_its_household_and_is_counted_when_it_comes(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    household = _household(world)
    visit = other.visit(household["id"])
    (result,) = other.exchange(visit)["results"]
    assert (result["status"], result["code"], result["kind"]) == ("quarantined", "waiting", "visit")
    assert _visits(database) == []
    assert lan.statuses(lan.op("household.add", household)) == ["applied"]
    assert [row.id for row in _visits(database)] == [visit["data"]["id"]]
    (again,) = other.exchange(visit)["results"]
    assert (again["status"], again["version"], again["row"]["id"]) == ("duplicate", 1, visit["data"]["id"])


def test_chain_of_waiting_operations_is_released_in_the_order_of_their_numbers(
    lan: Phone, world: World, database: Database
) -> None:
    household = _household(world)
    add, visit = lan.op("household.add", household), lan.visit(household["id"])
    first, second = lan.amend(visit, note="một"), lan.amend(visit, note="hai")
    for op in (second, first, visit):
        assert lan.statuses(op) == ["quarantined"]
    assert lan.statuses(add) == ["applied"]
    (row,) = _visits(database)
    assert (row.note, row.version) == ("hai", 3)
    assert {row.state for row in _quarantined(database)} == {"applied"}


def test_visit_that_waited_counts_on_the_day_fixed_at_its_receipt(
    lan: Phone, world: World, clock: Any, database: Database
) -> None:
    household = _household(world)
    lan.exchange(lan.visit(household["id"]))
    clock.forward(days=3)
    lan.now = clock()
    lan.exchange(lan.op("household.add", household))
    (row,) = _visits(database)
    assert (row.counted_on.isoformat(), row.received_at) == ("2026-11-24", NOW)


def test_waiting_operation_that_is_invalid_stays_with_the_error_as_its_code(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    assert other.statuses(other.op("visit.withdraw", {"id": visit["data"]["id"]})) == ["quarantined"]
    late = other.amend(visit, services=[{"code": "dowsing", "outcome": "did_it", "people": 1}])
    assert other.statuses(late) == ["quarantined"]
    assert lan.statuses(visit) == ["applied"]
    quarantined = {row.op_id: row for row in _quarantined(database)}
    assert (quarantined[late["op_id"]].state, quarantined[late["op_id"]].code) == ("open", "withdrawn")


def test_repeated_quarantined_operation_gets_the_same_result_and_is_stored_once(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    lan.exchange(_amend(lan, world.duc, house_no="12A"))
    ops = [_amend(other, world.duc, house_no="12B"), other.visit(new_id())]
    first, again = other.exchange(*ops)["results"], other.exchange(*ops)["results"]
    assert [(one["status"], one["code"]) for one in again] == [
        ("conflict", "conflict"),
        ("quarantined", "waiting"),
    ]
    assert [one["fields"] for one in again] == [one["fields"] for one in first]
    assert len(_quarantined(database)) == 2


def test_operation_with_a_reused_id_is_quarantined_once_for_each_content(
    lan: Phone, world: World, database: Database
) -> None:
    op = lan.visit(world.duc)
    lan.exchange(op)
    forged = [op | {"data": op["data"] | {"note": note}} for note in ("một", "hai")]
    for one in [*forged, *forged]:
        assert lan.statuses(one) == ["quarantined"]
    assert len(_quarantined(database)) == 2


def test_operation_of_another_epoch_without_authority_is_quarantined(lan: Phone, world: World) -> None:
    add = lan.op("household.add", _household(world) | {"hamlet_id": world.tay})
    assert lan.statuses(add) == ["rejected"]
    (result,) = lan.exchange(add | {"op_id": new_id(), "epoch": "an-earlier-epoch"})["results"]
    assert (result["status"], result["code"]) == ("quarantined", "foreign_epoch")


@pytest.mark.parametrize("how", ["device", "account"])
def test_operations_of_a_suspended_phone_are_quarantined_and_it_gets_no_rows(
    how: str, lan: Phone, world: World, database: Database
) -> None:
    known = lan.visit(world.mai)
    lan.exchange(known)
    visit, nonsense = lan.visit(world.duc), lan.op("visit.record", {"id": 7})
    database.write(lambda session: _suspend(session, lan, how))
    before = lan.state
    answer = lan.exchange(visit, nonsense, known)
    assert lan.state == before, "the phone would ignore an answer of another scope"
    assert [one["status"] for one in answer["results"]] == ["quarantined", "quarantined", "duplicate"]
    assert all("row" not in one for one in answer["results"])
    assert answer["erase"] is True
    assert (answer["hamlets"], answer["reset"], answer["more"]) == ([], False, False)
    assert not any(answer["changes"].values())
    assert {row.reason for row in _quarantined(database)} == {"revoked"}
    assert lan.statuses(visit) == ["quarantined"]
    lan.state = {}
    assert not any(lan.exchange()["changes"].values())


def test_quarantined_operation_is_in_the_ledger_with_its_number(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(new_id())
    lan.exchange(visit)
    entry = database.read(lambda session: session.exec(select(LedgerEntry)).one())
    assert (entry.status, entry.seq, entry.version) == ("quarantined", visit["seq"], 0)


def _suspend(session: Session, phone: Phone, how: str) -> None:
    if how == "device":
        device = session.get_one(Device, (phone.commune_id, phone.device_id))
        device.revoked_at = NOW
        return
    account = session.get_one(Account, (phone.commune_id, phone.account_id))
    account.ended_at = NOW
    feed(session, phone.commune_id, [account])


def test_rejected_operation_sent_again_by_a_suspended_phone_is_rejected_again(
    lan: Phone, world: World, database: Database
) -> None:
    """The network may have delayed a copy. The author has the operation under *Cần sửa*, or discarded it."""
    visit = lan.visit(world.duc, services=[])
    refusal = lan.exchange(visit)["results"]
    database.write(lambda session: _suspend(session, lan, "device"))
    assert lan.exchange(visit)["results"] == refusal
    assert _quarantined(database) == []


def _household(world: World) -> dict[str, Any]:
    return {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}


def _amend(phone: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household_id, "base_version": 1} | fields)


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))


def _quarantined(database: Database) -> list[QuarantinedOperation]:
    return database.read(lambda session: list(session.exec(select(QuarantinedOperation))))
