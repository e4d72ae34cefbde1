"""What a file without a signature brought, and its own phone sends afterwards, is its owner's, whatever was
decided meanwhile."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.sync.export.importer import import_file
from tests.conftest import FakeClock
from tests.phone import Phone
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
