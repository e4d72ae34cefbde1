"""Shared scenarios: with both databases, and on partitioned tables, the real server answers as recorded in
the JSON files of this folder. `tests/field/sync/scenarios.test.js` gives these answers to the phone's code.

`SCENARIOS=write` records the files again; look at what changed.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.sync.wire.models import QuarantinedOperation
from tests.phone import Phone
from tests.scenarios.recorder import Recorder
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import World

HERE = Path(__file__).parent
Scenario = Callable[[Recorder, TestClient], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    SCENARIOS[play.__name__] = play
    return play


@scenario
def answer_lost_and_sent_again(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    lan.visit(lan.world.duc, follow_up_on="2026-11-30")
    lan.visit(lan.world.mai, result="not_home", services=[])
    lan.sync(lost=True)
    lan.sync()
    lan.sync()


@scenario
def refused_and_mended(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    lan.visit(lan.world.duc, services=[])
    lan.visit(lan.world.mai)
    lan.sync()


@scenario
def amended_and_withdrawn(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    visit = lan.visit(lan.world.duc)
    lan.save("visit.amend", **visit["data"] | {"base_version": 1, "note": "Đã hỏi lại"})
    lan.sync()
    lan.save("visit.withdraw", id=visit["data"]["id"])
    lan.sync()


@scenario
def household_added_changed_and_in_conflict(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    new = {"hamlet_id": lan.world.dong, "head_name": "Vi Thị Lụa", "house_no": "40", "alley": ""}
    household = lan.save("household.add", **new, phone=None)
    lan.visit(household["data"]["id"])
    other = lan.instance.phone(("0900000001", "10000001"))
    other.exchange(other.op("household.amend", {"id": lan.world.mai, "base_version": 1, "house_no": "14A"}))
    lan.save("household.amend", id=lan.world.mai, base_version=1, house_no="14B")
    lan.sync()


@scenario
def waits_for_a_household_and_is_dropped(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    lan.visit(str(next(lan._ids)))
    lan.sync()
    (quarantined,) = lan.instance.rows(QuarantinedOperation)
    assert (
        desk.post(f"/desk/quarantine/{quarantined.op_id}/{quarantined.payload_hash}/drop").status_code == 303
    )
    lan.sync()


@scenario
def waits_for_a_household_and_is_released(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    household = {"id": str(next(lan._ids)), "hamlet_id": lan.world.dong, "head_name": "Vi Thị Lụa"}
    lan.visit(household["id"])
    lan.sync()
    other = lan.instance.phone(("0900000001", "10000001"))
    other.exchange(other.op("household.add", household))
    lan.sync()


@scenario
def returned_by_the_desk(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    visit = lan.visit(lan.world.duc)
    lan.sync()
    form = {"version": "1", "reason": "missing_information", "field": "note", "note": "Chưa rõ việc nào"}
    assert desk.post(f"/desk/visits/{visit['data']['id']}/return", data=form).status_code == 303
    lan.sync()


@scenario
def revoked_and_back_in_service(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    lan.visit(lan.world.duc)
    assert desk.post(f"/desk/devices/{lan.phone.device_id}/revoke").status_code == 303
    lan.sync()
    assert desk.post(f"/desk/devices/{lan.phone.device_id}/allow").status_code == 303
    lan.visit(lan.world.mai)
    lan.sync_refused()
    lan.sign_in()
    lan.sync()


@scenario
def server_restored_from_a_backup(lan: Recorder, desk: TestClient) -> None:
    lan.sync()
    lan.visit(lan.world.duc)
    lan.sync()
    lan.instance.back_up()
    lan.visit(lan.world.mai)
    lan.sync()
    lan.instance.restore()
    lan.sync()
    lan.visit(lan.world.duc)
    lan.sync()
    lan.resend()
    lan.sync()
    lan.sync()


@scenario
def conflict_through_a_restore(lan: Recorder, desk: TestClient) -> None:
    """The phone in conflict sends no `acked_version`: its write got no version."""
    lan.sync()
    other = lan.instance.phone(("0900000001", "10000001"))
    lan.instance.back_up()
    amend = {"id": lan.world.mai, "base_version": 1, "house_no": "14A"}
    applied = send(other, other.op("household.amend", amend))
    lan.save("household.amend", **amend | {"house_no": "14B"})
    lan.sync()
    lan.instance.restore()
    heal(other, applied)
    lan.sync()
    lan.resend()
    lan.sync()
    lan.sync()


@scenario
def imported_again_after_a_restore(lan: Recorder, desk: TestClient) -> None:
    lan.instance.back_up()
    household = lan.import_household("Vi Thị Lụa")
    lan.sync()
    lan.visit(household)
    lan.sync()
    lan.instance.restore()
    lan.sync()
    lan.resend()
    lan.sync()
    lan.import_household("Vi Thị Lụa")
    lan.sync()


@pytest.mark.partitioned
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_server_answers_as_recorded(
    instance: Instance, lan: Phone, world: World, desk: TestClient, name: str
) -> None:
    recorder = Recorder(instance, lan, world)
    SCENARIOS[name](recorder, desk)
    file = HERE / f"{name}.json"
    if os.environ.get("SCENARIOS") == "write":
        file.write_text(recorder.text(), "utf-8")
    assert recorder.text() == file.read_text("utf-8")


def test_every_file_is_a_scenario() -> None:
    assert {file.stem for file in HERE.glob("*.json")} == set(SCENARIOS)
