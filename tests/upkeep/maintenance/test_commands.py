"""`backup`, `restore` and `check` as an operator runs them."""

from pathlib import Path

from app.core.db import Database
from tests.operator import run_forked
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World


def test_backup_restore_and_check_say_what_they_did(
    instance: Instance, lan: Phone, world: World, database_url: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    file = str(tmp_path / "night")
    lan.exchange(lan.visit(world.duc))
    done = run_forked(database_url, "backup", file, **settings)
    assert (done.returncode, "bytes" in done.stdout) == (0, True), done.stderr
    again = run_forked(database_url, "backup", file, **settings)
    assert (again.returncode, again.stderr) == (2, f"{file} is there already: a backup never overwrites.\n")
    instance.stop()
    refused = run_forked(database_url, "restore", file, **settings)
    assert (refused.returncode, "--replace" in refused.stderr) == (2, True)
    done = run_forked(database_url, "restore", file, "--replace", **settings)
    assert (done.returncode, "will send again" in done.stdout) == (0, True), done.stderr
    looked = run_forked(database_url, "check", **settings)
    assert (looked.returncode, looked.stdout.count(": ok")) == (0, 14)
    assert "at rest: NOT STATED whether it is encrypted" in looked.stdout


def test_check_ends_with_1_and_a_sentence(
    instance: Instance, lan: Phone, world: World, database_url: str, tmp_path: Path
) -> None:
    lan.exchange(lan.visit(world.duc))
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE daily_total SET visits = 9")
    database.close()
    looked = run_forked(database_url, "check", TUNGNHA_DATA_DIR=str(tmp_path))
    assert looked.returncode == 1
    assert "derived tables: 2 daily totals of commune 06391 are not what its visits come to." in looked.stdout
    assert "Lan" not in looked.stdout + looked.stderr
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    unknown = run_forked(database_url, "rebuild-derived", "--commune", "00000", **settings)
    assert (unknown.returncode, "00000" in unknown.stderr) == (2, True)
    rows = "2 rows of daily_total"
    rebuilt = run_forked(database_url, "rebuild-derived", **settings)
    assert (rebuilt.returncode, rebuilt.stdout) == (0, f"06391: {rows} were written anew\n06400: ok\n")
    assert run_forked(database_url, "rebuild-derived", **settings).stdout == "06391: ok\n06400: ok\n"
    assert run_forked(database_url, "check", **settings).returncode == 0
    alone = run_forked(database_url, "check", "--commune", "06391", **settings)
    assert (alone.returncode, alone.stdout.count(": ok"), "desk log" in alone.stdout) == (0, 13, False)
    nobody = run_forked(database_url, "check", "--commune", "00000", **settings)
    assert (nobody.returncode, nobody.stdout, "00000" in nobody.stderr) == (2, "", True)
