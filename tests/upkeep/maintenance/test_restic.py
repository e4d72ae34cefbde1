"""The copy in a repository of restic: stored, read back and compared; expired ones are deleted."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.clock import utc_now
from app.upkeep.maintenance import record
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import restic
from tests.conftest import skip_without
from tests.rounds import on_sqlite_first
from tests.upkeep.maintenance import nightly_backup
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.maintenance.nightly_backup import Nightly

backups = nightly_backup.backups  # a fixture


PASSWORD = "mat-khau-cua-restic"

pytestmark = on_sqlite_first


@pytest.fixture(scope="module")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """restic takes seconds of CPU to derive a key when it begins a repository."""
    if shutil.which("restic") is None:
        skip_without("restic")
    folder = tmp_path_factory.mktemp("restic") / "empty"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RESTIC_REPOSITORY", str(folder))
        environment.setenv("RESTIC_PASSWORD", PASSWORD)
        restic_says("init")
    return folder


@pytest.fixture
def repository(empty_repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(empty_repository, tmp_path / "repository"))
    monkeypatch.setenv("RESTIC_REPOSITORY", str(folder))
    monkeypatch.setenv("RESTIC_PASSWORD", PASSWORD)
    return folder


def restic_says(*words: str) -> Any:
    command = ["restic", "--no-cache", "--json", *words]
    done = subprocess.run(command, capture_output=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_copy_in_the_repository_is_the_file_of_the_place(backups: Nightly, repository: Path) -> None:
    result = backups.make(utc_now())
    tag = "-".join(result.file.name.split("-")[:3])
    (snapshot,) = restic_says("snapshots", "--tag", tag)
    (key,) = restic_says("snapshots", "--tag", f"{tag}-id-key")
    assert Path(key["paths"][0]).name.startswith(f"id-key-of-{tag}-")
    assert snapshot["paths"] == [str(result.file)]
    (witnesses,) = restic_says("snapshots", "--tag", f"{tag}-witnesses")
    assert Path(witnesses["paths"][0]).name == f"witnesses-of-{tag}"
    dumped = subprocess.run(
        ["restic", "--no-cache", "dump", "latest", str(result.file)], capture_output=True, check=True
    )
    assert dumped.stdout == result.file.read_bytes()


def test_expired_copies_are_deleted_and_others_of_the_repository_stay(
    backups: Nightly, repository: Path
) -> None:
    result = backups.make(utc_now())
    tag = "-".join(result.file.name.split("-")[:3])
    own = ("--host", "tung-nha", "--tag", tag)
    others = (31, 55)
    for days in (20, 31, *range(50, 56)):
        at = f"{utc_now() - timedelta(days=days):%Y-%m-%d %H:%M:%S}"
        subprocess.run(["restic", "-q", "backup", *own, "--time", at, str(result.file)], check=True)
        if days in others:
            subprocess.run(["restic", "-q", "backup", "--time", at, str(backups.private_key)], check=True)
    backups.make(utc_now())
    snapshots = restic_says("snapshots")
    assert sum(tag in snapshot.get("tags", []) for snapshot in snapshots) == 7
    assert sum(f"{tag}-id-key" in snapshot.get("tags", []) for snapshot in snapshots) == 2
    assert sum(not snapshot.get("tags") for snapshot in snapshots) == len(others)


@pytest.mark.parametrize("what", ["no repository", "wrong password", "no restic"])
def test_repository_that_fails_is_said_without_its_address(
    what: str, backups: Nightly, instance: Instance, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "no repository":
        shutil.rmtree(repository)
    elif what == "wrong password":
        monkeypatch.setenv("RESTIC_PASSWORD", "khac")
    else:
        monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(MaintenanceRefused, match="restic") as refused:
        backups.make(utc_now())
    assert str(repository) not in refused.value.sentence
    state = instance.database.read(record.read_state)
    assert state.good is None
    assert state.failure is not None


def test_copy_that_differs_does_not_count(
    backups: Nightly, instance: Instance, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restic, "_digest", lambda _: "another")
    with pytest.raises(MaintenanceRefused, match="another file"):
        backups.make(utc_now())
    assert instance.database.read(record.read_state).good is None
