"""Beginning a database: what tells a first start from a lost database, and beginning one on purpose.

`docs/decisions/0030-a-server-refuses-what-is-unsafe.md` says what is a trace. On the day on which every
backup is lost, a new server with the id key of the lost one gives people, hamlets and lists the ids that
phones know (`docs/decisions/0025-ids-outlive-a-restore.md`).
"""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from app.commune.areas import Commune
from app.core.config import Settings
from app.core.desk_log import DeskLog
from app.core.epoch import ServerEpoch
from app.upkeep.erasure.repeating import remember_erased
from app.upkeep.maintenance.epoch import new_floor
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import place
from app.upkeep.maintenance.sqlite import begun_mark, sidecar_files

SERVER_LOCK = "server.lock"
"""In the data folder: locked while a server runs, with the time at which it last did."""


def trace(settings: Settings) -> str | None:
    """What an earlier server left in its folders, as the end of a sentence; None if nothing did.

    A database that is missing or empty beside a trace is a lost one, and no first start.
    """
    log, lock = settings.desk_log_file, settings.data_dir / SERVER_LOCK
    if _size(log):
        return f"the desk log {log} has entries"
    if _size(lock):
        return f"by {lock} a server ran here"
    if settings.sqlite_file and (found := _trace_of_file(settings.sqlite_file)):
        return found
    if settings.backup_dir and place.has_backups(settings.backup_dir):
        return f"{settings.backup_dir} has backups"
    return None


def _trace_of_file(file: Path) -> str | None:
    if _size(mark := begun_mark(file)):
        return f"by {mark} it was begun before"
    wal, *_ = sidecar_files(file)
    previous = sorted(file.parent.glob(f"{file.name}.before-*")) if file.parent.is_dir() else []
    found = (
        [wal] if _size(wal) and not _size(file) else previous
    )  # SQLite reads the log of a file that is there
    return f"{found[0]} is there" if found else None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def has_communes(session: Session) -> bool:
    """Whether there are records, whose ids are derived from a key."""
    return session.exec(select(Commune.id).limit(1)).first() is not None


def begin(session: Session, log: DeskLog, now: datetime) -> ServerEpoch:
    """Have this new database follow one that is lost.

    Versions begin above those that phones know, as after a restore, and households that the lost server has
    erased are not to come back, as far as the desk log is there. Raises `MaintenanceRefused` if there are
    records already.
    """
    if has_communes(session):
        raise MaintenanceRefused("This database has communes already: it is too late for --new.")
    epoch = session.get_one(ServerEpoch, 1)
    remember_erased(session, log.entries())
    floors = (entry.get("version_floor", 0) for _position, entry in log.starts())
    epoch.version_floor = new_floor(max(floors, default=0), now)
    return epoch
