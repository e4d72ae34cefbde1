"""The server's epoch: it tells phones that a database was restored, and keeps version numbers unique.

`docs/decisions/0020-a-restore-begins-a-new-epoch.md` has the reasons.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, ColumnElement, Integer, bindparam, case, func, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Field, Session, SQLModel

from app.core.db import table_of
from app.core.errors import Unavailable
from app.core.feed import FeedCounter
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared
from app.core.types import Row

# Versions start above a restore's time in seconds, which outgrows four bytes in 2038.
VersionNumber = BigInteger().with_variant(Integer(), "sqlite")


@stores(rows.TECHNICAL, {rows.TECHNICAL: "epoch mode timeline"})
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


class OtherTimeline(Unavailable):
    """PostgreSQL writes on another timeline than that of the epoch, because a standby was promoted."""


@dataclass(frozen=True)
class Epoch:
    """The epoch of a commune: its `id` and the `version_floor` of its version numbers.

    They are the database's, but for a commune that was moved here: its phones go on in the epoch of its
    instance before, and its versions above that floor, until this database begins another epoch
    (`docs/decisions/0136-a-commune-moves-with-its-epoch.md`).
    """

    id: str
    version_floor: int = 0

    def next_version(self, version: int) -> int:
        """The version number of a new write to a record that has `version`."""
        return max(version, self.version_floor) + 1


class _IsOnTimeline(ColumnElement[bool]):
    """Whether PostgreSQL writes on the timeline of the epoch's row; true if that is not known yet."""

    inherit_cache = False
    type = Boolean()


# The checkpoint's timeline is the new one only after the checkpoint that follows a promotion.
_NUMBER = "('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer::text"


@compiles(_IsOnTimeline, "sqlite")
def _always(_element: _IsOnTimeline, _compiler: SQLCompiler, **_options: object) -> str:
    return "1"


@compiles(_IsOnTimeline, "postgresql")
def _compared(_element: _IsOnTimeline, _compiler: SQLCompiler, **_options: object) -> str:
    is_same = f"split_part(server_epoch.timeline, '/', 2) = {_NUMBER}"
    return f"server_epoch.timeline IS NULL OR CASE WHEN pg_is_in_recovery() THEN true ELSE {is_same} END"


_TABLE = table_of(ServerEpoch)
_IDENTIFIER = "(SELECT system_identifier FROM pg_control_system())"
_TIMELINE = text(f"SELECT CASE WHEN NOT pg_is_in_recovery() THEN {_IDENTIFIER} || '/' || {_NUMBER} END")
_COUNTER = table_of(FeedCounter)
EPOCH_OF_COMMUNE = func.coalesce(_COUNTER.c.epoch, _TABLE.c.epoch)
"""The id of the epoch, in a statement that reads `server_epoch` and the commune's `feed_counter`."""
IS_ON_TIMELINE = _IsOnTimeline().label("is_on_timeline")
"""For `refuse_other_timeline`, in a statement that reads `server_epoch`."""
_IS_MOVED_HERE = _COUNTER.c.epoch.is_not(None)
_CURRENT = Prepared(
    select(
        EPOCH_OF_COMMUNE.label("id"),
        case((_IS_MOVED_HERE, _COUNTER.c.version_floor), else_=_TABLE.c.version_floor).label("version_floor"),
        IS_ON_TIMELINE,
    )
    .select_from(_TABLE, _COUNTER)
    .where(_COUNTER.c.commune_id == bindparam("commune_id"))
)
_OF_SERVER = Prepared(select(_TABLE.c.epoch, IS_ON_TIMELINE))


def current_timeline(session: Session) -> str | None:
    """The system identifier and the timeline of PostgreSQL's cluster (*7412345678901234567/1*): another one
    once a standby was promoted, or a copy recovered. None on a standby, and for SQLite.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    found: str | None = session.scalar(_TIMELINE)
    return found


def current_epoch(session: Session, commune_id: str) -> Epoch:
    """The epoch of a commune that has begun. Raises `OtherTimeline`: what a promoted standby lacks may have
    had the version numbers that would be assigned now.
    """
    (row,) = _CURRENT.rows(session, commune_id=commune_id)
    refuse_other_timeline(row)
    return Epoch(row["id"], row["version_floor"])


def server_epoch(session: Session) -> str:
    """The id of this database's own epoch. Raises `OtherTimeline`."""
    (row,) = _OF_SERVER.rows(session)
    refuse_other_timeline(row)
    epoch: str = row["epoch"]
    return epoch


def refuse_other_timeline(row: Row) -> None:
    """Raises `OtherTimeline` by the `is_on_timeline` of a row (`IS_ON_TIMELINE`)."""
    if not row["is_on_timeline"]:
        raise OtherTimeline
