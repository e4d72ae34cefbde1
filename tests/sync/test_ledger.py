"""The ledger knows an operation by its id and its commune."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.world import LY, World, add_next_door


def test_id_that_the_commune_next_door_has_used_is_another_operation(
    lan: Phone, browser: Callable[[], TestClient], database: Database, world: World, clock: FakeClock
) -> None:
    household, _ = add_next_door(database, world, clock())
    ly = sign_in(browser(), *LY, clock())
    ours = lan.visit(world.duc)
    theirs = ly.visit(household) | {"op_id": ours["op_id"]}
    assert [*lan.statuses(ours), *ly.statuses(theirs)] == ["applied", "applied"]
    assert [*lan.statuses(ours), *ly.statuses(theirs)] == ["duplicate", "duplicate"]
