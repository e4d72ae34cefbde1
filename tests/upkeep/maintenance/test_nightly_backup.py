"""`nightly-backup`: a backup counts once it was restored from where it lies, and `check` found nothing."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.cli.common import LOG_CHANGED
from app.core.clock import utc_now
from app.core.desk_log import note
from app.core.id_key.stored import id_key
from app.upkeep.audit import witness
from app.upkeep.maintenance import record
from app.upkeep.maintenance.backup import database_store
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import encryption, place
from app.upkeep.maintenance.nightly import run as nightly
from app.upkeep.maintenance.record import BackupState
from app.upkeep.migrations import append_only
from tests.cli.test_settings import is_one_sentence
from tests.phone import Phone
from tests.upkeep.maintenance import nightly_backup
from tests.upkeep.maintenance.conftest import Instance, send
from tests.upkeep.maintenance.nightly_backup import Nightly, scratch_databases
from tests.world import World

backups = nightly_backup.backups  # a fixture


def state(instance: Instance) -> BackupState:
    return instance.database.read(record.read_state)


def test_backup_is_restored_where_it_lies_before_it_counts(
    backups: Nightly, instance: Instance, lan: Phone, world: World
) -> None:
    send(lan, lan.visit(world.duc))
    done = backups.subprocess("nightly-backup")
    assert (done.returncode, "restored and checked" in done.stdout) == (0, True), done.stderr
    (name,) = backups.files()
    good = state(instance).good
    assert good is not None
    assert (good.file, good.size) == (name, backups.newest().stat().st_size)
    assert stat.S_IMODE(backups.newest().stat().st_mode) == 0o600
    assert (
        "Nguyễn Thị Lan".encode() not in backups.newest().read_bytes()
    )  # shorter ones may come up by chance
    left = {path.name for path in instance.settings.data_dir.iterdir()}
    assert not any(name.startswith("backup-work") for name in left)
    assert scratch_databases(instance.database) == []


def test_whoever_has_the_private_key_proves_that_a_backup_can_be_restored(backups: Nightly) -> None:
    assert backups.command("nightly-backup").exit_code == 0
    done = backups.command("check-backup", str(backups.newest()), "--key", str(backups.private_key))
    assert (done.exit_code, done.stdout) == (0, f"{backups.newest()}: ok\n")


def test_keys_that_are_printed_fit_each_other(backups: Nightly, tmp_path: Path) -> None:
    printed = backups.command("backup-keys").stdout
    (tmp_path / "printed").write_text(printed)
    pair = encryption.read_key_pair(tmp_path / "printed")
    assert f"\nTUNGNHA_BACKUP_PUBLIC_KEY={pair.public_key}\n" in printed


@pytest.mark.parametrize("command", ["restore", "check-backup"])
@pytest.mark.parametrize("what", ["other key", "no key", "no file", "cut", "changed"])
def test_what_cannot_be_decrypted_is_refused(
    command: str, what: str, backups: Nightly, instance: Instance, tmp_path: Path
) -> None:
    backups.make(utc_now())
    file, key = backups.newest(), backups.private_key
    content = bytearray(file.read_bytes())
    if what == "other key":
        key.write_text(encryption.KeyPair().private_key)
    elif what == "no key":
        key.write_text("AGE-SECRET-KEY-1")
    elif what == "no file":
        key.unlink()
    elif what == "cut":
        file.write_bytes(content[:-20])
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    instance.stop()
    done = backups.command(command, str(file), "--key", str(key), *(["--replace"] * (command == "restore")))
    assert is_one_sentence(done), done.output
    sentence = {
        "other key": "for another key", "no key": "holds no private key", "no file": "cannot be read",
    }  # fmt: skip
    assert sentence.get(what, "damaged or not whole") in done.stderr
    assert not any(path.name == "backup-work" for path in tmp_path.iterdir())


def test_encrypted_backup_is_not_restored_without_a_key(backups: Nightly, instance: Instance) -> None:
    backups.make(utc_now())
    instance.stop()
    done = backups.command("restore", str(backups.newest()), "--replace")
    assert is_one_sentence(done), done.output
    assert "add --key" in done.stderr


def missing(backups: Nightly) -> None:
    backups.place.rmdir()


def a_file(backups: Nightly) -> None:
    backups.place.rmdir()
    backups.place.write_text("")


def not_mounted(backups: Nightly) -> None:
    backups.make(utc_now() - timedelta(days=1))
    for file in backups.place.iterdir():
        file.rename(backups.private_key.with_name(file.name))


Broken = Callable[[Nightly], None]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [(missing, "is missing"), (a_file, "is missing"), (not_mounted, "is its disk mounted?")],
)
def test_place_that_is_not_there_is_refused_and_recorded(
    broken: Broken, sentence: str, backups: Nightly, instance: Instance
) -> None:
    broken(backups)
    before = state(instance).good
    done = backups.command("nightly-backup")
    assert is_one_sentence(done), done.output
    assert sentence in done.stderr
    now = state(instance)
    assert now.good == before
    assert now.failure is not None
    assert now.failure.reason == done.stderr.strip()


def test_new_place_is_said_once(backups: Nightly) -> None:
    not_mounted(backups)
    assert backups.command("nightly-backup", "--new-place").exit_code == 0
    assert len(backups.files()) == 1
    backups.make(utc_now() + timedelta(days=1))


@pytest.mark.parametrize("name", ["TUNGNHA_BACKUP_DIR", "TUNGNHA_BACKUP_PUBLIC_KEY"])
def test_settings_that_are_missing_are_named(name: str, backups: Nightly, monkeypatch: Any) -> None:
    settings = {key: value for key, value in backups.settings.items() if key != name}
    monkeypatch.setattr(Nightly, "settings", settings)
    done = backups.command("nightly-backup")
    assert is_one_sentence(done), done.output
    assert name in done.stderr


def test_full_disk_of_the_place_leaves_nothing_there(
    backups: Nightly, instance: Instance, small_disk: Path
) -> None:
    backups.place = small_disk
    backups.make(utc_now() - timedelta(days=1))
    (whole,) = backups.files()
    with (small_disk / "ballast").open("wb") as ballast:
        space = os.statvfs(small_disk)
        os.posix_fallocate(ballast.fileno(), 0, space.f_bavail * space.f_frsize - 8_192)
    done = backups.command("nightly-backup")
    assert is_one_sentence(done), done.output
    assert "No space left" in done.stderr
    assert backups.files() == ["ballast", whole]
    now = state(instance)
    assert (now.good and now.good.file, now.failure is not None) == (whole, True)


def test_full_disk_of_the_data_folder_is_named(
    backups: Nightly, instance: Instance, small_disk: Path
) -> None:
    with (small_disk / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, 3_500_000)
    done = backups.command("nightly-backup", TUNGNHA_DATA_DIR=str(small_disk))
    assert is_one_sentence(done), done.output
    assert "has no room for a backup" in done.stderr
    assert backups.files() == []


def test_run_that_is_killed_leaves_nothing_that_counts(
    backups: Nightly, instance: Instance, lan: Phone, world: World
) -> None:
    send(lan, lan.visit(world.duc))
    before = backups.make(utc_now() - timedelta(days=1)).file.name
    words = [sys.executable, "-m", "app.cli", "nightly-backup"]
    environment = os.environ | {"TUNGNHA_DATABASE_URL": instance.settings.database} | backups.settings
    with subprocess.Popen(words, env=environment) as process:
        until = time.monotonic() + 60
        while not list(backups.place.glob(".tung-nha-*.part")):
            assert time.monotonic() < until
            assert process.poll() is None, "it has ended before it was killed"
        process.send_signal(signal.SIGKILL)
    assert len(backups.files()) == 2
    assert [file.path.name for file in files_of(backups, instance)] == [before]
    good = state(instance).good
    assert good is not None
    assert good.file == before
    backups.make(utc_now())
    assert (len(backups.files()), list(backups.place.glob(".*"))) == (2, [])
    assert scratch_databases(instance.database) == []


def files_of(backups: Nightly, instance: Instance) -> list[place.BackupFile]:
    key = instance.database.read(id_key)
    return place.Place(backups.place, key).files()


def test_database_with_problems_is_stored_and_does_not_count(
    backups: Nightly, instance: Instance, lan: Phone, world: World
) -> None:
    send(lan, lan.visit(world.duc))
    before = backups.make(utc_now() - timedelta(days=1)).file.name
    with instance.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE daily_total SET visits = 9")
    done = backups.command("nightly-backup")
    assert (
        done.exit_code,
        "It does not count as good: check finds problems (derived tables)" in done.stderr,
    ) == (
        1,
        True,
    )
    (name,) = set(backups.files()) - {before}
    assert "-problems." in name
    now = state(instance)
    assert now.good is not None
    assert now.good.file == before
    assert now.failure is not None
    assert "(derived tables)" in now.failure.reason


def test_second_run_at_the_same_time_is_refused(backups: Nightly, instance: Instance) -> None:
    with nightly.work_folder(instance.settings.data_dir):
        done = backups.command("nightly-backup")
    assert is_one_sentence(done), done.output
    assert "Another backup or restore is running" in done.stderr


def cut(plain: Path, file: Path, public_keys: Any) -> None:
    real_encrypt(plain, file, public_keys)
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - 100)


real_encrypt = encryption.encrypt


def test_what_the_place_damages_does_not_count(
    backups: Nightly, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "encrypt", cut)
    with pytest.raises(MaintenanceRefused, match="damaged or not whole"):
        backups.make(utc_now())
    assert (backups.files(), state(instance).good) == ([], None)


@pytest.mark.mutant
def test_without_the_restore_what_the_place_damages_would_count(
    backups: Nightly, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug: the test before detects it."""
    monkeypatch.setattr(encryption, "encrypt", cut)
    monkeypatch.setattr(nightly, "verify", lambda *_: [])
    backups.make(utc_now())
    assert state(instance).good is not None


