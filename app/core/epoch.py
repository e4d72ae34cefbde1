"""The server's epoch: it tells phones that a database was restored, and keeps version numbers unique.

`docs/decisions/0020-a-restore-begins-a-new-epoch.md` has the reasons.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Integer, select, text
from sqlmodel import Field, Session, SQLModel

from app.core.db import table_of
from app.core.sql.prepared import Prepared

# Versions start above a restore's time in seconds, which outgrows four bytes in 2038.
VersionNumber = BigInteger().with_variant(Integer(), "sqlite")


class ServerEpoch(SQLModel, table=True):
    """One row: the epoch of this database. A restore starts a new epoch.

    `version_floor`: 0 in the first epoch; later the time of the restore in seconds, or more where the clock
    was behind the versions assigned before. Versions assigned in this epoch are above the floor, those of
    every earlier epoch are not, so a version number never means two things.
    `mode`: the `Settings.mode` in which the first commune started; None until a command opened the database.
    `timeline`: the one of PostgreSQL that it is written on (`current_timeline`); None if that is not known.
    """

    __tablename__ = "server_epoch"

    id: int = Field(primary_key=True)
    epoch: str
    version_floor: int = Field(default=0, sa_type=BigInteger)
    mode: str | None = None
    timeline: str | None = None


@dataclass(frozen=True)
class Epoch:
    """The epoch of a database: its `id` and the `version_floor` of its version numbers."""

    id: str
    version_floor: int = 0

    def next_version(self, version: int) -> int:
        """The version number of a new write to a record that has `version`."""
        return max(version, self.version_floor) + 1


_TABLE = table_of(ServerEpoch)
# The checkpoint's timeline is the new one only after the checkpoint that follows a promotion.
_TIMELINE = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE (SELECT system_identifier FROM pg_control_system())"
    " || '/' || ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer END"
)
_CURRENT = Prepared(select(_TABLE.c.epoch.label("id"), _TABLE.c.version_floor))


def current_timeline(session: Session) -> str | None:
    """The system identifier and the timeline of PostgreSQL's cluster (*7412345678901234567/1*): another one
    once a standby was promoted, or a copy recovered. None on a standby, and for SQLite.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    found: str | None = session.scalar(_TIMELINE)
    return found


def current_epoch(session: Session) -> Epoch:
    """The epoch of this database."""
    (row,) = _CURRENT.rows(session)
    return Epoch(**row)
