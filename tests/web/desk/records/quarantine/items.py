"""Helpers to make quarantined operations, find their addresses, decide on them and read what is stored."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance.check import check
from tests.derived_tables import assert_as_defined
from tests.phone import Phone, new_id
from tests.world import World

Browser = Callable[[], TestClient]


def deliver_revoked(desk: TestClient, phone: Phone, *ops: dict[str, Any]) -> None:
    """Revoke the phone, then let it send `ops`."""
    desk.post(f"/desk/devices/{phone.device_id}/revoke")
    assert set(phone.statuses(*ops)) == {"quarantined"}


def make_conflict(lan: Phone, other: Phone, world: World, **fields: Any) -> dict[str, Any]:
    """Lan's two phones change one house number; 12A arrives first. Returns the other operation."""
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    conflict = other.op("household.amend", {"id": world.duc, "base_version": 1, **fields})
    assert other.statuses(conflict) == ["conflict"]
    return conflict


def decide(desk: TestClient, verb: str, data: dict[str, str] | None = None) -> Any:
    """Decide on the only operation that waits."""
    if desk.get("/desk/quarantine").status_code == 303:
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    (address,) = addresses(desk)
    return desk.post(f"{address}/{verb}", data=data or {})


def addresses(desk: TestClient) -> list[str]:
    """The addresses of the waiting operations, in the list's order."""
    parts = desk.get("/desk/quarantine").text.split('class="household"><a href="')[1:]
    return [part.partition('"')[0] for part in parts]


def new_household(world: World) -> dict[str, Any]:
    return {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}


def waiting_visit(phone: Phone, **changes: Any) -> dict[str, Any]:
    """A visit of this phone that waits for a household which the commune lacks."""
    visit = phone.visit(new_id(), **changes)
    assert phone.statuses(visit) == ["quarantined"]
    return visit


def undo(desk: TestClient, address: str, state: str = "applied") -> Any:
    return desk.post(f"{address}/undo", data={"state": state})


def assert_consistent(database: Database) -> None:
    """Everything that `check` looks at is right."""
    assert [(one.name, one.problems) for one in check(database) if one.problems] == []


def assert_totals_are_right(database: Database, world: World) -> None:
    assert_as_defined(database, world.commune_id)


def stored_visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))


def quarantined(database: Database) -> list[QuarantinedOperation]:
    return database.read(lambda session: list(session.exec(select(QuarantinedOperation))))
