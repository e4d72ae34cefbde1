"""What the database knows of nightly backups and archives: the newest good one, and the last failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, delete

from app.upkeep.models import BackupRun

OVERDUE = timedelta(hours=36)
"""A night was missed."""


class Kind(NamedTuple):
    """The `outcome` of the two rows of nightly backups, or of archives."""

    good: str
    failed: str


BACKUP, ARCHIVE = Kind("good", "failed"), Kind("archived", "archive_failed")


@dataclass(frozen=True)
class BackupState:
    """`good`: the newest run whose backup or archive counts; `failure`: a failed run after it."""

    good: BackupRun | None
    failure: BackupRun | None

    @property
    def is_used(self) -> bool:
        """Whether any was ever tried."""
        return self.good is not None or self.failure is not None

    def age(self, now: datetime) -> float:
        """Seconds since the newest good backup was begun; infinite if there is none."""
        return max(0.0, (now - self.good.begun_at).total_seconds()) if self.good else float("inf")

    def is_overdue(self, now: datetime) -> bool:
        """Whether the newest good backup is too old, or there is none."""
        return self.age(now) > OVERDUE.total_seconds()


def read_state(session: Session, kind: Kind = BACKUP) -> BackupState:
    """The newest good backup and the last failure."""
    good, failure = (session.get(BackupRun, outcome) for outcome in kind)
    if good and failure and failure.begun_at < good.begun_at:
        failure = None
    return BackupState(good, failure)


def record_good(session: Session, begun_at: datetime, file: str, size: int, kind: Kind = BACKUP) -> None:
    """A backup counts: it was restored and checked."""
    session.merge(BackupRun(outcome=kind.good, begun_at=begun_at, file=file, size=size))


def record_failure(session: Session, begun_at: datetime, reason: str, kind: Kind = BACKUP) -> None:
    """A run failed; the newest good backup stays what it was."""
    session.merge(BackupRun(outcome=kind.failed, begun_at=begun_at, reason=reason[:500]))


def forget(session: Session) -> None:
    """A restored database has no backup of its own yet."""
    session.exec(delete(BackupRun))
