"""Operations of every earlier payload version are still understood, and known again when repeated."""

import json
from pathlib import Path

import pytest

from app.core.db import Database
from app.sync.operations import HANDLERS, checked
from app.sync.protocol import Operation
from app.sync.upcasts import UPCASTS, upcast
from app.visits.models import Visit
from tests.sync.phone import Phone
from tests.world import World

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(("type", "v"), sorted(UPCASTS), ids=str)
def test_every_earlier_version_reads_as_its_golden_file_says(type: str, v: int) -> None:
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
    checked(handler.shape, read.data)


def test_every_type_can_be_read_in_every_version_up_to_its_newest() -> None:
    known = {(type, v) for type, handler in HANDLERS.items() for v in range(1, handler.v)}
    assert known == set(UPCASTS)
    assert {f"{type}.{v}.json" for type, v in UPCASTS} == {file.name for file in GOLDEN.iterdir()}


def test_both_versions_of_a_visit_are_taken(lan: Phone, world: World, database: Database) -> None:
    old, new = lan.visit(world.duc), lan.visit(world.duc, quick=True) | {"v": 2}
    assert lan.statuses(old, new) == ["applied", "applied"]
    assert [_quick(database, world, op["data"]["id"]) for op in (old, new)] == [False, True]
    assert lan.statuses(old, new) == ["duplicate", "duplicate"]


@pytest.mark.parametrize("v", [0, 3, 99])
def test_version_nobody_knows_goes_back(v: int, lan: Phone, world: World) -> None:
    (result,) = lan.exchange(lan.visit(world.duc) | {"v": v})["results"]
    assert (result["status"], result["code"]) == ("rejected", "version_unknown")


def _quick(database: Database, world: World, id: str) -> bool:
    return database.read(lambda session: session.get_one(Visit, (world.commune_id, id)).quick)
