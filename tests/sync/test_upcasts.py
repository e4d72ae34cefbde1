"""Upcasts: operations of every earlier version of their data are applied, and recognised if repeated."""

import json
from pathlib import Path

import pytest

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.applying.operations import HANDLERS, validate
from app.sync.wire.protocol import Operation
from app.sync.wire.upcasts import UPCASTS, upcast
from tests.phone import Phone
from tests.sync import invented_version
from tests.world import World

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def _invented_version(monkeypatch: pytest.MonkeyPatch) -> None:
    invented_version.install(monkeypatch)


def test_every_earlier_version_is_upcast_as_its_golden_file_has_it() -> None:
    for type, v in UPCASTS:
        golden = json.loads((GOLDEN / f"{type}.{v}.json").read_text("utf-8"))
        handler = HANDLERS[type]
        operation = Operation.model_validate(
            {
                "op_id": "8d7a3c1e-0a55-4a53-9c35-0d2a6f1f9a10", "seq": 1, "type": type, "v": v,
                "commune_id": "c1", "at": "2026-11-24T09:00:00Z", "data": golden["sent"],
            }
        )  # fmt: skip
        read = upcast(operation, handler.v)
        assert (read.v, read.data) == (handler.v, golden["read"])
        validate(handler.shape, read.data)


def test_every_type_can_be_read_in_every_version_up_to_its_newest() -> None:
    known = {(type, v) for type, handler in HANDLERS.items() for v in range(1, handler.v)}
    assert known == set(UPCASTS)
    assert {f"{type}.{v}.json" for type, v in UPCASTS} == {file.name for file in GOLDEN.iterdir()}


def test_both_versions_of_a_visit_are_accepted(lan: Phone, world: World, database: Database) -> None:
    old, new = lan.visit(world.duc) | {"v": 2}, lan.visit(world.duc, note="Đã hỏi")
    old["data"]["comment"] = old["data"].pop("note", None) or "Đã cài xong"
    assert lan.statuses(old, new) == ["applied", "applied"]
    notes = [_visit(database, world, operation["data"]["id"]).note for operation in (old, new)]
    assert notes == ["Đã cài xong", "Đã hỏi"]
    assert lan.statuses(old, new) == ["duplicate", "duplicate"]


def test_visit_may_leave_out_whether_it_was_recorded_by_one_tap(
    lan: Phone, world: World, database: Database
) -> None:
    without, by_one_tap = lan.visit(world.duc), lan.visit(world.duc, quick=True)
    without["data"].pop("quick", None)
    assert lan.statuses(without, by_one_tap) == ["applied", "applied"]
    quick = [_visit(database, world, operation["data"]["id"]).quick for operation in (without, by_one_tap)]
    assert quick == [False, True]


def test_visit_of_the_version_without_refusals_means_the_same(
    lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the versions of today
    visit = lan.visit(world.duc) | {"v": 1}
    amended, refused = lan.amend(visit) | {"v": 1}, lan.amend(visit, 2, result="refused", services=[])
    assert lan.statuses(visit, amended, refused) == ["applied"] * 3


def test_version_that_nobody_reads_any_more_is_rejected(lan: Phone, world: World) -> None:
    (result,) = lan.exchange(lan.visit(world.duc) | {"v": 0})["results"]
    assert (result["status"], result["code"]) == ("rejected", "version_unknown")


def _visit(database: Database, world: World, id: str) -> Visit:
    return database.read(lambda session: session.get_one(Visit, (world.commune_id, id)))
