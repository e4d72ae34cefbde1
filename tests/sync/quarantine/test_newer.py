"""Operations of a newer build wait on the server, until a release that knows them starts."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.applying.operations import HANDLERS
from app.sync.quarantine.retry import retry_all
from app.sync.wire.models import QuarantinedOperation
from app.sync.wire.upcasts import UPCASTS
from tests.phone import Phone
from tests.world import World

NEXT_TYPE = "visit.remove"


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release: `visit.record` is version 3, and there is one more type."""
    monkeypatch.setitem(HANDLERS, "visit.record", replace(HANDLERS["visit.record"], v=3))
    monkeypatch.setitem(UPCASTS, ("visit.record", 2), lambda data: data)
    monkeypatch.setitem(HANDLERS, NEXT_TYPE, HANDLERS["visit.withdraw"])


def test_newer_version_and_unknown_type_wait_and_are_applied_by_the_next_release(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = lan.visit(world.duc) | {"v": 3}
    earlier = lan.visit(world.mai)
    withdrawal = lan.op(NEXT_TYPE, {"id": earlier["data"]["id"]})
    amended = lan.amend(newer, note="Sửa lại")
    results = lan.exchange(newer, earlier, withdrawal, amended, lan.visit(world.duc))["results"]
    assert [(result["status"], result.get("code")) for result in results] == [
        ("quarantined", "newer"),
        ("applied", None),
        ("quarantined", "newer"),
        ("quarantined", "waiting"),
        ("applied", None),
    ]
    assert lan.statuses(newer, withdrawal) == ["quarantined", "quarantined"]
    assert retry_all(database, utc_now()) == 0
    assert len(_rows(database, Visit)) == 2
    upgrade(monkeypatch)
    assert retry_all(database, utc_now()) == 3
    assert lan.statuses(newer, withdrawal, amended) == ["duplicate"] * 3
    visits = {visit.id: visit for visit in _rows(database, Visit)}
    assert len(visits) == 3
    assert visits[newer["data"]["id"]].note == "Sửa lại"
    assert visits[earlier["data"]["id"]].withdrawn_at is not None


def test_newer_operation_that_is_refused_once_it_is_understood_says_why(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = lan.visit(world.duc, services=[]) | {"v": 3}
    assert lan.statuses(wrong) == ["quarantined"]
    upgrade(monkeypatch)
    assert retry_all(database, utc_now()) == 0
    (row,) = _rows(database, QuarantinedOperation)
    assert (row.state, row.reason, row.code) == ("open", "unappliable", "service_required")


def _rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
