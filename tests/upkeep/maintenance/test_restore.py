"""After a restore of last night's backup, phones send today's records again: none is lost or doubled."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlmodel import Session, select

from app.commune.accounts.models import Device
from app.core.epoch import ServerEpoch
from app.core.errors import Unavailable
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.models import Visit, VisitVersion
from app.sync.export import keys
from app.sync.export.importer import import_file
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.maintenance import epoch, restore
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.files import MaintenanceRefused
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_export_file
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.world import World


def test_backup_then_500_acknowledged_then_restore_loses_and_duplicates_nothing(
    instance: Instance, lan: Phone, nam: Phone, world: World
) -> None:
    tally = _last_night(instance, lan, nam, world)
    assert tally == {"made": 520, "lost": 0, "doubled": 0, "applied": 500, "problems": 0, "alarms": 0}


@pytest.mark.mutant
def test_without_a_new_epoch_what_was_sent_since_is_lost(
    instance: Instance, lan: Phone, nam: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore by copying files: phones do not notice that the server has lost operations."""
    monkeypatch.setattr(restore, "start_new_epoch", _no_epoch)
    assert _last_night(instance, lan, nam, world)["lost"] == 500


def _last_night(instance: Instance, lan: Phone, nam: Phone, world: World) -> dict[str, int]:
    sent: dict[str, Sent] = {"lan": [], "nam": []}
    households = {"lan": (lan, world.duc), "nam": (nam, world.anh)}
    for who, (phone, household) in households.items():
        sent[who] += send(phone, *(phone.visit(household) for _ in range(10)))
    instance.back_up()
    for who, (phone, household) in households.items():
        sent[who] += send(phone, *(phone.visit(household) for _ in range(125)))
        sent[who] += send(phone, *(phone.visit(household) for _ in range(125)))
    instance.restore()
    answers = Counter(
        result["status"]
        for who, (phone, _household) in households.items()
        for result in heal(phone, sent[who])
    )
    for phone, _household in households.values():
        phone.exchange()
    made = {op["data"]["id"] for pairs in sent.values() for op, _result in pairs}
    entries = Counter(entry.record_id for entry in instance.rows(LedgerEntry))
    return {
        "made": len(made),
        "lost": len(made - {visit.id for visit in instance.rows(Visit)}),
        "doubled": sum(count > 1 for count in entries.values()),
        "applied": answers["applied"],
        "problems": sum(len(one.problems) for one in check(instance.database)),
        "alarms": sum(device.lost_count for device in instance.rows(Device)),
    }


def _no_epoch(session: Session, *_: Any) -> tuple[ServerEpoch, epoch.RevertedChanges]:
    return session.exec(select(ServerEpoch)).one(), epoch.RevertedChanges([], [])


def test_versions_of_the_new_epoch_are_above_the_restores_time(
    instance: Instance, lan: Phone, world: World
) -> None:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    instance.restore()
    (floor,) = (row.version_floor for row in instance.rows(ServerEpoch))
    lan.exchange()
    ((_, result),) = send(lan, lan.amend(visit, note="sau"))
    assert result["version"] == floor + 1 > 1_700_000_000
    ((_, result),) = send(lan, lan.visit(world.duc))
    assert result["version"] == 1, "the first version of a record never means two things"


def test_writes_that_come_again_take_the_numbers_they_had(
    instance: Instance, lan: Phone, other: Phone, world: World
) -> None:
    """Whichever phone sends first, the newest write is the content in the end."""
    sent = send(lan, lan.visit(world.duc))
    visit = sent[0][0]
    instance.back_up()
    first = send(lan, lan.amend(visit, note="một"))
    second = send(other, other.amend(visit, 2, note="hai"))
    third = send(lan, lan.amend(visit, 3, note="ba"))
    instance.restore()
    assert [result["version"] for result in heal(other, second)] == [3]
    assert [result["version"] for result in heal(lan, [*first, *third])] == [2, 4]
    (row,) = instance.rows(Visit)
    assert (row.note, row.version) == ("ba", 4)
    versions = {(version.version, version.late) for version in instance.rows(VisitVersion)}
    assert versions == {(1, False), (2, True), (3, False)}


def test_older_than_what_was_written_since_is_kept_as_a_version_only(
    instance: Instance, lan: Phone, other: Phone, world: World
) -> None:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    before = send(lan, lan.amend(visit, note="trước"))
    instance.restore()
    other.exchange()
    send(other, other.amend(visit, note="sau"))
    assert [result["status"] for result in heal(lan, before)] == ["applied"]
    assert [row.note for row in instance.rows(Visit)] == ["sau"]
    (late,) = (version for version in instance.rows(VisitVersion) if version.late)
    assert late.content["note"] == "trước"


def test_fields_of_a_household_come_back_without_conflicts(
    instance: Instance, lan: Phone, other: Phone, world: World
) -> None:
    def amend(phone: Phone, base_version: int, **fields: Any) -> dict[str, Any]:
        return phone.op("household.amend", {"id": world.duc, "base_version": base_version, **fields})

    instance.back_up()
    first = send(lan, amend(lan, 1, house_no="12A", alley="Ngõ 4"))
    second = send(other, amend(other, 2, house_no="12B"))
    instance.restore()
    assert [result["status"] for result in heal(other, second)] == ["applied"]
    assert [result["status"] for result in heal(lan, first)] == ["applied"]
    (row,) = (row for row in instance.rows(Household) if row.id == world.duc)
    assert (row.house_no, row.alley, row.version) == ("12B", "Ngõ 4", 3)
    versions = [one.version for one in instance.rows(HouseholdVersion) if one.household_id == world.duc]
    assert sorted(versions) == [2, 3]


