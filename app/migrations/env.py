"""Alembic's entry point: it runs this file for every command. Database and tables come from `config`."""

from alembic import context

from app.core.db import Database
from app.core.sql.locks import lock_preparation
from app.migrations.rendering import render_item

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
    with context.begin_transaction():
        lock_preparation(connection)  # before the present revision is read
        context.run_migrations()
    if database.is_sqlite:
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
        if orphans:
            raise RuntimeError(f"rows whose parent is missing: {sorted({row[0] for row in orphans})}")
