"""One nightly archive: a base backup and the log by Barman, restored before it counts (decision 134).

It runs on the machine that has the archive, as Barman's user. The database is the primary's.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core.clock import local_date
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Unavailable
from app.upkeep.maintenance import record
from app.upkeep.maintenance.backup import refuse_distributed
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import cluster
from app.upkeep.maintenance.nightly.barman import Barman
from app.upkeep.maintenance.nightly.place import RETENTION
from app.upkeep.maintenance.nightly.run import work_folder
from app.upkeep.maintenance.nightly.verification import check_restored, read_content
from app.upkeep.maintenance.record import ARCHIVE

_NAME = re.compile(r"gone-by-(\d{4}-\d\d-\d\d)(?:-(\d+))?")
BASE_EVERY = timedelta(days=7)
"""Between two base backups the log alone grows."""


@dataclass(frozen=True)
class ArchiveResult:
    """What was restored: `name` of the base backup, `size` in bytes. `problems`: the checks that found some;
    then it does not count. `deleted`: how many older ones were. `log_changed`: see `Found`."""

    name: str
    size: int
    problems: list[str]
    deleted: int
    log_changed: bool


def run(database: Database, settings: Settings, server: str, now: datetime) -> ArchiveResult:
    """Delete the archives whose day has come; make a base backup once a week; restore the newest one with the
    log up to this moment, and check that.

    What became of it is recorded in the primary. Raises `MaintenanceRefused`; what had to be deleted is
    deleted all the same.
    """
    try:
        refuse_distributed(settings)
        with work_folder(settings.data_dir) as work:
            return _run(database, settings, Barman(server), now, work)
    except (MaintenanceRefused, OSError) as error:
        refused = error if isinstance(error, MaintenanceRefused) else MaintenanceRefused(_sentence(error))
        with suppress(Unavailable, DBAPIError):
            database.write(lambda session: record.record_failure(session, now, refused.sentence, ARCHIVE))
        raise refused from error


def _run(database: Database, settings: Settings, barman: Barman, now: datetime, work: Path) -> ArchiveResult:
    deleted = _delete_expired(barman, local_date(now))
    state = database.read(lambda session: record.read_state(session, ARCHIVE))
    # After a failure nobody knows whether the base backup or the log was to blame.
    name = "" if state.failure else _base_of_the_week(barman, local_date(now))
    if not name:
        name = _new_name(barman, local_date(now + RETENTION))
        barman.back_up(name)
    content = database.read(read_content)
    barman.complete_log()
    data = work / "data"
    barman.restore(name, data)
    size = sum(file.stat().st_size for file in data.rglob("*") if file.is_file() and not file.is_symlink())
    try:
        with cluster.running(data, work, settings.database) as url:
            found = check_restored(url, content)
    except (SQLAlchemyError, Unavailable) as error:
        raise MaintenanceRefused("The restored cluster cannot be read.") from error
    if found.problems:
        reason = f"{name} does not count as good: check finds problems ({', '.join(found.problems)})."
        database.write(lambda session: record.record_failure(session, now, reason, ARCHIVE))
    else:
        database.write(lambda session: record.record_good(session, now, name, size, ARCHIVE))
    return ArchiveResult(name, size, found.problems, deleted, found.log_changed)


def _delete_expired(barman: Barman, today: date) -> int:
    """Delete every archive whose day has come, also the last one: the law does not wait for the next."""
    expired = [backup for backup in barman.backups() if (day := _day(backup.name)) and day <= today]
    for backup in expired:
        barman.delete(backup)
    return len(expired)


def _base_of_the_week(barman: Barman, today: date) -> str:
    """The name of the newest base backup of the last seven days, or empty."""
    names = [backup.name for backup in barman.backups()]
    newest = max((name for name in names if _day(name)), key=_order, default="")
    day = _day(newest)
    return newest if day and day > today + RETENTION - BASE_EVERY else ""


def _new_name(barman: Barman, day: date) -> str:
    """*gone-by-2026-12-31*; with a number if there is one of that day."""
    known = {backup.name for backup in barman.backups()}
    names = [f"gone-by-{day}", *(f"gone-by-{day}-{number}" for number in range(2, len(known) + 3))]
    return next(name for name in names if name not in known)


def _order(name: str) -> tuple[str, int]:
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else ("", 0)


def _day(name: str) -> date | None:
    """The day in a name; None if it is of another form: such a backup is not touched."""
    found = _NAME.fullmatch(name)
    with suppress(ValueError):
        return date.fromisoformat(found[1]) if found else None
    return None


def _sentence(error: OSError) -> str:
    return f"The archive could not be made: {error.filename}: {error.strerror or error}."
