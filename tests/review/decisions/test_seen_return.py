"""A return stands until its author has read it; an approval never survives an edit."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World

RETURNED = Verdict("returned", "missing_information", "note", "Nhà 46 hay 48?")


@pytest.fixture
def recorded(lan: Phone, world: World, clock: FakeClock) -> dict[str, Any]:
    """Lan's visit, sent; a minute later."""
    operation = lan.visit(world.duc)
    lan.exchange(operation)
    clock.forward(minutes=1)
    lan.now = clock()
    return operation


def decide(database: Database, world: World, verdict: Verdict, clock: FakeClock, version: int = 1) -> str:
    """Bình decides on the one visit; when, as the wire has it. The clock then goes on."""
    now = clock()
    visit = one_visit(database)

    def work(session: Session) -> None:
        binh = actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))
        if verdict.state == "accepted":
            reviews.accept(session, binh, visit.id, SeenVisit(version), now)
        else:
            reviews.return_(session, binh, visit.id, SeenVisit(version), verdict, now)

    database.write(work)
    clock.forward(minutes=1)
    return wire_time(now)


def one_visit(database: Database) -> Visit:
    return database.read(lambda session: session.exec(select(Visit)).one())


@pytest.mark.parametrize("seen", [None, "2026-11-24T09:40:00.000Z"], ids=["none", "an earlier one"])
def test_return_that_the_author_has_not_read_stands_with_the_new_content(
    lan: Phone,
    world: World,
    database: Database,
    clock: FakeClock,
    recorded: dict[str, Any],
    seen: str | None,
) -> None:
    returned_at = decide(database, world, RETURNED, clock)
    answer = lan.exchange(lan.amend(recorded, note="Gọi lại chiều mai", seen_return=seen))
    (result,) = answer["results"]
    (row,) = answer["changes"]["visit"] or [result["row"]]
    assert (result["status"], row["version"], row["note"]) == ("applied", 2, "Gọi lại chiều mai")
    assert row["review"] == {
        "state": "returned",
        "reason": "missing_information",
        "field": "note",
        "note": "Nhà 46 hay 48?",
        "at": returned_at,
    }


def test_return_that_the_author_has_read_is_settled_by_her_edit(
    lan: Phone, world: World, database: Database, clock: FakeClock, recorded: dict[str, Any]
) -> None:
    returned_at = decide(database, world, RETURNED, clock)
    assert lan.statuses(lan.amend(recorded, note="Nhà 46", seen_return=returned_at)) == ["applied"]
    assert (one_visit(database).review_state, one_visit(database).reviewed_at) == ("received", None)


def test_second_return_stands_when_she_has_read_only_the_first(
    lan: Phone, world: World, database: Database, clock: FakeClock, recorded: dict[str, Any]
) -> None:
    first = decide(database, world, RETURNED, clock)
    lan.exchange(lan.amend(recorded, note="Nhà 46", seen_return=first))
    decide(database, world, RETURNED, clock, version=2)
    lan.exchange(lan.amend(recorded, base_version=2, note="Nhà 46, sửa số người", seen_return=first))
    assert one_visit(database).review_state == "returned"


def test_approval_does_not_survive_an_edit(
    lan: Phone, world: World, database: Database, clock: FakeClock, recorded: dict[str, Any]
) -> None:
    decide(database, world, Verdict("accepted"), clock)
    lan.exchange(lan.amend(recorded, note="Thêm một người", seen_return=None))
    assert one_visit(database).review_state == "received"


def test_older_build_that_names_no_return_settles_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, recorded: dict[str, Any]
) -> None:
    decide(database, world, RETURNED, clock)
    lan.exchange(lan.amend(recorded, note="Sửa"))
    assert one_visit(database).review_state == "received"


def test_quarantined_edit_that_is_accepted_later_follows_the_same_rule(
    lan: Phone,
    desk: TestClient,
    world: World,
    database: Database,
    clock: FakeClock,
    recorded: dict[str, Any],
) -> None:
    person = f"/desk/people/{world.lan}"
    assert desk.post(f"{person}/end").status_code == 303
    lan.exchange(lan.amend(recorded, note="Ghi lúc chưa nghỉ", seen_return=None))
    decide(database, world, RETURNED, clock)
    (waiting,) = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    accepted = desk.post(f"/desk/quarantine/{waiting.op_id}/{waiting.payload_hash}/accept")
    assert accepted.status_code == 303
    visit = one_visit(database)
    assert (visit.note, visit.review_state) == ("Ghi lúc chưa nghỉ", "returned")


@pytest.mark.parametrize("seen", ["", "hôm qua", 5, 1764000000, "1764000000", "2026-11-24", {"at": 1}])
def test_instant_that_is_none_is_refused_and_named(
    lan: Phone, recorded: dict[str, Any], seen: object
) -> None:
    (result,) = lan.exchange(lan.amend(recorded, seen_return=seen))["results"]
    assert (result["status"], result["fields"]) == ("rejected", ["seen_return"])
