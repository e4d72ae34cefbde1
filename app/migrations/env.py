"""Alembic's entry: the database and the tables come from the application."""

from alembic import context

from app.core.db import Database
from app.migrations import tables

database: Database = context.config.attributes["database"]

with database.engine.connect() as connection:
    if database.is_sqlite:
        # A table that is made anew is dropped in between; its children stay, and are looked at afterwards.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=tables.METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if database.is_sqlite:
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
        if orphans:
            raise RuntimeError(f"rows without what they belong to: {sorted({row[0] for row in orphans})}")
