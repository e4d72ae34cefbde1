"""Alembic's entry point: it runs this file for every command. Database and tables come from `config`."""

from alembic import context

from app.core.db import Database
from app.core.sql.locks import lock_preparation
from app.upkeep.migrations import distribution, stamps
from app.upkeep.migrations.rendering import render_item

database: Database = context.config.attributes["database"]

with database.engine.connect().execution_options(begin_immediate=True) as connection:
    if database.is_sqlite:
        # Most changes of a table replace it by a copy in SQLite; foreign keys to it would forbid dropping it.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        transactional_ddl=True,
    )
    try:
        with context.begin_transaction():
            lock_preparation(connection)  # before the present revision is read
            distribution.prepare(connection)
            migration = context.get_context()
            before = migration.get_current_revision()
            is_stamped = stamps.refuse_changed(connection, context.script, before)
            context.run_migrations()
            after = migration.get_current_revision()
            if before and not is_stamped and context.config.attributes.get("compares"):
                stamps.refuse_other_tables(migration, context.config.attributes["metadata"])
            stamps.write(connection, context.script, after)
        if database.is_sqlite:
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if orphans:
                raise RuntimeError(f"rows whose parent is missing: {sorted({row[0] for row in orphans})}")
    finally:
        connection.rollback()
        if database.is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
