"""/desk/quarantine with rows that cannot be read: they are shown and do not affect the others."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import NOW
from tests.phone import Phone, new_id
from tests.world import World

DEEP = '{"at":null,"commune_id":"c06391","data":' + "[" * 980 + "]" * 980 + ',"type":"visit.record","v":1}'
UNREADABLE = [DEEP, "", "{", "null", "[]", '"x"', "7", '{"data":{"id":"\\u0000"},"type":"visit.record"}']


@pytest.mark.parametrize("payload", UNREADABLE)
def test_unreadable_row_is_shown_and_refused_and_the_others_are_accepted(
    desk: TestClient, lan: Phone, world: World, database: Database, payload: str
) -> None:
    good = _deliver(desk, lan, world)
    id = _plant(database, lan, world, payload)
    page = desk.get("/desk/quarantine")
    assert (page.status_code, good in page.text, id in page.text) == (200, True, True)
    assert "Việc không rõ" in page.text
    address = f"/desk/quarantine/{id}/{'0' * 64}"
    assert "Nội dung không đọc được." in desk.get(address).text
    assert desk.post(f"{address}/accept").status_code == 409
    answer = desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "2"})
    assert answer.headers["location"].endswith("&applied=1")
    assert len(_visits(database)) == 1
    assert desk.post(f"{address}/drop").headers["location"] == "/desk/quarantine?done=dropped"


@pytest.mark.both_databases
def test_call_that_ends_early_tries_first_what_was_not_tried_yet(
    desk: TestClient, lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.quarantine.bulk.ROWS_PER_WRITE", 2)
    monkeypatch.setattr("app.sync.quarantine.bulk.MAX_SECONDS", 0)
    for _ in range(3):
        _plant(database, lan, world, DEEP)
    _deliver(desk, lan, world)
    answers = [
        desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "4"}) for _ in range(2)
    ]
    assert [answer.headers["location"].split("&")[1] for answer in answers] == ["applied=0", "applied=1"]
    assert len(_visits(database)) == 1


@pytest.mark.both_databases
def test_record_that_an_unreadable_operation_waits_for_is_applied(
    lan: Phone, world: World, database: Database
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    id = _plant(database, lan, world, DEEP, reason="waiting", missing_id=household["id"])
    assert lan.statuses(lan.op("household.add", household)) == ["applied"]
    row = database.read(lambda session: session.exec(select(QuarantinedOperation)).one())
    assert (row.op_id, row.state) == (id, "open")


def _deliver(desk: TestClient, phone: Phone, world: World) -> str:
    """Deliver one visit of a revoked phone; returns its id."""
    desk.post(f"/desk/devices/{phone.device_id}/revoke")
    visit = phone.visit(world.duc)
    assert phone.statuses(visit) == ["quarantined"]
    return str(visit["op_id"])


def _plant(database: Database, phone: Phone, world: World, payload: str, **more: Any) -> str:
    """A row as an earlier version may have stored it; its `op_id`."""
    id = new_id()
    row: dict[str, Any] = {
        "commune_id": world.commune_id, "op_id": id, "payload_hash": "0" * 64, "reason": "revoked",
        "payload": payload, "account_id": world.lan, "device_id": phone.device_id, "seq": 0,
        "received_at": NOW,
    } | more  # fmt: skip

    def work(session: Session) -> None:
        session.add(QuarantinedOperation(**row))

    database.write(work)
    return id


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))
