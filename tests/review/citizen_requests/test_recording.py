"""A citizen's request that a member enters on the phone: `request.record`, and what the desk has of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.clock import wire_time
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.review.citizen_requests.models import CitizenRequest
from app.sync.applying import day_limit
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.upkeep.erasure.remains import erase
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import addresses, assert_consistent, undo
from tests.world import World


def _request(phone: Phone, household_id: str, kind: str = "erase", **changes: Any) -> dict[str, Any]:
    data = {"id": new_id(), "household_id": household_id, "kind": kind}
    return phone.op("request.record", data, **changes)


def _rows(database: Database) -> list[CitizenRequest]:
    return list(database.read(lambda session: session.exec(select(CitizenRequest)).all()))


def _recorded(database: Database) -> list[dict[str, Any]]:
    entries = database.read(lambda session: session.exec(select(DeskEntry)).all())
    return [one.entry for one in entries if one.entry["what"] == "request.recorded"]


@pytest.mark.both_databases
def test_request_from_a_phone_is_entered_once(
    lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    asked = _request(lan, world.duc)
    (result,) = lan.exchange(asked)["results"]
    assert result == {"op_id": asked["op_id"], "status": "applied", "kind": "citizen_request", "version": 1}
    assert lan.statuses(asked) == ["duplicate"]
    assert lan.statuses(asked | {"op_id": new_id()}) == ["rejected"], "another operation has its id"
    (row,) = _rows(database)
    assert (row.household_id, row.kind, row.entered_by) == (world.duc, "erase", world.lan)
    assert (row.received_on, row.reference, row.closed_on) == (date(2026, 11, 24), "", None)
    (entry,) = _recorded(database)
    assert {name: entry[name] for name in ("request", "kind", "by", "household")} == {
        "request": row.id, "kind": "erase", "by": world.lan, "household": world.duc,
    }  # fmt: skip
    assert "Đức" not in str(entry)
    assert "1 yêu cầu của bà con chưa xong: còn 2 ngày." in words(desk.get("/desk/").text)
    assert "Nguyễn Thị Lan ghi" in words(desk.get("/desk/citizen-requests").text)
    assert "Nguyễn Thị Lan" in words(desk.get(f"/desk/citizen-requests/{row.id}").text)
    logged = words(desk.get("/desk/log").text)
    assert "Ghi yêu cầu của bà con trên máy" in logged
    assert_consistent(database)


def test_clock_began_when_it_was_heard(lan: Phone, world: World, database: Database) -> None:
    days = [wire_time(lan.now - timedelta(days=back)) for back in (3, 90, -2)]
    assert lan.statuses(*(_request(lan, world.duc, at=at) for at in days)) == ["applied"] * 3
    received = sorted(row.received_on for row in _rows(database))
    assert received == [date(2026, 9, 25), date(2026, 11, 21), date(2026, 11, 24)], (
        "at most 60 days, not to come"
    )


def test_unknown_kind_is_refused_and_named(lan: Phone, world: World, database: Database) -> None:
    (result,) = lan.exchange(_request(lan, world.duc, "forget"))["results"]
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid", ["kind"])
    assert not _rows(database)


@pytest.mark.both_databases
def test_request_waits_for_its_household(lan: Phone, world: World, database: Database) -> None:
    household_id = new_id()
    data = {"id": household_id, "hamlet_id": world.dong, "head_name": "Lò Văn Thử"}
    assert lan.statuses(_request(lan, household_id)) == ["quarantined"]
    assert not _rows(database)
    assert not _recorded(database)
    assert lan.statuses(lan.op("household.add", data)) == ["applied"]
    (row,) = _rows(database)
    assert (row.household_id, row.received_on) == (household_id, date(2026, 11, 24))
    assert [one["request"] for one in _recorded(database)] == [row.id]


def test_household_of_another_hamlet_waits_for_a_decision_that_stands(
    lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    asked = _request(lan, world.anh, "view")
    assert lan.statuses(asked) == ["quarantined"]
    assert not _rows(database)
    (address,) = addresses(desk)
    shown = words(desk.get(address).text)
    assert "Ghi yêu cầu của bà con" in shown
    assert "Xem dữ liệu" in shown
    assert desk.post(f"{address}/accept").status_code == 303
    (row,) = _rows(database)
    assert (row.household_id, row.entered_by) == (world.anh, world.lan)
    refused = undo(desk, address)
    assert "yêu cầu đã vào sổ" in words(refused.text)
    assert [one.id for one in _rows(database)] == [row.id]


def test_request_of_an_erased_household_is_forgotten(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    erase(database, world, world.duc, clock())
    (result,) = lan.exchange(_request(lan, world.duc))["results"]
    assert (result["status"], result["code"]) == ("duplicate", "erased")
    assert not _rows(database)


def test_what_no_person_asks_in_a_day_waits(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_limit, "MAX_OF_DAY", {"visit.record": 2, "household.add": 3})
    asked = [_request(lan, world.duc) for _ in range(3)]
    assert lan.statuses(*asked) == ["applied", "applied", "quarantined"]
    assert len(_rows(database)) == 2
