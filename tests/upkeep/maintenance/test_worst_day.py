"""The worst days, rehearsed with the timer's backup: the data folder is gone; the newest one is a week old.

The day without any backup is in test_no_backup.py. docs/operate.md says what comes back."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.clock import utc_now
from app.core.config import Settings
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry
from app.upkeep.maintenance import restore
from app.upkeep.maintenance.check import check
from app.upkeep.models import BackupRun
from tests.conftest import NewPostgres
from tests.operator import run_forked
from tests.phone import Phone, new_id
from tests.upkeep.maintenance import nightly_backup
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.upkeep.maintenance.nightly_backup import Nightly
from tests.upkeep.maintenance.test_restore import _no_epoch
from tests.world import LAN, NAM, World

backups = nightly_backup.backups  # a fixture

NewMachine = Callable[[], Settings]


@pytest.fixture
def new_machine(request: pytest.FixtureRequest, instance: Instance, tmp_path: Path) -> Iterator[NewMachine]:
    """The first machine burns: its database and data folder are gone. Another one is set up, with nothing."""
    removals: list[Callable[[], None]] = []

    def new() -> Settings:
        instance.stop()
        url, folder = f"sqlite:///{tmp_path / 'second' / 'tungnha.sqlite3'}", tmp_path / "second"
        if file := instance.settings.sqlite_file:
            for path in (file, *(file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))):
                path.unlink(missing_ok=True)
        else:
            postgres: NewPostgres = request.getfixturevalue("new_postgres")
            url, remove = postgres("template0")
            removals.append(remove)
        instance.settings.desk_log_file.unlink(missing_ok=True)
        return Settings(database_url=url, data_dir=folder)

    yield new
    instance.stop()
    for remove in removals:
        remove()


def restore_on(settings: Settings, backups: Nightly) -> None:
    """The operator's commands of docs/operate.md, with the newest file of the place."""
    words = ("restore", str(backups.newest()), "--key", str(backups.private_key))
    for command in (words, ("check",)):
        done = run_forked(settings.database, *command, TUNGNHA_DATA_DIR=str(settings.data_dir))
        assert done.returncode == 0, done.stdout + done.stderr
    instance = backups.instance
    instance.settings = settings
    instance.clock.now = utc_now()
    instance.start()


def rehearse(backups: Nightly, new_machine: NewMachine, days: int, world: World) -> dict[str, int]:
    """A working day, a backup, and `days` more; then the new machine. What is lost and doubled in the end."""
    instance = backups.instance
    instance.clock.now = utc_now() - timedelta(days=days, hours=2)
    phones = [(instance.phone(LAN), world.duc), (instance.phone(NAM), world.anh)]
    sent: list[Sent] = [[], []]
    for day in range(days + 1):
        for (phone, household), its in zip(phones, sent, strict=True):
            phone.now = instance.clock()
            its.extend(send(phone, *(phone.visit(household) for _ in range(30))))
        if day == 0:
            backups.make(instance.clock())
            unsent = [phone.visit(household) for phone, household in phones]
        instance.clock.forward(days=1)
    restore_on(new_machine(), backups)
    for (phone, _), its, waiting in zip(phones, sent, unsent, strict=True):
        heal(phone, its)
        phone.exchange(waiting)
    made = {op["data"]["id"] for its in sent for op, _ in its} | {op["data"]["id"] for op in unsent}
    entries = Counter(entry.record_id for entry in instance.rows(LedgerEntry))
    return {
        "made": len(made),
        "lost": len(made - {visit.id for visit in instance.rows(Visit)}),
        "doubled": sum(count > 1 for count in entries.values()),
        "problems": sum(len(one.problems) for one in check(instance.database)),
    }


@pytest.mark.parametrize("days", [1, 7])
def test_new_machine_has_all_from_the_timers_backup_and_the_phones(
    days: int, backups: Nightly, new_machine: NewMachine, world: World
) -> None:
    found = rehearse(backups, new_machine, days, world)
    assert found == {"made": 60 * (days + 1) + 2, "lost": 0, "doubled": 0, "problems": 0}


