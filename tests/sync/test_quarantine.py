"""Kept apart and not counted: what waits for its record, what conflicts, what a suspended phone delivers."""

from typing import Any

import pytest
from sqlmodel import Session, select

from app.accounts.models import Account, Device
from app.core.db import Database, feed
from app.sync.models import LedgerEntry, Quarantined
from app.visits.models import Visit
from tests.conftest import NOW
from tests.sync.phone import Phone, new_id
from tests.world import World


def test_visit_waits_for_its_household_and_is_counted_when_it_comes(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    home = _home(world)
    visit = other.visit(home["id"])
    (result,) = other.exchange(visit)["results"]
    assert (result["status"], result["code"], result["kind"]) == ("quarantined", "waiting", "visit")
    assert _visits(database) == []
    assert lan.statuses(lan.op("household.add", home)) == ["applied"]
    assert [row.id for row in _visits(database)] == [visit["data"]["id"]]
    (again,) = other.exchange(visit)["results"]
    assert (again["status"], again["version"], again["row"]["id"]) == ("duplicate", 1, visit["data"]["id"])


def test_a_chain_of_those_that_wait_is_released_in_the_order_of_their_numbers(
    lan: Phone, world: World, database: Database
) -> None:
    home = _home(world)
    add, visit = lan.op("household.add", home), lan.visit(home["id"])
    first, second = lan.amend(visit, note="một"), lan.amend(visit, note="hai")
    for op in (second, first, visit):
        assert lan.statuses(op) == ["quarantined"]
    assert lan.statuses(add) == ["applied"]
    (row,) = _visits(database)
    assert (row.note, row.version) == ("hai", 3)
    assert {kept.state for kept in _kept(database)} == {"applied"}


def test_the_day_of_a_visit_that_waited_was_fixed_when_it_was_received(
    lan: Phone, world: World, clock: Any, database: Database
) -> None:
    home = _home(world)
    lan.exchange(lan.visit(home["id"]))
    clock.forward(days=3)
    lan.now = clock()
    lan.exchange(lan.op("household.add", home))
    (row,) = _visits(database)
    assert (row.counted_on.isoformat(), row.received_at) == ("2026-11-24", NOW)


def test_what_waited_and_does_not_fit_stays_and_says_why(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    assert other.statuses(other.op("visit.withdraw", {"id": visit["data"]["id"]})) == ["quarantined"]
    late = other.amend(visit, services=[{"code": "dowsing", "outcome": "did_it", "people": 1}])
    assert other.statuses(late) == ["quarantined"]
    assert lan.statuses(visit) == ["applied"]
    kept = {row.op_id: row for row in _kept(database)}
    assert (kept[late["op_id"]].state, kept[late["op_id"]].code) == ("open", "withdrawn")


def test_repeat_of_what_is_kept_says_the_same_and_keeps_it_once(
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
    assert len(_kept(database)) == 2


def test_reused_id_is_kept_once_for_each_content(lan: Phone, world: World, database: Database) -> None:
    op = lan.visit(world.duc)
    lan.exchange(op)
    forged = [op | {"data": op["data"] | {"note": note}} for note in ("một", "hai")]
    for one in [*forged, *forged]:
        assert lan.statuses(one) == ["quarantined"]
    assert len(_kept(database)) == 2


def test_refusal_for_authority_under_another_history_is_kept(lan: Phone, world: World) -> None:
    add = lan.op("household.add", _home(world) | {"hamlet_id": world.tay})
    assert lan.statuses(add) == ["rejected"]
    (result,) = lan.exchange(add | {"op_id": new_id(), "epoch": "a-history-before"})["results"]
    assert (result["status"], result["code"]) == ("quarantined", "foreign_epoch")


@pytest.mark.parametrize("how", ["device", "account"])
def test_suspended_phone_delivers_its_queue_and_is_given_nothing(
    how: str, lan: Phone, world: World, database: Database
) -> None:
    known = lan.visit(world.mai)
    lan.exchange(known)
    visit, nonsense = lan.visit(world.duc), lan.op("visit.record", {"id": 7})
    database.write(lambda session: _suspend(session, lan, how))
    before = lan.state
    answer = lan.exchange(visit, nonsense, known)
    assert lan.state == before, "an answer of another scope would not be believed"
    assert [one["status"] for one in answer["results"]] == ["quarantined", "quarantined", "duplicate"]
    assert all("row" not in one for one in answer["results"])
    assert answer["erase"] is True
    assert (answer["hamlets"], answer["reset"], answer["more"]) == ([], False, False)
    assert not any(answer["changes"].values())
    assert {row.reason for row in _kept(database)} == {"revoked"}
    assert lan.statuses(visit) == ["quarantined"]
    lan.state = {}
    assert not any(lan.exchange()["changes"].values())


def test_what_is_kept_is_in_the_ledger_under_its_number(lan: Phone, world: World, database: Database) -> None:
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


def test_refused_operation_that_comes_again_from_a_suspended_phone_is_refused_again(
    lan: Phone, world: World, database: Database
) -> None:
    """A copy that the network held back: its author has it among what needs a fix, or gave it up."""
    visit = lan.visit(world.duc, services=[])
    refusal = lan.exchange(visit)["results"]
    database.write(lambda session: _suspend(session, lan, "device"))
    assert lan.exchange(visit)["results"] == refusal
    assert _kept(database) == []


def _home(world: World) -> dict[str, Any]:
    return {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}


def _amend(phone: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household_id, "base_version": 1} | fields)


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))


def _kept(database: Database) -> list[Quarantined]:
    return database.read(lambda session: list(session.exec(select(Quarantined))))
