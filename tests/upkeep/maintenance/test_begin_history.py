"""A database that lost its last writes without a restore: phones send them again in a new history."""

import shutil
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.cli.maintenance.restoring import reverted_lines
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device
from app.commune.credentials import links
from app.core.desk_log import DeskEntry, DeskLog
from app.core.epoch import ServerEpoch
from app.core.feed import FeedCounter, feed
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry
from app.upkeep.maintenance import desk_log, epoch, restore
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.files import MaintenanceRefused
from tests.operator import run_forked
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.upkeep.maintenance.test_desk_log import fill
from tests.world import LAN, World

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
    monkeypatch.setattr(restore, "record_epoch", lambda *_, **__: None)
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


def test_what_was_reverted_once_is_not_again_on_the_other_machine(
    instance: Instance, nam: Phone, world: World, tmp_path: Path
) -> None:
    """Each machine's command is given the other one's log; only the first has the line of the start."""
    send(nam, nam.visit(world.anh))
    instance.back_up()
    own, other = instance.settings.desk_log_file, tmp_path / "other.jsonl"
    before = own.read_bytes()
    instance.database.write(lambda session: _end_nam(session, world, instance))
    instance.lose_end()
    own.rename(other)
    own.write_bytes(before)
    assert instance.begin_history(other).reverted.ended_accounts == [world.nam]
    instance.database.write(lambda session: _take_back(session, world))
    again = restore.begin_history(instance.database, other, [own], instance.clock())
    assert again.reverted.ended_accounts == []


def test_backup_of_the_new_history_reverts_nothing_again_on_a_machine_that_has_not_served_since(
    instance: Instance, nam: Phone, world: World, tmp_path: Path
) -> None:
    """That machine's log has the end of the account, and not the line of the start."""
    send(nam, nam.visit(world.anh))
    instance.back_up()
    own, other = instance.settings.desk_log_file, tmp_path / "other.jsonl"
    instance.database.write(lambda session: _end_nam(session, world, instance))
    shutil.copy(own, other)
    instance.lose_end()
    assert instance.begin_history().reverted.ended_accounts == [world.nam]
    instance.database.write(lambda session: _take_back(session, world))
    instance.backup = tmp_path / "later"
    instance.back_up()
    instance.settings = instance.settings.model_copy(update={"desk_log": other})
    assert instance.restore().reverted.ended_accounts == []


def test_history_whose_start_cannot_be_written_down_does_not_begin(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the line the same would be reverted once more the next time."""
    (before,) = instance.rows(ServerEpoch)

    def no_room(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DeskLog, "_write", no_room)
    with pytest.raises(MaintenanceRefused, match="No space left"):
        instance.begin_history()
    assert instance.rows(ServerEpoch)[0].epoch == before.epoch


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_phone_that_signs_in_while_a_history_begins_stays_in(
    instance: Instance, lan: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed, and in the file, after the database was read and before the file was."""
    lines, late = DeskLog.lines, list[Phone]()

    def after_a_sign_in(log: DeskLog, offset: int = 0) -> Iterator[tuple[str, int, bytes]]:
        if not late:
            late.append(lan)
            late.append(instance.phone(LAN, installation_id="00000000-0000-4000-8000-000000000009"))
        return lines(log, offset)

    monkeypatch.setattr(DeskLog, "lines", after_a_sign_in)
    stored = instance.database.read(_numbers_until_now)
    monkeypatch.setattr(desk_log, "_numbers", lambda *_: iter(stored))
    assert instance.begin_history().reverted.suspended_devices == []
    assert "erase" not in late[1].exchange()


def test_running_server_forgets_what_it_knew_of_the_lost_end(
    instance: Instance, lan: Phone, other: Phone, world: World, desk: TestClient
) -> None:
    """The change that was lost and the next one have not the same number."""
    other.exchange()
    instance.back_up()
    send(lan, lan.op("household.amend", {"id": world.duc, "base_version": 1, "head_name": "Nguyễn Văn Lạc"}))
    assert "Nguyễn Văn Lạc" in desk.get("/desk/households?q=lac").text
    database = instance.database
    instance.database.write(lambda session: _undo_the_change(session, world))
    assert instance.database is database, "the server runs on, as behind an address that moves"
    instance.begin_history()
    send(
        other, other.op("household.amend", {"id": world.mai, "base_version": 1, "head_name": "Trần Thị Mới"})
    )
    assert "Trần Thị Mới" in desk.get("/desk/households?q=moi").text
    assert "Nguyễn Văn Lạc" not in desk.get("/desk/households?q=lac").text


def test_links_that_are_void_are_counted(instance: Instance, world: World) -> None:
    instance.database.write(lambda session: links.issue(session, "binh", instance.clock()))
    said = "\n".join(reverted_lines(instance.begin_history(), LOST))
    assert "1 one-time links are void" in said


@pytest.mark.slow
def test_history_after_a_hundred_thousand_decisions_begins_in_little_memory(
    instance: Instance, lan: Phone, world: World
) -> None:
    fill(instance.database, 100_000)
    log = DeskLog(instance.settings.desk_log_file)
    log.append(
        [{"id": "lost", "commune_id": world.commune_id, "at": "2026-11-24T00:00:00.000Z", "what": "x"}]
    )
    tracemalloc.start()
    lost = desk_log.find_lost(instance.database, [log])
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [entry["id"] for entry in lost.entries] == ["lost"]
    assert most < 30 << 20


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


def _take_back(session: Session, world: World) -> None:
    account = session.get_one(Account, (world.commune_id, world.nam))
    account.ended_at = None
    feed(session, world.commune_id, [account])


def _numbers_until_now(session: Session) -> list[tuple[str, int]]:
    return [(row.id, row.number or 0) for row in session.exec(select(DeskEntry)).all()]


def _undo_the_change(session: Session, world: World) -> None:
    """What a standby has that did not get the newest change."""
    counter = session.get_one(FeedCounter, world.commune_id)
    counter.head -= 1
    row = {"head_name": "Nguyễn Văn Đức", "version": 1, "feed_seq": counter.head}
    session.execute(update(Household).where(col(Household.id) == world.duc).values(row))
    session.execute(delete(HouseholdVersion).where(col(HouseholdVersion.version) == 2))
