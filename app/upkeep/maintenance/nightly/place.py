"""The place of nightly backups: a folder, best on another disk or machine, which other instances may share.

A file's name says whose it is, when it was begun, and the day (in Vietnam) on which it is deleted:
*tung-nha-3f9a0c21-20261127T190000Z-gone-by-20261228.sqlite3.gz.age*.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.core.clock import local_date
from app.core.config import Settings
from app.core.db import Database
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write
from app.upkeep.maintenance.id_key.place import known_key

RETENTION = timedelta(days=30)
ALWAYS_STORED = 7
"""So many of the newest good backups are never deleted, whatever the clock says."""
WITNESSES = 400
"""So many nights are witnessed."""
_TIME, _DAY = "%Y%m%dT%H%M%SZ", "%Y%m%d"
# Files of earlier releases have no such day.
_NAME = re.compile(
    r"(tung-nha-[0-9a-f]{8})-(\d{8}T\d{6}Z)(?:-gone-by-\d{8})?(-problems)?\.(sqlite3\.gz|pgdump)\.age"
)


def has_backups(folder: Path) -> bool:
    """Whether any instance's backup is in `folder`."""
    try:
        return any(_NAME.fullmatch(path.name) for path in folder.iterdir())
    except OSError:
        return False


@dataclass(frozen=True)
class BackupFile:
    """A backup in the place; `is_good`: it was restored, and `check` found nothing."""

    path: Path
    begun_at: datetime
    is_good: bool


class Place:
    """The backups of one instance in a folder."""

    def __init__(self, folder: Path, id_key: str) -> None:
        """`id_key`: the instance's, which a restored database has as well. Raises `MaintenanceRefused`."""
        self.folder = folder
        self.tag = f"tung-nha-{hashlib.sha256(f'backup {id_key}'.encode()).hexdigest()[:8]}"
        if not folder.is_dir():
            raise MaintenanceRefused(f"The place for backups {folder} is missing: is its disk mounted?")

    def new_file(self, begun_at: datetime, extension: str) -> Path:
        """The name of a backup that begins now."""
        name = f"{self.tag}-{begun_at.astimezone(UTC):{_TIME}}-gone-by-{_gone_by(begun_at):{_DAY}}"
        return self.folder / f"{name}.{extension}.age"

    @property
    def witnesses(self) -> Path:
        """The file with a line of each night of where the desk log was (`audit/witness.py`): nothing in it is
        secret."""
        return self.folder / f"witnesses-of-{self.tag}"

    def add_witness(self, line: str) -> None:
        """Add a line, and drop the oldest beyond `WITNESSES`. Raises `OSError`."""
        known = self.witnesses.read_text().splitlines() if self.witnesses.exists() else []
        content = "\n".join([*known, line][-WITNESSES:]) + "\n"
        with atomic_write(self.witnesses, replaces=True) as part:
            part.write_text(content)

    @staticmethod
    def name_with_problems(file: Path) -> Path:
        """The name of a backup that does not count as good."""
        head, _, extension = file.name.partition(".")
        return file.with_name(f"{head}-problems.{extension}")

    def files(self) -> list[BackupFile]:
        """This instance's backups, the newest first. Raises `OSError`."""
        found = (self._parse(path) for path in self.folder.iterdir())
        return sorted((file for file in found if file), key=lambda file: file.begun_at, reverse=True)

    def prune(self, now: datetime) -> list[Path]:
        """Delete what is past its day, except the newest good ones; what was deleted."""
        newest = [file for file in self.files() if file.is_good][:ALWAYS_STORED]
        expired = [file.path for file in self._overdue(now) if file not in newest]
        for path in expired:
            path.unlink(missing_ok=True)
        return expired

    def overdue(self, now: datetime) -> int:
        """How many are past their day and stored, because there are too few newer good ones."""
        return len(self._overdue(now))

    def _overdue(self, now: datetime) -> list[BackupFile]:
        return [file for file in self.files() if _gone_by(file.begun_at) <= local_date(now)]

    def remove_parts(self) -> None:
        """Delete what an interrupted run has left half written."""
        for part in self._parts():
            with suppress(OSError):
                part.unlink()

    def _parts(self) -> Iterator[Path]:
        """atomic_write's temporary names."""
        for path in self.folder.iterdir():
            name = path.name.removeprefix(".").removesuffix(".part")
            if path.name == f".{name}.part" and self._parse(path.with_name(name)):
                yield path

    def _parse(self, path: Path) -> BackupFile | None:
        found = _NAME.fullmatch(path.name)
        if not found or found[1] != self.tag:
            return None
        try:
            begun_at = datetime.strptime(found[2], _TIME).replace(tzinfo=UTC)
        except ValueError:
            return None
        return BackupFile(path, begun_at, not found[3])


def witnesses_of(settings: Settings, database: Database) -> Path | None:
    """The file with witnesses of the desk log in the settings' place, if it is there."""
    if not settings.backup_dir or not settings.backup_dir.is_dir():
        return None
    file = Place(settings.backup_dir, known_key(database)).witnesses
    return file if file.exists() else None


def _gone_by(begun_at: datetime) -> date:
    return local_date(begun_at + RETENTION)
