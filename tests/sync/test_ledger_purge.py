"""The ledger is purged of what a visit itself answers; whoever sends it again, and when, doubles nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitVersion
from app.sync.applying import purged
from app.sync.export.importer import import_file
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.retention import daily
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_unsigned_file
from tests.world import World

Op = dict[str, Any]


def test_purged_visit_is_a_duplicate_for_its_phone_another_one_and_a_file(
    lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc, follow_up_on="2026-12-01")
    lan.exchange(visit)
    assert _purge(database, world) == [visit["op_id"]]
    assert _rows(database, LedgerEntry) == []
    for phone in (lan, other):
        (result,) = phone.exchange(visit)["results"]
        assert (result["status"], result["kind"], result["version"]) == ("duplicate", "visit", 1)
        assert result["row"]["id"] == visit["data"]["id"]
    summary = import_file(database, make_unsigned_file(lan, visit), clock())
    assert (summary.duplicate, summary.quarantined) == (1, 0)
    assert len(_rows(database, Visit)) == 1
    assert _rows(database, LedgerEntry) == _rows(database, QuarantinedOperation) == []


def test_visit_that_has_changed_since_is_a_duplicate_too(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    amended, withdrawn, merged = (
        lan.visit(world.duc, note="e\u0301"),
        lan.visit(world.mai),
        lan.visit(world.mai),
    )
    lan.exchange(amended, withdrawn, merged)
    assert len(_purge(database, world)) == 3
    lan.exchange(lan.amend(amended, note="mới"), lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    lan.exchange(lan.amend(amended, base_version=2, note="mới nữa", services=[], result="come_back"))
    duc, mai = (_household(database, world, id) for id in (world.duc, world.mai))
    form = {"surviving": duc.id, "one": str(duc.version), "other": str(mai.version)}
    assert desk.post(f"/desk/duplicates/{duc.id}/{mai.id}/merge", data=form).status_code == 303
    before = _state(database)
    assert lan.statuses(amended, withdrawn, merged) == ["duplicate"] * 3
    assert _state(database) == before


def test_phone_that_was_revoked_hears_of_its_purged_visits(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _purge(database, world)
    desk.post(f"/desk/devices/{lan.device_id}/revoke")
    assert lan.statuses(visit, lan.visit(world.duc)) == ["duplicate", "quarantined"]


def test_what_no_visit_answers_stays(lan: Phone, nam: Phone, world: World, database: Database) -> None:
    visit, household = (
        lan.visit(world.duc),
        {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"},
    )
    amendment = lan.amend(visit, note="mới")
    added = lan.op("household.add", household)
    waits = nam.visit(household["id"])
    nam.exchange(waits)
    lan.exchange(visit, amendment, added)
    alone = lan.visit(world.mai)
    withdrawal = lan.op("visit.withdraw", {"id": alone["data"]["id"]})
    lan.exchange(alone, withdrawal)
    assert _purge(database, world) == []
    before = _state(database)
    again = lan.statuses(visit, amendment, added, alone, withdrawal)
    assert (again, nam.statuses(waits)) == (["duplicate"] * 5, ["quarantined"])
    assert _state(database) == before


def test_numbers_above_one_that_is_missing_stay_known(lan: Phone, world: World, database: Database) -> None:
    first, lost, last = (lan.visit(world.duc) for _ in range(3))
    lan.held.discard(lost["seq"])
    lan.exchange(first, last)
    assert _purge(database, world) == [first["op_id"]]
    after = lan.op("visit.withdraw", {"id": first["data"]["id"]})
    lan.exchange(after)
    assert _device(database, lan).lost_count == 1
    lan.exchange(lost)
    assert _device(database, lan).lost_count == 0
    assert _purge(database, world) == sorted([lost["op_id"], last["op_id"]])


def test_number_of_a_purged_visit_that_is_used_again_is_reported_and_its_repeat_is_not(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _purge(database, world)
    lan.exchange(visit)
    assert _device(database, lan).reused_count == 0
    lan.seq = 0
    again = lan.visit(world.mai)
    assert lan.statuses(again) == ["applied"]
    assert _device(database, lan).reused_count == 1
    lan.exchange(again)
    assert _device(database, lan).reused_count == 1


@pytest.mark.parametrize(
    "changes", [{"note": "khác"}, {"services": [], "result": "come_back"}, {"needs": ["vneid_install"]}]
)
def test_same_visit_with_other_content_goes_back_to_its_author(
    lan: Phone, world: World, database: Database, changes: Op
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _purge(database, world)
    before = _state(database)
    for other in (visit | {"data": visit["data"] | changes}, visit | {"at": "2026-11-23T01:00:00.000Z"}):
        (result,) = lan.exchange(other | {"op_id": new_id()})["results"]
        assert (result["status"], result["code"]) == ("rejected", "already_exists")
    assert _state(database) == before


def test_entries_stay_for_60_days_and_go_once_a_day_commune_by_commune(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    made = clock() - timedelta(days=100), clock()  # one was long on its way
    lan.exchange(*(lan.visit(world.duc) | {"op_id": _id_made_at(instant)} for instant in made))
    clock.forward(days=60)
    assert daily.purge_daily(database, clock())
    assert len(_rows(database, LedgerEntry)) == 2
    clock.forward(seconds=1)
    assert not daily.purge_daily(database, clock())
    assert len(_rows(database, LedgerEntry)) == 2
    clock.forward(days=1)
    assert daily.purge_daily(database, clock())
    assert _rows(database, LedgerEntry) == []


def test_a_long_ledger_is_purged_in_steps(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visits = [lan.visit(world.duc) | {"op_id": _id_made_at(clock())} for _ in range(7)]
    lan.exchange(*visits)
    later = clock() + timedelta(days=61)
    steps = []

    def step(after: str) -> str:
        return database.write(
            lambda session: purged.purge(session, world.commune_id, later, after, at_once=3)
        )

    after = ""
    while after := step(after):
        steps.append(len(_rows(database, LedgerEntry)))
    assert (steps, _rows(database, LedgerEntry)) == ([4, 1], [])


def _purge(database: Database, world: World) -> list[str]:
    """Purge what need not be there, however new it is; the ids of what was purged."""
    before = {entry.op_id for entry in _rows(database, LedgerEntry)}
    later = datetime.fromisoformat("2100-01-01T00:00:00Z")
    database.write(lambda session: purged.purge(session, world.commune_id, later))
    return sorted(before - {entry.op_id for entry in _rows(database, LedgerEntry)})


def _state(database: Database) -> list[Any]:
    rows = [*_rows(database, Visit), *_rows(database, VisitVersion), *_rows(database, Household)]
    return sorted(repr(row.model_dump()) for row in rows)


def _rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))


def _household(database: Database, world: World, id: str) -> Household:
    return database.read(lambda session: session.get_one(Household, (world.commune_id, id)))


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))


def _id_made_at(instant: datetime) -> str:
    """A UUIDv7 of that instant."""
    made = f"{int(instant.timestamp() * 1000):012x}"
    return f"{made[:8]}-{made[8:]}{new_id()[13:]}"
