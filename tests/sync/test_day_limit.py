"""What one phone adds of one day beyond what anybody records waits for a supervisor; honest days never do."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.applying import day_limit
from app.sync.export.importer import import_file
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_export_file
from tests.world import World


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of three households and six visits."""
    monkeypatch.setattr(day_limit, "MAX_OF_DAY", {"visit.record": 6, "household.add": 3})


def send(phone: Phone, ops: list[dict[str, Any]], size: int = 400) -> list[str]:
    return [one for start in range(0, len(ops), size) for one in phone.statuses(*ops[start : start + size])]


def count(database: Database, model: type) -> int:
    return len(database.read(lambda session: session.exec(select(model)).all()))


def household(phone: Phone, world: World) -> dict[str, Any]:
    return phone.op("household.add", {"id": new_id(), "hamlet_id": world.dong, "head_name": "Lò Văn Thử"})


def reasons(database: Database) -> list[str]:
    rows = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    return [one.reason for one in sorted(rows, key=lambda one: one.seq)]


@pytest.mark.slow
def test_two_thousand_households_of_one_day_do_not_get_into_the_books(
    lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    before = count(database, Household)
    statuses = send(lan, [household(lan, world) for _ in range(2_000)])
    assert [statuses.count(one) for one in ("applied", "quarantined", "retry")] == [300, 1_700, 0]
    assert count(database, Household) - before == 300
    assert "gửi quá nhiều của một ngày" in desk.get("/desk/").text


def test_beyond_the_limit_the_rest_waits_and_is_accepted_at_once(
    few: None, lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    ops = [lan.visit(world.duc) for _ in range(8)]
    assert send(lan, ops) == ["applied"] * 6 + ["quarantined"] * 2
    assert send(lan, ops) == ["duplicate"] * 6 + ["quarantined"] * 2, "a repeat counts nothing"
    assert reasons(database) == ["too_many"] * 2
    assert "ghi quá nhiều trong một ngày" in desk.get("/desk/quarantine").text
    address = f"/desk/quarantine/devices/{lan.device_id}/accept?reason=too_many"
    assert "applied=2" in desk.post(address, data={"seen": "2"}).headers["location"]
    assert (count(database, Visit), send(lan, ops)) == (8, ["duplicate"] * 8)


def test_visit_of_a_household_beyond_the_limit_follows_it(
    few: None, lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    added = [household(lan, world) for _ in range(4)]
    visit = lan.visit(added[3]["data"]["id"])
    assert send(lan, [*added, visit]) == ["applied"] * 3 + ["quarantined"] * 2
    assert reasons(database) == ["too_many", "waiting"]
    address = f"/desk/quarantine/devices/{lan.device_id}/accept?reason=too_many"
    desk.post(address, data={"seen": "1"})
    assert count(database, Visit) == 1


def days(lan: Phone, world: World, clock: FakeClock, numbers: Iterable[int]) -> list[dict[str, Any]]:
    return [
        lan.visit(world.duc) | {"at": wire_time(clock() - timedelta(days=number, minutes=place))}
        for number in numbers
        for place in range(6)
    ]


def test_sixty_honest_days_arrive_at_once(
    few: None, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    assert set(send(lan, days(lan, world, clock, range(60)))) == {"applied"}
    assert len(device_of(database, lan).recorded_days) == 60


def test_file_has_the_same_limit(
    few: None, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    ops = [lan.visit(world.duc) for _ in range(8)]
    summary = import_file(database, make_export_file(lan, *ops), clock())
    assert (summary.applied, summary.quarantined, summary.retry) == (6, 2, 0)


def test_thirty_days_that_a_restore_forgot_are_offered_again_and_none_waits(
    few: None, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    """The database is that of thirty days ago, with the phone's counts of then."""
    ops = days(lan, world, clock, range(30))
    lan.exchange(ops[0])
    assert send(lan, ops) == ["duplicate"] + ["applied"] * (len(ops) - 1)
    assert set(send(lan, ops)) == {"duplicate"}


def test_wrong_clock_is_counted_on_the_true_day(
    few: None, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.now = clock() + timedelta(days=400)
    assert send(lan, [lan.visit(world.duc) for _ in range(8)]) == ["applied"] * 6 + ["quarantined"] * 2
    assert device_of(database, lan).recorded_days == {"2026-11-24": [6, 0]}


def test_refused_visits_use_nothing_up(few: None, lan: Phone, world: World, database: Database) -> None:
    wrong = [lan.visit(world.duc, services=[]) for _ in range(7)]
    assert set(send(lan, wrong)) == {"rejected"}
    assert set(send(lan, [lan.visit(world.duc) for _ in range(6)])) == {"applied"}


def test_days_that_no_operation_can_be_of_are_forgotten(
    few: None, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=100)
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    assert list(device_of(database, lan).recorded_days) == ["2027-03-04"]


def device_of(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
