"""`make migration NAME=…` writes what the models have and the newest revision does not."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Column, MetaData, String, Table, inspect

from app.core.db import Database
from app.upkeep.migrations import VERSIONS, config, tables
from app.upkeep.migrations.__main__ import RevisionRefused, main, write_revision
from tests.cases import cases


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """A writable folder with the existing revisions."""
    return Path(
        shutil.copytree(VERSIONS, tmp_path / "versions", ignore=shutil.ignore_patterns("__pycache__"))
    )


@pytest.fixture
def models() -> MetaData:
    """The application's tables, with an additional column `motto` of the hamlet."""
    copied = MetaData()
    for table in tables.METADATA.tables.values():
        table.to_metadata(copied)
    Table("hamlet", copied, Column("motto", String, nullable=True), extend_existing=True)
    return copied


def test_new_column_of_a_model_gives_a_revision_that_adds_and_removes_it(
    database: Database, versions: Path, models: MetaData
) -> None:
    file = write_revision("add_hamlet_motto", versions, models)
    number = max(int(one.stem.split("_")[0]) for one in VERSIONS.glob("*.py")) + 1
    assert file.name == f"{number:04d}_add_hamlet_motto.py"
    settings = config(database, versions, models)
    command.upgrade(settings, "head")
    assert "motto" in _columns(database)
    command.downgrade(settings, "-1")
    assert "motto" not in _columns(database)


def test_new_revision_comes_after_all_others(versions: Path, models: MetaData) -> None:
    file = write_revision("add_hamlet_motto", versions, models)
    assert max(versions.glob("*.py")) == file


def test_revision_is_readable(versions: Path, models: MetaData) -> None:
    text = write_revision("add_hamlet_motto", versions, models).read_text("utf-8")
    assert text.startswith('"""Add hamlet motto.\n')
    assert 'sa.Column("motto", sa.String(), nullable=True)' in text
    assert "###" not in text


def test_nothing_is_written_when_the_models_have_nothing_new(versions: Path) -> None:
    before = sorted(versions.iterdir())
    with pytest.raises(RevisionRefused, match="nothing"):
        write_revision("add_nothing", versions)
    assert sorted(versions.glob("*.py")) == [file for file in before if file.suffix == ".py"]


@cases("name", ["", "Add", "add-motto", "add motto", "../up", "add__motto", "2_more", "a" * 41])
def test_a_name_that_is_not_a_slug_is_refused(name: str, versions: Path, models: MetaData) -> None:
    with pytest.raises(RevisionRefused, match="letters, digits and underscores"):
        write_revision(name, versions, models)


def test_a_name_that_is_taken_is_refused(versions: Path, models: MetaData) -> None:
    with pytest.raises(RevisionRefused, match="already"):
        write_revision("initial", versions, models)


def test_the_command_says_in_one_sentence_why_there_is_none() -> None:
    assert "underscores" in str(main(["add", "motto"]))


def _columns(database: Database) -> set[str]:
    return {column["name"] for column in inspect(database.engine).get_columns("hamlet")}