def test_withdrawal_is_final_whatever_comes_again_after_it(
    instance: Instance, lan: Phone, other: Phone, world: World
) -> None:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    amended = send(lan, lan.amend(visit, note="sửa"))
    withdrawn = send(other, other.op("visit.withdraw", {"id": visit["data"]["id"]}))
    instance.restore()
    assert [result["status"] for result in heal(other, withdrawn)] == ["applied"]
    assert [result["status"] for result in heal(lan, amended)] == ["applied"]
    (row,) = instance.rows(Visit)
    assert row.withdrawn_at is not None


def test_what_waits_for_its_household_after_a_restore_keeps_the_number_it_had(
    instance: Instance, lan: Phone, other: Phone, world: World
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Hoa Mai"}
    instance.back_up()
    added = send(lan, lan.op("household.add", household))
    ((visit, recorded),) = send(other, other.visit(household["id"]))
    amended = send(other, other.amend(visit, note="hai"))
    instance.restore()
    results = heal(other, [(visit, recorded), *amended])
    assert [(result["status"], result["code"]) for result in results] == [("quarantined", "waiting")] * 2
    assert [result["status"] for result in heal(lan, added)] == ["applied"]
    (row,) = instance.rows(Visit)
    assert (row.note, row.version) == ("hai", 2)
    assert {item.state for item in instance.rows(QuarantinedOperation)} == {"applied"}


def test_acked_version_that_a_phone_invents_is_ignored(instance: Instance, lan: Phone, world: World) -> None:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    ((_, result),) = send(lan, lan.amend(visit) | {"acked_version": 2**52})
    assert result["version"] == 2


def test_database_with_accounts_is_not_replaced_without_the_option(instance: Instance, lan: Phone) -> None:
    instance.back_up()
    with pytest.raises(MaintenanceRefused, match="--replace"):
        instance.restore(replace=False)
    lan.exchange()
    assert instance.restore().previous_database is not None


def test_running_server_is_not_robbed_of_its_database(instance: Instance, lan: Phone) -> None:
    instance.back_up()
    with pytest.raises(MaintenanceRefused, match="stop it first"):
        restore.restore(instance.settings, instance.backup, instance.clock(), replace=True)
    assert lan.exchange()["results"] == []


def test_restore_that_fails_leaves_everything_as_it_was(
    instance: Instance, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.back_up()
    send(lan, lan.visit(world.duc))
    with monkeypatch.context() as broken:
        broken.setattr(restore, "start_new_epoch", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            instance.restore()
    assert len(instance.rows(Visit)) == 1
    assert not lan.exchange()["reset"]


def test_restore_on_a_full_disk_is_refused_and_changes_nothing(
    instance: Instance, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.back_up()
    send(lan, lan.visit(world.duc))

    def no_room(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as full:
        full.setattr(restore, "start_new_epoch", no_room)
        with pytest.raises(MaintenanceRefused, match="room on the disk"):
            instance.restore()
    assert len(instance.rows(Visit)) == 1
    assert not lan.exchange()["reset"]


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "missing"])
def test_file_that_is_no_whole_backup_is_refused(instance: Instance, lan: Phone, damage: str) -> None:
    instance.back_up()
    whole = instance.backup.read_bytes()
    if damage == "missing":
        instance.backup.unlink()
    else:
        broken = {"cut": whole[: len(whole) // 3], "other": b"PK\x03\x04 a list of households", "empty": b""}
        instance.backup.write_bytes(broken[damage])
    with pytest.raises(MaintenanceRefused):
        instance.restore()
    assert lan.exchange()["results"] == []


def test_file_that_a_phone_made_for_a_key_newer_than_the_backup_is_still_read(
    instance: Instance, lan: Phone, world: World
) -> None:
    instance.back_up()
    instance.clock.forward(minutes=1)
    instance.database.write(lambda session: keys.create(session, world.commune_id, instance.clock()))
    file = make_export_file(lan, lan.visit(world.duc))
    instance.restore()
    assert import_file(instance.database, file, instance.clock()).applied == 1


@pytest.mark.parametrize("content", [None, b""])
def test_log_that_a_lost_database_left_behind_is_not_read_into_the_restored_one(
    instance: Instance, lan: Phone, world: World, content: bytes | None
) -> None:
    file = Path(make_url(instance.settings.database).database or "")
    log = file.with_name(f"{file.name}-wal")
    if not instance.database.is_sqlite:
        return
    lan.exchange(lan.visit(world.duc))
    instance.back_up()
    lan.exchange(*(lan.visit(world.duc) for _ in range(50)))
    left = log.read_bytes()
    instance.stop()
    log.write_bytes(left)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    instance.restore()
    assert len(instance.rows(Visit)) == 1
    assert not any(one.problems for one in check(instance.database))
    assert [log.read_bytes() == left for log in file.parent.glob("*.before-*-wal")] == [True]


def test_backup_is_whole_private_and_never_overwrites(instance: Instance) -> None:
    instance.back_up()
    assert oct(instance.backup.stat().st_mode)[-3:] == "600"
    assert [file.name for file in instance.backup.parent.iterdir() if file.name.endswith(".part")] == []
    with pytest.raises(MaintenanceRefused, match="never overwrites"):
        instance.back_up()
