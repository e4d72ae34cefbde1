"""A database that lost its last writes without a restore: phones send them again in a new history."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.cli.maintenance import reverted_lines
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device
from app.core.epoch import ServerEpoch
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry
from app.upkeep.maintenance import epoch, restore
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.files import MaintenanceRefused
from tests.operator import run_forked
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.world import World

LOST = "in the time that was lost"


def test_what_was_acknowledged_and_lost_comes_back_once(
    instance: Instance, lan: Phone, nam: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _lost_and_doubled(instance, lan, nam, world, monkeypatch) == (0, 0)
    assert sum(len(one.problems) for one in check(instance.database)) == 0
    assert sum(device.lost_count for device in instance.rows(Device)) == 0


@pytest.mark.mutant
def test_without_a_new_history_it_is_lost(
    instance: Instance, lan: Phone, nam: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "start_new_epoch", _no_epoch)
    monkeypatch.setattr(restore, "record_epoch", lambda *_: None)
    assert _lost_and_doubled(instance, lan, nam, world, monkeypatch) == (40, 0)


def test_access_that_was_ended_in_the_lost_time_stays_ended(
    instance: Instance,
    lan: Phone,
    nam: Phone,
    world: World,
    desk: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = {phone.account_id: send(phone, phone.visit(world.duc)) for phone in (lan,)}
    delivered, lost = send(nam, nam.visit(world.anh)), nam.visit(world.anh)
    instance.back_up()
    delivered += send(nam, lost)
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    instance.database.write(lambda session: _end_nam(session, world, instance))
    instance.lose_end()
    done = instance.begin_history()
    assert done.reverted.suspended_devices == [lan.device_id]
    assert done.reverted.ended_accounts == [world.nam]
    assert "1 accounts ended in the time that was lost" in "\n".join(reverted_lines(done, LOST))
    assert [result["status"] for result in heal(lan, sent[lan.account_id])] == ["duplicate"]
    assert [result["status"] for result in heal(nam, delivered)] == ["duplicate", "quarantined"]
    assert lan.exchange()["erase"]
    assert nam.exchange()["erase"]


def test_what_only_the_log_of_another_machine_has_is_reverted_too(
    instance: Instance,
    lan: Phone,
    world: World,
    desk: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    send(lan, lan.visit(world.duc))
    instance.back_up()
    own = instance.settings.desk_log_file
    before = own.read_bytes()
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    instance.lose_end()
    other = tmp_path / "other-machine" / "desk.log"
    other.parent.mkdir()
    own.rename(other)
    own.write_bytes(before)
    assert instance.begin_history(other).reverted.suspended_devices == [lan.device_id]
    assert lan.exchange()["erase"]
    assert lan.device_id.encode() in own.read_bytes(), "a restore later knows it, too"
    assert instance.begin_history(other).reverted.suspended_devices == [], "it is reverted once"


def test_command_begins_a_history_while_the_server_runs_and_names_a_log_that_is_none(
    instance: Instance, lan: Phone, world: World, database_url: str, tmp_path: Path
) -> None:
    sent = send(lan, lan.visit(world.duc))
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    strange = tmp_path / "strange.txt"
    strange.write_text("Không phải nhật ký", "utf-8")
    for path, why in ((tmp_path / "missing", "cannot be read"), (strange, "is no desk log")):
        refused = run_forked(database_url, "begin-history", "--desk-log", str(path), **settings)
        assert (refused.returncode, why in refused.stderr) == (2, True), refused.stderr
    assert heal(lan, sent) == [], "nothing has changed"
    done = run_forked(database_url, "begin-history", **settings)
    assert (done.returncode, "A new history has begun." in done.stdout) == (0, True), done.stderr
    assert [result["status"] for result in heal(lan, sent)] == ["duplicate"]


def test_file_that_cannot_be_read_changes_nothing(instance: Instance, tmp_path: Path) -> None:
    (before,) = instance.rows(ServerEpoch)
    with pytest.raises(MaintenanceRefused):
        instance.begin_history(tmp_path / "missing")
    assert instance.rows(ServerEpoch)[0].epoch == before.epoch


def _lost_and_doubled(
    instance: Instance, lan: Phone, nam: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, int]:
    households = ((lan, world.duc), (nam, world.anh))
    sent: list[Sent] = [
        send(phone, *(phone.visit(household) for _ in range(10))) for phone, household in households
    ]
    instance.back_up()
    for (phone, household), pairs in zip(households, sent, strict=True):
        pairs.extend(send(phone, *(phone.visit(household) for _ in range(20))))
    instance.lose_end()
    instance.begin_history()
    for (phone, _household), pairs in zip(households, sent, strict=True):
        heal(phone, pairs)
        phone.exchange()
    made = {op["data"]["id"] for pairs in sent for op, _result in pairs}
    entries = Counter(entry.record_id for entry in instance.rows(LedgerEntry))
    lost = made - {visit.id for visit in instance.rows(Visit)}
    return len(lost), sum(count > 1 for count in entries.values())


def _no_epoch(session: Session, *_: Any, **__: Any) -> tuple[ServerEpoch, epoch.RevertedChanges]:
    return session.exec(select(ServerEpoch)).one(), epoch.RevertedChanges([], [])


def _end_nam(session: Session, world: World, instance: Instance) -> None:
    deactivate_account(session, session.get_one(Account, (world.commune_id, world.nam)), instance.clock())
