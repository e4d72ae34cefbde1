"""Demo and production are never mixed: every command refuses a database of the other mode."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table
from sqlmodel import select

from app.commune.accounts.models import Account
from app.commune.areas import Commune
from app.core.db import Database
from app.upkeep import migrations
from app.upkeep.migrations import schema_state
from app.upkeep.migrations.__main__ import write_revision
from tests.cli.test_cli import count
from tests.intake.household_import.files import SAMPLE
from tests.operator import commands, minimal_arguments, run

PRODUCTION = {"TUNGNHA_MODE": "production"}
DEMO = {"TUNGNHA_MODE": "demo"}
SENTENCES = {"demo": "was begun in demo mode", "production": "a real commune's: set TUNGNHA_MODE=production"}
SUPERVISOR = ("supervisor", "--name", "Bùi Thị Na", "--sign-in-name", "na", "--commune", "00004")
# A demo commune is loaded in demo mode only, whatever the database holds.
OTHERS = sorted(commands().keys() - {"seed-demo", "check-backup"})


@pytest.fixture(params=["demo", "production"])
def begun(request: pytest.FixtureRequest, database_url: str) -> str:
    """The mode in which this test's database started."""
    mode: str = request.param
    begin(database_url, mode)
    return mode


def begin(url: str, mode: str) -> None:
    words = SUPERVISOR if mode == "production" else ("seed-demo",)
    assert run(url, *words, TUNGNHA_MODE=mode).exit_code == 0


def other(mode: str) -> dict[str, str]:
    return PRODUCTION if mode == "demo" else DEMO


@pytest.mark.both_databases
def test_every_command_refuses_a_database_of_the_other_mode(
    begun: str, database_url: str, database: Database, tmp_path: Path
) -> None:
    accounts, night = count(database, Account), tmp_path / "night"
    backup = tmp_path / "backup"
    same = {"TUNGNHA_DATA_DIR": str(tmp_path), "TUNGNHA_MODE": begun}
    assert run(database_url, "backup", str(backup), **same).exit_code == 0
    files = {"backup": night, "restore": backup}
    for name in OTHERS:
        words = minimal_arguments(name, files.get(name, SAMPLE))
        words += {"import-households": ["--write", "--create-hamlets"], "restore": ["--replace"]}.get(
            name, []
        )
        done = run(database_url, *words, TUNGNHA_DATA_DIR=str(tmp_path), **other(begun))
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), (name, done.output)
        assert SENTENCES[begun] in done.stderr
    assert (count(database, Account), night.exists()) == (accounts, False)


@pytest.mark.both_databases
def test_backup_of_the_other_mode_is_not_put_in_an_empty_databases_place(
    begun: str, database_url: str, database: Database, tmp_path: Path, empty_url: str
) -> None:
    backup = str(tmp_path / "backup")
    assert run(database_url, "backup", backup, TUNGNHA_MODE=begun).exit_code == 0
    refused = run(empty_url, "restore", backup, TUNGNHA_DATA_DIR=str(tmp_path), **other(begun))
    assert refused.exit_code == 2
    assert SENTENCES[begun].replace("This database", "This backup") in refused.stderr
    assert (
        run(empty_url, "restore", backup, TUNGNHA_DATA_DIR=str(tmp_path), TUNGNHA_MODE=begun).exit_code == 0
    )


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A second database of the same kind, in which no commune has started."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    url, remove = request.getfixturevalue("new_postgres")()
    yield url
    remove()


def test_database_of_an_older_version_is_known_and_left_as_it_is(
    begun: str, database_url: str, database: Database, newer_program: None
) -> None:
    refused = run(database_url, "load-areas", **other(begun))
    assert (refused.exit_code, SENTENCES[begun] in refused.stderr) == (2, True)
    looked = run(database_url, "check", TUNGNHA_MODE=begun)
    assert (looked.exit_code, "of an older version: start the server" in looked.stderr) == (2, True)
    assert schema_state(database) == "older"
    assert run(database_url, "load-areas", TUNGNHA_MODE=begun).exit_code == 0
    assert schema_state(database) == "newest"


@pytest.fixture
def newer_program(begun: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program has a revision that the database does not have yet."""
    versions = shutil.copytree(migrations.VERSIONS, tmp_path / "versions")
    newer = MetaData()
    for table in migrations.tables.METADATA.tables.values():
        table.to_metadata(newer)
    Table("hamlet", newer, Column("motto", String), extend_existing=True)
    write_revision("add_hamlet_motto", versions, newer)
    monkeypatch.setattr(migrations, "VERSIONS", versions)


@pytest.mark.both_databases
def test_the_mode_is_free_until_a_commune_begins(database_url: str, database: Database) -> None:
    for settings in (DEMO, PRODUCTION):
        assert run(database_url, "load-areas", **settings).exit_code == 0
    begin(database_url, "production")
    assert run(database_url, *SUPERVISOR[:4], "nam", *SUPERVISOR[5:], **PRODUCTION).exit_code == 0
    assert run(database_url, "seed-demo", **DEMO).exit_code == 2
    begun = select(Commune.code).where(Commune.started_at.is_not(None))  # type: ignore[union-attr]
    assert database.read(lambda session: session.exec(begun).all()) == ["00004"]
