"""What pages that only show something are read from: a replica, if one may be read, or the primary.

A browser that changed something within the last minute reads from the primary until the replica has it
(`middleware/written.py`). While the primary is away the replica also says who is signed in, and what is
downloaded is noted in the desk log's file, which has it stored once the primary is back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from anyio import to_thread
from fastapi import Depends, Request
from sqlmodel import Session

from app.commune.credentials.second_step import showing
from app.core import desk_log
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.sql.snapshot import state_as_of
from app.upkeep.replica import Replica
from app.web.deps import Config, Db, Now, desk_cookie
from app.web.middleware.written import written_position

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """Where one request reads from: the replica if `is_replica_first`, or the primary; the other one if that
    fails. `now`: the instant of the request."""

    primary: Database
    replica: Replica | None
    is_replica_first: bool
    now: datetime

    @property
    def as_of(self) -> datetime:
        """Until when changes are in what is read: the present, if it is the primary's."""
        as_of = self.replica.seen.as_of if self.replica and self.is_replica_first else None
        return as_of or self.now

    @property
    def is_primary_away(self) -> bool:
        """Whether the primary is not even asked: it would keep the page waiting."""
        return self.replica is not None and not self.replica.is_primary_up

    @property
    def database_url(self) -> str:
        """The address of the database that is asked first, for a process of its own."""
        replica = self.replica if self.is_replica_first else None
        engine = (replica.database if replica else self.primary).engine
        return engine.url.render_as_string(hide_password=False)

    def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one snapshot of one of the two. Raises `Unavailable`, and what `work` raises."""
        if self.replica and self.is_replica_first:
            try:
                return _read_replica(self.replica, work)
            except Unavailable:
                return self.primary.read(work)
        try:
            return self.primary.read(work)
        except Unavailable:
            if self.replica is None or not self.replica.is_standing_in:
                raise
            return _read_replica(self.replica, work)

    def note(self, commune_id: str, what: str, **details: object) -> None:
        """Add an entry to the desk log about what was read. Raises `Unavailable` if neither the database nor
        the file can be written."""
        if not self.is_primary_away:
            try:
                self.primary.write(
                    lambda session: desk_log.note(session, commune_id, what, self.now, **details)
                )
                return
            except Unavailable:
                if self.replica is None:
                    raise
        entry = desk_log.new_entry(commune_id, what, self.now, **details)
        try:
            if self.primary.desk_log:
                self.primary.desk_log.append([entry | desk_log.WAITS], is_strict=True)
        except OSError as error:
            raise Unavailable from error


def _read_replica(replica: Replica, work: Callable[[Session], T]) -> T:
    as_of = replica.seen.as_of

    def marked(session: Session) -> T:
        state_as_of(session, as_of)
        return work(session)

    return replica.database.read(marked)


async def get_reading(request: Request, database: Db, settings: Config, now: Now) -> Reading:
    """The replica goes first if it may be read, unless the browser has changed something that it lacks."""
    replica: Replica | None = request.app.state.replica
    if replica is None or not replica.is_usable:
        return Reading(database, replica, False, now)
    position = written_position(request, settings)
    if position is None or not replica.is_primary_up:
        return Reading(database, replica, True, now)
    return Reading(database, replica, await to_thread.run_sync(replica.has_passed, position), now)


CurrentReading = Annotated[Reading, Depends(get_reading)]


async def _data_time(reading: CurrentReading) -> datetime:
    return reading.as_of


DataTime = Annotated[datetime, Depends(_data_time)]


def signed_in(reading: Reading, on_primary: Callable[[], T], on_replica: Callable[[Session], T]) -> T:
    """Who is signed in: by `on_primary`, or as the replica knows them while the primary is away, which
    extends no session. Raises `SignInRequired`."""
    if not reading.is_primary_away:
        try:
            return on_primary()
        except Unavailable:
            if reading.replica is None:
                raise
    return reading.read(on_replica)


def require_recent_factor(request: Request, reading: CurrentReading, settings: Config, now: Now) -> None:
    """For routes of what is worth a second look: whoever has a factor has shown it within 15 minutes. Raises
    `SecondStepRequired`, `SignInRequired`."""
    cookie = desk_cookie(request, settings)

    def look(session: Session) -> None:
        showing.require_recent(session, cookie, now)

    signed_in(reading, lambda: reading.primary.read(look), look)


RecentFactor = Depends(require_recent_factor)
