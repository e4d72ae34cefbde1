"""Backing up an instance's database, SQLite or PostgreSQL."""

from pathlib import Path

from app.core.config import Settings
from app.upkeep.maintenance.files import atomic_write
from app.upkeep.maintenance.postgresql import PostgresqlStore
from app.upkeep.maintenance.sqlite import SqliteStore


def backup(settings: Settings, file: Path) -> int:
    """Write a backup to a new file and return its size in bytes. Raises `MaintenanceRefused`."""
    store = database_store(settings)
    with atomic_write(file) as part:
        store.dump(part)
    return file.stat().st_size


def database_store(settings: Settings) -> SqliteStore | PostgresqlStore:
    """The store for the kind of database that `settings` names."""
    file = settings.sqlite_file
    return SqliteStore(file) if file else PostgresqlStore(settings.database)
