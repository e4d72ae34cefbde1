"""The replica that pages of the desk are read from: whether it follows the primary, and as of when.

Each process looks at both every second. What the replica has is dated by the primary's log: whoever has
replayed up to where the primary stood at an instant has everything that was committed by then. No row is
written for it, and none is needed while nothing changes.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import make_url, text
from sqlmodel import Session

from app.core import logs
from app.core.clock import Clock
from app.core.db import Database
from app.core.errors import Unavailable

State = Literal["following", "unknown", "unreachable", "writable", "foreign", "behind"]
STATES: tuple[State, ...] = ("following", "unknown", "unreachable", "writable", "foreign", "behind")
MAX_BEHIND = timedelta(minutes=5)  # more is not shown while the primary answers
_FRESH = 10  # seconds for which a look counts: a server that hangs answers none
_MARKS = 1_000
# A machine that is gone refuses no connection: after so long it counts as away.
_TIMEOUTS = {"connect_timeout": "3", "tcp_user_timeout": "5000"}
_POSITION = text(
    "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END"
    " - '0/0')::bigint"
)
_STANDING = text(
    "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
    " epoch || ' ' || coalesce(timeline, ''), pg_is_in_recovery() FROM server_epoch"
)


class _Standing(NamedTuple):
    """Where a cluster stands. `history`: the epoch and the timeline that its row has."""

    position: int
    cluster: str
    history: str
    is_standby: bool


class _Mark(NamedTuple):
    """What was committed `at` an instant lies before `position` of the log."""

    position: int
    at: datetime


@dataclass(frozen=True)
class Seen:
    """The replica at the last look. `as_of`: everything that was committed until then is there; None if
    nothing is known."""

    state: State
    as_of: datetime | None = None
    position: int = 0


class Replica:
    """What one process knows of the replica, and of whether the primary answers."""

    def __init__(
        self,
        primary_url: str,
        url: str,
        threads: int,
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = Database(_with_timeouts(url), threads=threads)
        # Looks wait for no connection that a page uses.
        self._primary = Database(_with_timeouts(primary_url), threads=0)
        self._replica = Database(_with_timeouts(url), threads=0)
        self._clock, self._seconds = clock, seconds
        self._marks: deque[_Mark] = deque(maxlen=_MARKS)
        self._newest: _Standing | None = None  # the primary's
        self._answered_at: float | None = None
        self._seen, self._seen_at = Seen("unknown"), seconds()

    @property
    def seen(self) -> Seen:
        """The replica as of the last look; unreachable if none has ended lately."""
        is_fresh = self._seconds() - self._seen_at < _FRESH
        return self._seen if is_fresh else Seen("unreachable", self._seen.as_of, self._seen.position)

    @property
    def is_primary_up(self) -> bool:
        """Whether the primary answered a look lately."""
        return self._answered_at is not None and self._seconds() - self._answered_at < _FRESH

    @property
    def is_usable(self) -> bool:
        """Whether pages may be read from it: it follows, or the primary is away."""
        return self.seen.state == "following" or (self.is_standing_in and not self.is_primary_up)

    @property
    def is_standing_in(self) -> bool:
        """Whether pages may be read from it if the primary fails: also if it is behind."""
        return self.seen.as_of is not None and self.seen.state in ("following", "behind")

    def has_passed(self, position: int) -> bool:
        """Whether it has what the primary had written up to a position. Asks it, if it had not at the last
        look."""
        if self.seen.position >= position:
            return True
        try:
            return self.database.read(wal_position) >= position
        except Unavailable:
            return False

    def look_at_primary(self) -> None:
        """Note where the primary stands at this moment."""
        at = self._clock()
        try:
            standing = self._primary.read(_standing)
        except Unavailable:
            self._answered_at = None
            return
        self._answered_at = None if standing.is_standby else self._seconds()
        if standing.is_standby:  # a promotion is under way
            return
        if self._newest is None or standing[1:] != self._newest[1:]:
            self._marks.clear()  # numbers of another history
        self._newest = standing
        if self._marks and self._marks[-1].position == standing.position:
            self._marks.pop()
        self._marks.append(_Mark(standing.position, at))

    def look_at_replica(self) -> None:
        """Note what it has, and log it if its state is another one than before."""
        try:
            seen = self._judge(self._replica.read(_standing))
        except Unavailable:
            seen = Seen("unreachable", self._seen.as_of)
        if seen.state != self._seen.state:
            is_well = seen.state == "following"
            logs.event("replica.changed", logs.INFO if is_well else logs.WARNING, state=seen.state)
        self._seen, self._seen_at = seen, self._seconds()

    def close(self) -> None:
        """Close all connections."""
        for database in (self.database, self._primary, self._replica):
            database.close()

    def _judge(self, standing: _Standing) -> Seen:
        if not standing.is_standby:
            return Seen("writable")
        if self._newest is None:
            return Seen("unknown")
        if standing.cluster != self._newest.cluster:
            return Seen("foreign")
        if standing.history != self._newest.history:
            return Seen("behind")  # it has not the newest epoch
        as_of = self._as_of(standing.position)
        if as_of is None:
            return Seen("unknown" if len(self._marks) < _MARKS else "behind", None, standing.position)
        is_behind = self._clock() - as_of > MAX_BEHIND
        return Seen("behind" if is_behind else "following", as_of, standing.position)

    def _as_of(self, position: int) -> datetime | None:
        """The last instant at which the primary stood where the replica is by now, or before."""
        passed = [mark for mark in self._marks.copy() if mark.position <= position]
        return passed[-1].at if passed else None


def wal_position(session: Session) -> int:
    """How far a primary has written its log, or a standby has replayed it, in bytes."""
    return int(session.scalar(_POSITION) or 0)


def _standing(session: Session) -> _Standing:
    # The position first: what is asked later may be newer, which only makes the replica look older.
    position = wal_position(session)
    return _Standing(position, *session.connection().execute(_STANDING).one())


def _with_timeouts(url: str) -> str:
    return make_url(url).update_query_dict(_TIMEOUTS).render_as_string(hide_password=False)
