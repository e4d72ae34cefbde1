"""An archive by Barman is restored and checked before it counts, and gone on the day in its name."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, update

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.derived.total_models import DailyTotal
from app.upkeep.maintenance import record
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.record import ARCHIVE, BackupState
from app.upkeep.migrations import upgrade
from tests import postgres
from tests.conftest import FakeClock, skip_without
from tests.operator import run
from tests.phone import Phone
from tests.upkeep.maintenance.archive import SERVER, Archive, archive_of
from tests.upkeep.maintenance.conftest import Instance
from tests.world import LAN, World, build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    if shutil.which("barman") is None:
        skip_without("barman")
    with postgres.cluster(programs) as primary:
        folder = Path(primary) / "archive"
        postgres.execute(primary, "CREATE DATABASE tungnha")
        with archive_of(programs, Path(primary), folder, "tungnha") as made:
            yield made


@pytest.fixture(scope="module")
def world(archive: Archive) -> World:
    database = Database(archive.url)
    upgrade(database)
    world = build(database, utc_now())
    database.close()
    return world


@pytest.fixture
def database(archive: Archive, world: World) -> Iterator[Database]:
    database = Database(archive.url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def lan(archive: Archive, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    clock, folder = FakeClock(), tmp_path_factory.mktemp("server")
    clock.now = utc_now()
    instance = Instance(Settings(database_url=archive.url, data_dir=folder), clock, folder / "backup")
    yield instance.phone(LAN)
    instance.stop()


def test_what_is_recorded_until_the_night_is_restored_from_the_base_backup_of_the_week(
    archive: Archive, lan: Phone, world: World, database: Database
) -> None:
    now = utc_now()
    lan.exchange(*(lan.visit(world.duc) for _ in range(5)))
    first = archive.run(now)
    name = f"gone-by-{(now + timedelta(days=30, hours=7)):%Y-%m-%d}"
    assert (first.name, first.problems, first.deleted) == (name, [], 0)
    lan.exchange(*(lan.visit(world.mai) for _ in range(5)))
    second = archive.run(now + timedelta(days=1))
    assert (second.name, archive.names()) == (name, [name])
    state = _state(database)
    assert state.good
    assert (state.good.file, state.failure) == (name, None)
    assert state.good.begun_at == now + timedelta(days=1)


def test_a_long_log_is_replayed_before_the_copy_is_checked(
    archive: Archive, lan: Phone, world: World
) -> None:
    now = utc_now()
    archive.run(now)
    with postgres.connect(str(archive.primary), "tungnha") as connection:
        connection.execute("CREATE TABLE long AS SELECT generate_series(1, 3000000) AS number")
        connection.execute("DROP TABLE long")
    lan.exchange(lan.visit(world.duc))
    assert archive.run(now + timedelta(days=1)).problems == []


def test_base_backup_and_its_log_are_gone_on_the_day_in_its_name(
    archive: Archive, lan: Phone, world: World
) -> None:
    now = utc_now()
    old = archive.run(now).name
    of_old = archive.log()
    lan.exchange(lan.visit(world.duc))
    new = archive.run(now + timedelta(days=7)).name
    assert set(archive.names()) == {old, new}
    assert archive.run(now + timedelta(days=29)).deleted == 0
    done = archive.run(now + timedelta(days=30))
    assert (done.deleted, old in archive.names(), new in archive.names()) == (1, False, True)
    assert not of_old & archive.log()


def test_problems_in_the_database_do_not_count_and_the_next_night_begins_anew(
    archive: Archive, lan: Phone, world: World, database: Database
) -> None:
    now = utc_now() + timedelta(days=100)
    lan.exchange(lan.visit(world.duc))
    archive.run(now)
    database.write(lambda session: _change_totals(session, 1))
    assert archive.run(now + timedelta(days=1)).problems == ["derived tables"]
    state = _state(database)
    assert state.failure
    assert "does not count as good" in state.failure.reason
    database.write(lambda session: _change_totals(session, -1))
    assert state.good
    assert archive.run(now + timedelta(days=2)).name != state.good.file
    assert _state(database).failure is None


def test_damaged_base_backup_and_missing_log_never_count(
    archive: Archive, lan: Phone, world: World, database: Database
) -> None:
    now = utc_now() + timedelta(days=200)
    archive.run(now)
    lan.exchange(lan.visit(world.duc))
    before = archive.log()
    archive.barman("switch-wal", "--force", "--archive", "--archive-timeout", "300", SERVER)
    (newest,) = [file for file in archive.files("wals") if file.name in archive.log() - before]
    (control,) = [file for file in archive.files("base") if file.name == "pg_control"]
    for days, broken in ((1, newest), (2, control)):
        content = broken.read_bytes()
        broken.write_bytes(b"\0" * len(content))
        with pytest.raises(MaintenanceRefused):
            archive.run(now + timedelta(days=days))
        assert _state(database).failure is not None
        broken.write_bytes(content)
        # As if the failure had not been noticed: the same base backup is restored again.
        later = now + timedelta(days=days, hours=1)
        database.write(partial(record.record_good, begun_at=later, file="x", size=1, kind=ARCHIVE))
    assert archive.run(now + timedelta(days=3)).problems == []


def test_without_barman_or_postgresql_the_command_says_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(archive.url, "nightly-archive", TUNGNHA_DATA_DIR=str(tmp_path))
    assert (done.exit_code, done.stderr) == (2, "barman is not installed.\n")
    done = run(f"sqlite:///{tmp_path / 'a.sqlite3'}", "migrate")
    done = run(f"sqlite:///{tmp_path / 'a.sqlite3'}", "nightly-archive")
    assert (done.exit_code, done.stderr) == (
        2, "A SQLite file has no archive: TUNGNHA_DATABASE_URL names no PostgreSQL.\n",
    )  # fmt: skip


def _change_totals(session: Session, by: int) -> None:
    session.exec(update(DailyTotal).values(visits=DailyTotal.visits + by))


def _state(database: Database) -> BackupState:
    return database.read(lambda session: record.read_state(session, ARCHIVE))
