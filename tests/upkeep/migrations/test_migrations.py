"""The revisions make the tables that the models declare, and sort in the order in which they run."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.core.db import Database
from app.upkeep.migrations import VERSIONS, config, tables, upgrade


def test_revisions_make_the_tables_that_the_models_declare(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.METADATA) == []


def test_every_revision_can_be_taken_back(database: Database) -> None:
    command.downgrade(config(database), "base")
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    upgrade(database)


def test_file_names_sort_in_the_order_in_which_revisions_run(database: Database) -> None:
    script = ScriptDirectory.from_config(config(database))
    in_order = [one.path for one in reversed(list(script.walk_revisions()))]
    assert in_order == sorted(str(file) for file in VERSIONS.glob("*.py"))
