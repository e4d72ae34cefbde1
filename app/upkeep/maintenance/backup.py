"""Backing up an instance's database, SQLite or PostgreSQL."""

from pathlib import Path

from app.core.config import Settings
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write
from app.upkeep.maintenance.postgresql import PostgresqlStore
from app.upkeep.maintenance.sqlite import SqliteStore

_DISTRIBUTED = (
    "The communes of this database are on several machines (Citus): no single file has all of them. Base "
    "backups of all machines and a named restore point do: docs/deploy.md, Backups of a cluster."
)


def backup(settings: Settings, file: Path) -> int:
    """Write a backup to a new file and return its size in bytes. Raises `MaintenanceRefused`."""
    store = database_store(settings)
    with atomic_write(file) as part:
        store.dump(part)
    return file.stat().st_size


def database_store(settings: Settings) -> SqliteStore | PostgresqlStore:
    """The store for the kind of database that `settings` names. Raises what `refuse_distributed` raises."""
    refuse_distributed(settings)
    file = settings.sqlite_file
    if file:
        return SqliteStore(file, settings.key_file)
    return PostgresqlStore(settings.database, settings.key_file)


def refuse_distributed(settings: Settings) -> None:
    """Raises `MaintenanceRefused` for a database on several machines: a dump would have what each of them has
    at another moment, and could be loaded into none."""
    if not settings.sqlite_file and PostgresqlStore(settings.database).is_distributed():
        raise MaintenanceRefused(_DISTRIBUTED)
