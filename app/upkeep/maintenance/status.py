"""The state of an instance in figures, for `status` and `/metrics`: counts, ages and sizes, of nobody."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from app.commune.accounts.models import Device
from app.commune.areas import Commune
from app.commune.credentials.silence import silent_communes
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.derived.flags.models import UnevaluatedDay
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance import record

SILENT_AFTER = timedelta(days=3)
_LOCK_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True)
class Status:
    """`silent_communes`: with phones, none of which was in contact for three days of working time;
    `phones`: not revoked; `silent`: without a contact for `SILENT_AFTER`; `unsent`: records that phones said
    they have; `oldest_unsent`: age of the oldest; `quarantined`: operations nobody has decided on;
    `unevaluated_days`: of persons and households, whose flags are not computed yet;
    `lock_waits`: transactions that wait for another (PostgreSQL); `backup_age`: of the newest good nightly
    backup, `archive_age`: of the newest good archive, infinite if there is none. Ages in seconds, sizes in
    bytes."""

    communes: int
    silent_communes: int
    phones: int
    silent: int
    unsent: int
    oldest_unsent: float
    quarantined: int
    unevaluated_days: int
    lock_waits: int
    database_size: int
    desk_log_size: int
    disk_free: int
    backup_age: float
    backup_size: int
    archive_age: float


def read_status(database: Database, settings: Settings, now: datetime) -> Status:
    """The figures of this moment. Raises `Unavailable`."""
    return database.read(lambda session: _read(session, settings, now))


def _read(session: Session, settings: Settings, now: datetime) -> Status:
    in_use = col(Device.revoked_at).is_(None)
    phones, unsent, oldest = session.exec(
        select(func.count(), func.sum(Device.queue_count), func.min(Device.queue_oldest_at)).where(in_use)
    ).one()
    silent = select(func.count()).where(in_use, col(Device.last_contact_at) < now - SILENT_AFTER)
    is_open = select(func.count()).where(QuarantinedOperation.state == "open")
    begun = select(func.count()).where(col(Commune.started_at).is_not(None))
    backups = record.read_state(session)
    return Status(
        communes=session.exec(begun).one(),
        silent_communes=sum(one.phones > 0 for one in silent_communes(session, now)),
        phones=phones,
        silent=session.exec(silent).one(),
        unsent=int(unsent or 0),
        oldest_unsent=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        quarantined=session.exec(is_open).one(),
        unevaluated_days=session.exec(select(func.count()).select_from(UnevaluatedDay)).one(),
        lock_waits=_lock_waits(session),
        database_size=database_size(session, settings),
        desk_log_size=_size(settings.desk_log_file),
        disk_free=shutil.disk_usage(settings.data_dir).free if settings.data_dir.is_dir() else 0,
        backup_age=backups.age(now),
        backup_size=backups.good.size if backups.good else 0,
        archive_age=record.read_state(session, record.ARCHIVE).age(now),
    )


def _lock_waits(session: Session) -> int:
    connection = session.connection()
    return int(connection.execute(text(_LOCK_WAITS)).scalar_one()) if _is_postgresql(session) else 0


def database_size(session: Session, settings: Settings) -> int:
    """Bytes of the database."""
    if _is_postgresql(session):
        return int(
            session.connection().execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        )
    file = settings.sqlite_file
    return sum(_size(Path(f"{file}{suffix}")) for suffix in ("", "-wal")) if file else 0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _is_postgresql(session: Session) -> bool:
    return session.connection().dialect.name == "postgresql"
