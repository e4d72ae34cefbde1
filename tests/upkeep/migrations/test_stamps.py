"""A database knows by which revisions it was made: one that was changed in place is refused, not served."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session, select

from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.upkeep import migrations
from app.upkeep.migrations import VERSIONS, config, schema_state, stamps, upgrade
from app.upkeep.migrations.models import AppliedRevision
from app.upkeep.migrations.stamps import SchemaDiffers, digest
from tests.cli.test_mode import SUPERVISOR
from tests.cli.test_settings import is_one_sentence
from tests.e2e.server import free_port
from tests.operator import run

INITIAL = VERSIONS / "0001_initial.py"
# Of the released revisions: not a comment in them may change.

RELEASED = {"0001_initial.py": "cb5c606395b30ebef2c7ce3729014a4e514fe7fc41446fb16928b2d406bc452f"}


def execute(database: Database, *statements: str) -> None:
    def work(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    database.write(work)


def unstamp(database: Database) -> None:
    """As of a version of the program that did not store its revisions."""
    command.downgrade(config(database), "0001")


def stored(database: Database) -> dict[str, str]:
    rows = database.read(lambda session: session.exec(select(AppliedRevision)).all())
    return {row.revision: row.digest for row in rows}


@pytest.fixture
def changed_program(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose first revision is not the one that made the database."""
    versions = Path(shutil.copytree(VERSIONS, tmp_path / "versions"))
    (initial,) = versions.glob("0001_*.py")
    changed = initial.read_text("utf-8").replace(
        'sa.Column("head", sa.BigInteger()', 'sa.Column("peak", sa.BigInteger()'
    )
    assert changed != initial.read_text("utf-8")
    initial.write_text(changed, "utf-8")
    monkeypatch.setattr(migrations, "VERSIONS", versions)


def test_released_revision_is_never_changed() -> None:
    assert {name: digest(VERSIONS / name) for name in RELEASED} == RELEASED


def test_new_database_stores_all_of_its_revisions(database: Database) -> None:
    assert stored(database) == {file.name[:4]: digest(file) for file in VERSIONS.glob("*.py")}
    assert schema_state(database) == "newest"


def test_database_of_a_revision_that_was_changed_is_refused(
    changed_program: None, database_url: str, database: Database, tmp_path: Path
) -> None:
    assert schema_state(database) == "changed"
    with pytest.raises(SchemaDiffers, match="another content of 0001"):
        upgrade(database)
    settings = {"TUNGNHA_MODE": "production", "TUNGNHA_DATA_DIR": str(tmp_path / "data")}
    for command_ in (["serve", "--port", str(free_port())], ["load-areas"], ["check"], [*SUPERVISOR]):
        refused = run(database_url, *command_, **settings)
        assert is_one_sentence(refused), (command_, refused.output)
        assert "another content" in refused.stderr
    client = TestClient(
        create_app(Settings(database_url=database_url, data_dir=tmp_path)), "http://127.0.0.1:8000"
    )
    assert client.get("/readyz").status_code == 503


def test_backup_of_a_revision_that_was_changed_is_refused(
    database_url: str, database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = {"TUNGNHA_MODE": "production", "TUNGNHA_DATA_DIR": str(tmp_path / "data")}
    assert run(database_url, "backup", str(tmp_path / "copy"), **settings).exit_code == 0
    database.close()
    request.getfixturevalue("changed_program")
    refused = run(database_url, "restore", str(tmp_path / "copy"), "--replace", **settings)
    assert is_one_sentence(refused), refused.output
    assert "another content of 0001" in refused.stderr


def test_line_ends_are_no_change(tmp_path: Path) -> None:
    copy = tmp_path / "0001_initial.py"
    copy.write_bytes(INITIAL.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(copy) == digest(INITIAL)


def test_database_without_stamps_that_has_the_models_tables_gets_them(database: Database) -> None:
    unstamp(database)
    assert schema_state(database) == "older"
    upgrade(database)
    assert schema_state(database) == "newest"
    assert stored(database).keys() == {file.name[:4] for file in VERSIONS.glob("*.py")}


OTHER_TABLES = {
    "a column is missing": "ALTER TABLE hamlet DROP COLUMN known_households",
    "a table is missing": "DROP TABLE saved_filter",
    "a column must not be empty": "ALTER TABLE day_off ADD COLUMN why INTEGER NOT NULL{default}",
}


@pytest.mark.parametrize("what", OTHER_TABLES)
def test_database_without_stamps_with_other_tables_is_refused_as_it_was(
    what: str, database: Database
) -> None:
    unstamp(database)
    # SQLite adds no such column without a default; a table that was made with it has none.
    execute(database, *_statements(OTHER_TABLES[what], database))
    with pytest.raises(SchemaDiffers, match="its tables are others"):
        upgrade(database)
    assert schema_state(database) == "older"
    assert (
        database.read(
            lambda session: session.execute(text("SELECT version_num FROM alembic_version")).scalar()
        )
        == "0001"
    )


def _statements(statement: str, database: Database) -> list[str]:
    if "{default}" not in statement:
        return [statement]
    if not database.is_sqlite:
        return [statement.format(default="")]
    sql = database.read(
        lambda session: session.execute(
            text("SELECT sql FROM sqlite_schema WHERE name = 'day_off'")
        ).scalar_one()
    )
    return ["DROP TABLE day_off", sql.replace("(", "(why INTEGER NOT NULL, ", 1)]


def test_what_an_administrator_adds_is_no_other_schema(database: Database) -> None:
    unstamp(database)
    execute(
        database,
        "CREATE INDEX administrators_own ON visit (counted_on)",
        "CREATE TABLE administrators_notes (id INTEGER)",
        "ALTER TABLE day_off ADD COLUMN comment_of_administrator INTEGER",
    )
    upgrade(database)
    assert schema_state(database) == "newest"


def test_live_schema_is_not_compared_once_revisions_are_stored(database: Database) -> None:
    execute(
        database,
        "DROP INDEX IF EXISTS administrators_own",
        "CREATE INDEX administrators_own ON visit (counted_on)",
    )
    execute(database, "ALTER TABLE day_off ADD COLUMN of_administrator INTEGER")
    upgrade(database)
    assert schema_state(database) == "newest"


def test_upgrade_that_does_not_fit_the_tables_says_so(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = Path(shutil.copytree(VERSIONS, tmp_path / "versions"))
    newest = max(one.stem[:4] for one in versions.glob("*.py"))
    (versions / "9000_drop.py").write_text(
        f"from alembic import op\nrevision = '9000'\ndown_revision = '{newest}'\n"
        "def upgrade() -> None:\n    op.drop_table('no_such_table')\n"
        "def downgrade() -> None:\n    pass\n"
    )
    monkeypatch.setattr(migrations, "VERSIONS", versions)
    with pytest.raises(SchemaDiffers, match="not those that this program upgrades"):
        upgrade(database)
    assert schema_state(database) == "older"
    foreign_keys = database.read(lambda session: session.execute(text("SELECT 1")).scalar())
    assert foreign_keys == 1
    if database.is_sqlite:
        assert database.read(lambda session: session.execute(text("PRAGMA foreign_keys")).scalar()) == 1


def test_stamps_leave_with_their_revisions(database: Database) -> None:
    with database.engine.begin() as connection:
        script = ScriptDirectory.from_config(config(database))
        stamps.write(connection, script, "0001")
    assert stored(database).keys() == {"0001"}
