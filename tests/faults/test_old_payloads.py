"""A phone that was not updated for two years delivers a queue with operations of every earlier version."""

import json

import pytest

from app.sync.upcasts import UPCASTS
from tests.faults.seeds import plant
from tests.sync.phone import Phone, new_id
from tests.sync.test_upcasts import GOLDEN
from tests.world import World

EARLIER = sorted(UPCASTS)


def test_queue_of_every_earlier_version_is_taken(lan: Phone, world: World) -> None:
    assert _statuses(lan, world) == ["applied"] * len(EARLIER)


def test_server_that_forgot_them_is_seen(
    lan: Phone,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant("no_upcast", monkeypatch.setattr)
    assert set(_statuses(lan, world)) == {"rejected"}


def _statuses(lan: Phone, world: World) -> list[str]:
    """The golden files' data, at a household of Lan's, with new ids."""
    queue = []
    for type, v in EARLIER:
        data = json.loads((GOLDEN / f"{type}.{v}.json").read_text("utf-8"))["sent"] | {"id": new_id()}
        data |= {"household_id": world.duc} if "household_id" in data else {}
        queue.append(lan.op(type, data, v=v))
    return lan.statuses(*queue)
