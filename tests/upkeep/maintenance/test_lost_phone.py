"""A phone that was reported as lost after the backup is revoked by the restore as well."""

from fastapi.testclient import TestClient

from app.core.clock import VIETNAM
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World


def test_restore_repeats_the_revocation_of_a_lost_phone(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    lan.exchange()
    instance.back_up()
    now = instance.clock().astimezone(VIETNAM)
    form = {"day": now.strftime("%d/%m/%Y"), "time": now.strftime("%H:%M")}
    assert desk.post(f"/desk/devices/{lan.device_id}/lost", data=form).status_code == 303
    done = instance.restore()
    assert done.reverted.suspended_devices == [lan.device_id]
    assert [entry["what"] for entry in done.reverted.decisions] == ["device.lost"]
    assert lan.exchange()["erase"]
