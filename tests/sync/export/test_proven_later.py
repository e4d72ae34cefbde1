"""What a file without a signature brought, and its own phone sends afterwards, is its owner's, whatever was
decided meanwhile."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.sync.export.importer import import_file
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_unsigned_file
from tests.sync.export.test_signed_files import visits, waiting
from tests.world import World


def deliver_and_decide(
    lan: Phone, visit: dict[str, Any], database: Database, clock: FakeClock, desk: TestClient, verb: str
) -> str:
    """The address of the operation at the desk, which has accepted or dropped it."""
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    address = f"/desk/quarantine/{row.op_id}/{row.payload_hash}"
    desk.post(f"{address}/{verb}")
    return address


def test_undo_of_a_drop_applies_what_its_own_phone_has_sent_since(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    address = deliver_and_decide(lan, visit, database, clock, desk, "drop")
    assert lan.exchange(visit)["results"][0]["code"] == "dropped"
    assert visits(database) == []
    desk.post(f"{address}/undo", data={"state": "dropped"})
    assert waiting(database) == []
    assert [(one.id, one.vouched_by) for one in visits(database)] == [(visit["data"]["id"], None)]


def test_undo_of_a_drop_leaves_what_only_the_file_brought_waiting(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    address = deliver_and_decide(lan, visit, database, clock, desk, "drop")
    desk.post(f"{address}/undo", data={"state": "dropped"})
    assert [one.reason for one in waiting(database)] == ["unsigned"]
    assert visits(database) == []


def test_author_stands_for_an_accepted_visit_that_her_phone_sends(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    deliver_and_decide(lan, visit, database, clock, desk, "accept")
    assert [one.vouched_by for one in visits(database)] == [world.binh]
    result = lan.exchange(visit)["results"][0]
    assert (result["status"], "vouched_by" in result["row"]) == ("duplicate", False)
    assert [one.vouched_by for one in visits(database)] == [None]
    assert lan.exchange()["changes"]["visit"] == []


def test_visit_that_its_author_disowned_goes_on_saying_who_accepted_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    deliver_and_decide(lan, visit, database, clock, desk, "accept")
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"], "disowned": True}))
    lan.exchange(visit)
    assert [one.vouched_by for one in visits(database)] == [world.binh]


@pytest.mark.parametrize("verb", ["", "drop", "accept"])
def test_nobody_else_proves_it_by_sending_the_same(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient, verb: str
) -> None:
    """Nam knows the content of a file that he has forged in Lan's name."""
    visit = lan.visit(world.duc)
    if verb:
        deliver_and_decide(lan, visit, database, clock, desk, verb)
    else:
        import_file(database, make_unsigned_file(lan, visit), clock())
    before = [(one.id, one.vouched_by) for one in visits(database)]
    nam.exchange(visit | {"seq": 1})
    assert [(one.id, one.vouched_by) for one in visits(database)] == before
    assert len(before) == (verb == "accept")
    assert [one.reason for one in waiting(database)] == ([] if verb else ["unsigned"])


def forged_and_honest(lan: Phone, world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two visits under one `op_id`: somebody else's, and the phone's own."""
    honest = lan.visit(world.duc)
    return honest | {"data": honest["data"] | {"id": new_id(), "note": "Bịa"}}, honest


@pytest.mark.parametrize("verb", ["", "drop"])
def test_forged_file_that_comes_first_does_not_take_the_id_of_what_the_phone_sends(
    verb: str, lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    forged, honest = forged_and_honest(lan, world)
    import_file(database, make_unsigned_file(lan, forged), clock())
    [row] = waiting(database)
    address = f"/desk/quarantine/{row.op_id}/{row.payload_hash}"
    if verb:
        desk.post(f"{address}/{verb}")
    assert lan.statuses(honest) == ["applied"]
    if not verb:
        desk.post(f"{address}/drop")
        assert lan.exchange()["changes"]["tombstone"] == [], "the phone's own was not dropped"
    assert [one.id for one in visits(database)] == [honest["data"]["id"]]
    assert lan.statuses(honest) == ["duplicate"]
    assert [one.problems for one in check(database) if one.problems] == []


def test_phone_hears_of_its_own_although_a_supervisor_has_accepted_the_forged_one(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    forged, honest = forged_and_honest(lan, world)
    deliver_and_decide(lan, forged, database, clock, desk, "accept")
    lan.exchange()
    assert [one["code"] for one in lan.exchange(honest)["results"]] == ["op_reused"]
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/accept")
    heard = lan.exchange()["changes"]["tombstone"]
    assert [(one["kind"], one["id"]) for one in heard] == [("accepted", honest["op_id"])]
    assert lan.statuses(honest) == ["duplicate"]
    assert len(visits(database)) == 2
    assert [one.problems for one in check(database) if one.problems] == []
