"""The operator's commands on a cluster: those that go through the communes, and those that refuse it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from app.commune.accounts import people
from app.core.clock import utc_now
from app.core.db import Database
from app.core.desk_log import DeskEntry, note
from app.core.id_key.stored import id_key, stored_key
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.upkeep.audit.purge import purge_log
from app.upkeep.maintenance.nightly.encryption import KeyPair
from app.upkeep.retention.daily import purge_expired
from tests.distributed.content import Distributed
from tests.operator import run
from tests.phone import Phone
from tests.world import World


def test_check_goes_through_the_communes(
    lan: Phone, world: World, database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    lan.exchange(lan.visit(world.duc), lan.visit("8d7a3c1e-0a55-4a53-9c35-0d2a6f1f9a10"))
    evaluate_all(database)
    looked = run(database_url, "check", **settings)
    assert (looked.exit_code, looked.stdout.count(": ok")) == (0, 14), looked.output
    assert run(database_url, "check", "--commune", "06400", **settings).stdout.count(": ok") == 13
    for commune, found in (("06391", 1), ("06400", 0)):
        _break(database)
        looked = run(database_url, "check", "--commune", commune, **settings)
        assert looked.exit_code == found, looked.output
    assert "06391: " in run(database_url, "rebuild-derived", **settings).stdout
    assert run(database_url, "check", **settings).exit_code == 0


def _break(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE daily_total SET visits = 9")


def test_name_to_sign_in_with_whose_account_is_gone_is_found(
    world: World, database: Database, distributed: Distributed, database_url: str, tmp_path: Path
) -> None:
    """The one foreign key that cannot be on several machines."""
    database.write(lambda session: people.add_supervisor(session, world.commune_id, "Thử", "thu", "mat-khau"))
    distributed.cluster.coordinator.ask("UPDATE sign_in_name SET account_id = 'gone' WHERE name = 'thu'")
    looked = run(database_url, "check", TUNGNHA_DATA_DIR=str(tmp_path))
    assert "foreign keys: 1 rows of sign_in_name lack their account (commune 06391)." in looked.stdout


def test_id_key_is_taken_out_of_the_cluster(
    lan: Phone, world: World, database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path), "TUNGNHA_ID_KEY_FILE": str(tmp_path / "id-key")}
    lan.exchange(lan.visit(world.duc))
    key = database.read(id_key)
    moved = run(database_url, "move-id-key", **settings)
    assert (moved.exit_code, (tmp_path / "id-key").read_text().strip()) == (0, key), moved.output
    assert database.read(lambda session: stored_key(session).own_key) == ""
    assert run(database_url, "check", **settings).exit_code == 0


@pytest.mark.parametrize(
    "words", [["backup", "night"], ["restore", "before"], ["nightly-backup"], ["nightly-archive"]]
)
def test_what_dumps_the_database_names_the_procedure(
    words: list[str], world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "before").write_bytes(b"PGDMP")
    settings = {
        "TUNGNHA_DATA_DIR": str(tmp_path),
        "TUNGNHA_BACKUP_DIR": str(tmp_path / "backups"),
        "TUNGNHA_BACKUP_PUBLIC_KEY": KeyPair().public_key,
    }
    refused = run(database_url, *words, **settings)
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1), refused.output
    assert "docs/deploy.md, Backups of a cluster" in refused.stderr
    assert not (tmp_path / "night").exists()
    assert list((tmp_path / "backups").iterdir()) == []


def test_status_begin_history_and_retention_work(
    lan: Phone, world: World, database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    lan.exchange(lan.visit(world.duc))
    assert "communes     2" in run(database_url, "status", **settings).stdout
    database.write(lambda session: purge_expired(session, utc_now()))
    began = run(database_url, "begin-history", **settings)
    assert (began.exit_code, "A new history has begun." in began.stdout) == (0, True), began.output
    assert lan.exchange()["reset"]


def test_desk_log_is_purged_and_the_role_has_no_right_afterwards(
    world: World, database: Database, database_url: str, tmp_path: Path
) -> None:
    later = utc_now() + timedelta(days=5 * 366 + 60)
    for now in (utc_now(), later):
        database.write(lambda session, now=now: note(session, world.commune_id, "list.undone", now, list="a"))  # type: ignore[misc]
    list(purge_log(database, later))
    wanted = select(DeskEntry.entry).where(DeskEntry.commune_id == world.commune_id).order_by("seq")
    left = database.read(lambda session: list(session.exec(wanted)))
    assert [one["what"] for one in left] == ["list.undone", "log.purged"]
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.exec_driver_sql("DELETE FROM desk_entry")
    assert run(database_url, "check", TUNGNHA_DATA_DIR=str(tmp_path)).exit_code == 0