def test_copy_of_an_earlier_state_does_not_count(
    backups: Nightly, instance: Instance, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.back_up()
    send(lan, lan.visit(world.duc))
    store = type(database_store(instance.settings))
    monkeypatch.setattr(store, "dump", lambda _, part: part.write_bytes(instance.backup.read_bytes()))
    with pytest.raises(MaintenanceRefused, match="lacks what was in the database"):
        backups.make(utc_now())
    assert backups.files() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_other_database_of_the_scratch_databases_name_is_not_touched(
    backups: Nightly, instance: Instance
) -> None:
    name = instance.database.engine.url.database
    with instance.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}_scratch"')
        try:
            done = backups.command("nightly-backup")
            assert is_one_sentence(done), done.output
            assert "which is no scratch database" in done.stderr
            assert scratch_databases(instance.database) == [f"{name}_scratch"]
        finally:
            connection.exec_driver_sql(f'DROP DATABASE "{name}_scratch"')


def test_each_night_leaves_a_witness_of_the_desk_log(
    backups: Nightly, instance: Instance, world: World
) -> None:
    """`check` compares the database with it by itself."""
    night = utc_now() - timedelta(days=1)
    instance.database.write(lambda session: note(session, world.commune_id, "list.undone", night, list="a"))
    for days in (1, 0):
        backups.make(utc_now() - timedelta(days=days))
    (file,) = backups.place.glob("witnesses-of-*")
    witnesses = witness.parse(file.read_text().splitlines())
    assert [one.heads[world.commune_id].seq for one in witnesses] == [1, 1]
    assert "audit: ok" in backups.command("check").stdout
    forged = file.read_text().replace(witnesses[0].heads[world.commune_id].hash, "0" * 64)
    file.write_text(forged)
    done = backups.command("check")
    assert (
        done.exit_code,
        "has another entry 1: what is in the database was written anew" in done.stdout,
    ) == (1, True)


def test_backup_of_a_desk_log_that_was_changed_counts_and_says_so(
    backups: Nightly, instance: Instance, world: World
) -> None:
    now = utc_now()

    def work(session: Session) -> None:
        append_only.release(session.connection())
        session.execute(
            text("UPDATE desk_entry SET hash = '0' WHERE commune_id = :id"), {"id": world.commune_id}
        )
        append_only.guard(session.connection())

    instance.database.write(lambda session: note(session, world.commune_id, "list.undone", now, list="a"))
    instance.database.write(work)
    done = backups.command("nightly-backup")
    assert (done.exit_code, "restored and checked" in done.stdout, LOG_CHANGED in done.stderr) == (
        1,
        True,
        True,
    )
    assert state(instance).good is not None
