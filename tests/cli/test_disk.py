"""A full, read-only or damaged disk: commands print one sentence and leave nothing half done."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from app.commune.accounts.models import Account
from app.core.db import Database
from tests.cases import cases
from tests.cli.test_cli import count
from tests.cli.test_mode import SUPERVISOR
from tests.cli.test_settings import is_one_sentence
from tests.intake.household_import.files import SAMPLE
from tests.operator import commands, minimal_arguments, run, run_subprocess

LAN = ("invite", "--name", "Lê Thị Lan", "--phone", "0912345678", "--hamlet", "Thôn Đông", "--create-hamlet")


def settings_of(disk: Path) -> dict[str, str]:
    return {"TUNGNHA_DATA_DIR": str(disk / "var"), "TUNGNHA_MODE": "production"}


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    return ballast


def test_invitation_on_a_full_disk_is_refused_and_made_once_there_is_room(small_disk: Path) -> None:
    settings = settings_of(small_disk)
    assert run("", *SUPERVISOR, **settings).exit_code == 0
    ballast = fill(small_disk)
    refused = run("", *LAN, **settings)
    assert is_one_sentence(refused), refused.output
    assert "disk is full" in refused.stderr
    ballast.unlink()
    database = Database(f"sqlite:///{small_disk / 'var' / 'tungnha.sqlite3'}")
    assert count(database, Account) == 1
    assert run("", *LAN, **settings).exit_code == 0
    assert count(database, Account) == 2
    database.close()


@cases("name", sorted(commands().keys() - {"backup", "check", "restore", "seed-demo"}))
def test_command_that_starts_on_a_full_disk_says_so(name: str, small_disk: Path) -> None:
    fill(small_disk)
    done = run("", *minimal_arguments(name, SAMPLE), **settings_of(small_disk))
    assert is_one_sentence(done), done.output


@pytest.mark.parametrize("begun", [True, False])
def test_read_only_folder_is_named(begun: bool, small_disk: Path) -> None:
    settings = settings_of(small_disk)
    if begun:
        assert run_subprocess("", *SUPERVISOR, **settings).returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for name in commands().keys() - {"seed-demo"}:
        file = small_disk / "night" if name == "backup" else SAMPLE
        done = run("", *minimal_arguments(name, file), **settings)
        assert is_one_sentence(done), (name, done.output)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_read_only_standby_is_named(database_url: str, database: Database, tmp_path: Path) -> None:
    assert run(database_url, *SUPERVISOR).exit_code == 0
    with database.engine.connect() as connection:
        name = connection.engine.url.database
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        connection.commit()
    refused = run(database_url, *LAN)
    assert is_one_sentence(refused), refused.output
    assert "is read-only: is it a standby?" in refused.stderr


def test_damage_that_is_found_while_a_command_runs_is_named(sqlite_template: Path, tmp_path: Path) -> None:
    """The file opens, but a page in its middle is damaged: `check` finds it, commands that read it say so."""
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path), "TUNGNHA_MODE": "production"}
    assert run_subprocess("", *SUPERVISOR, **settings).returncode == 0
    file = tmp_path / "tungnha.sqlite3"
    database = Database(f"sqlite:///{file}")
    roots = text("SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ('visit', 'account')")
    pages = database.read(lambda session: session.scalars(roots).all())
    database.close()
    with file.open("r+b") as opened:
        for page in pages:
            opened.seek((page - 1) * 4096)
            opened.write(b"\xff" * 4096)
    looked = run("", "check", **settings)
    assert (looked.exit_code, "file: The database file is damaged" in looked.stdout) == (1, True), (
        looked.output
    )
    refused = run("", *LAN, **settings)
    assert is_one_sentence(refused), refused.output
    assert "is damaged: restore a backup" in refused.stderr
