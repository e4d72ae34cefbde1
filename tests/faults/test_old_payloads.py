"""A phone that was not updated for two years delivers a queue with operations of every earlier version."""

import json

import pytest

from app.sync.wire.upcasts import UPCASTS
from tests.faults.mutants import install
from tests.fieldwork.outreach.sessions import record
from tests.phone import Phone, new_id
from tests.sync import invented_version
from tests.sync.test_upcasts import GOLDEN
from tests.world import World


@pytest.fixture(autouse=True)
def _invented_version(monkeypatch: pytest.MonkeyPatch) -> None:
    invented_version.install(monkeypatch)


def test_queue_of_every_earlier_version_is_applied(lan: Phone, world: World) -> None:
    assert _statuses(lan, world) == ["applied"] * len(UPCASTS)


@pytest.mark.mutant
def test_server_without_upcasts_is_detected(
    lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("no_upcast", monkeypatch.setattr)
    assert set(_statuses(lan, world)) == {"rejected"}


def _statuses(lan: Phone, world: World) -> list[str]:
    """Send the data of the golden files, for Lan's hamlet and a household in it, and with new ids of what
    they record."""
    visit, session = lan.visit(world.duc), record(lan, world.dong)
    lan.exchange(visit, session)
    amended = {
        "visit.amend": visit["data"]["id"],
        "household.amend": world.duc,
        "outreach.amend": session["data"]["id"],
    }
    queue = []
    for type, v in sorted(UPCASTS):
        id = amended.get(type) or new_id()
        data = json.loads((GOLDEN / f"{type}.{v}.json").read_text("utf-8"))["sent"] | {"id": id}
        here = {"household_id": world.duc, "hamlet_id": world.dong}
        data |= {name: value for name, value in here.items() if name in data}
        queue.append(lan.op(type, data, v=v))
    return lan.statuses(*queue)