@pytest.mark.mutant
def test_without_a_new_epoch_the_days_since_the_backup_are_lost(
    backups: Nightly, new_machine: NewMachine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug: as if the file was put in the database's place by hand."""

    def restore_here(settings: Settings, its: Nightly) -> None:
        monkeypatch.setattr(restore, "start_new_epoch", _no_epoch)
        words = ("restore", str(its.newest()), "--key", str(its.private_key))
        its.instance.settings = settings
        done = its.command(*words, TUNGNHA_DATA_DIR=str(settings.data_dir))
        assert done.exit_code == 0, done.output
        its.instance.clock.now = utc_now()
        its.instance.start()

    monkeypatch.setitem(globals(), "restore_on", restore_here)
    assert rehearse(backups, new_machine, 1, world)["lost"] == 60


def test_of_a_week_old_backup_the_week_comes_back_as_the_phones_wrote_it(
    backups: Nightly, new_machine: NewMachine, world: World
) -> None:
    """What docs/operate.md says of the days since the backup: decisions are not on phones, the rest is."""
    instance = backups.instance
    instance.clock.now = utc_now() - timedelta(days=7)
    lan = instance.phone(LAN)
    ((before, _),) = sent = send(lan, lan.visit(world.duc))
    backups.make(instance.clock())
    instance.clock.forward(days=1)
    lan.now = instance.clock()
    sent += send(lan, *week(lan, before, world))
    accept(instance, sent[1][0]["data"]["id"])
    restore_on(new_machine(), backups)
    heal(lan, sent)
    visits = {visit.id: visit for visit in instance.rows(Visit)}
    assert len(visits) == 3
    assert visits[before["data"]["id"]].note == "sửa trong tuần"
    assert visits[sent[1][0]["data"]["id"]].review_state == "received"
    assert visits[sent[2][0]["data"]["id"]].withdrawn_at is not None
    assert "Vi Thị Hoa Mai" in {household.head_name for household in instance.rows(Household)}
    assert [one.place for one in instance.rows(OutreachSession)] == ["Nhà văn hóa"]


def week(lan: Phone, before: dict[str, Any], world: World) -> list[dict[str, Any]]:
    """A visit that the desk accepts, one that is withdrawn, a correction, a household, a session."""
    session = {"id": new_id(), "hamlet_id": world.dong, "place": "Nhà văn hóa", "people": 20}
    session |= {"held_on": lan.now.date().isoformat(), "services": ["vneid_install"]}
    withdrawn = lan.visit(world.duc)
    return [
        lan.visit(world.duc),
        withdrawn,
        lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}),
        lan.amend(before, note="sửa trong tuần"),
        lan.op("household.add", {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Hoa Mai"}),
        lan.op("outreach.record", session),
    ]


def signed_in(instance: Instance) -> TestClient:
    """Bình's browser."""
    desk = instance.browser()
    assert desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code == 303
    return desk


def accept(instance: Instance, visit: str) -> None:
    seen = {"version": "1", "seen": "0"}
    assert signed_in(instance).post(f"/desk/visits/{visit}/accept", data=seen).status_code == 303
    (state,) = (one.review_state for one in instance.rows(Visit) if one.id == visit)
    assert state == "accepted"


@pytest.mark.parametrize("has_log", [True, False])
def test_phone_that_was_revoked_since_is_allowed_again_if_the_desk_log_is_lost(
    has_log: bool, backups: Nightly, instance: Instance, new_machine: NewMachine, tmp_path: Path
) -> None:
    lan = instance.phone(LAN)
    backups.make(instance.clock())
    assert signed_in(instance).post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    log = instance.settings.desk_log_file.read_bytes()
    settings = new_machine()
    settings.data_dir.mkdir()
    if has_log:
        settings.desk_log_file.write_bytes(log)
    restore_on(settings, backups)
    assert bool(lan.exchange().get("erase")) == has_log


def test_restored_database_has_no_backup_yet(backups: Nightly, instance: Instance) -> None:
    backups.make_each_night(utc_now(), 2)
    instance.stop()
    done = backups.command("restore", str(backups.newest()), "--key", str(backups.private_key), "--replace")
    assert done.exit_code == 0, done.output
    instance.start()
    assert instance.rows(BackupRun) == []
