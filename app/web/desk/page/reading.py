"""The context of a page of the desk that only shows something."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlmodel import Session

from app.commune.accounts import sessions
from app.commune.accounts.access import Actor
from app.core.errors import NotFound
from app.web.deps import Config, Db, Now, desk_cookie, get_supervisor
from app.web.desk.page.context import DeskContext
from app.web.reading import CurrentReading, DataTime, signed_in

T = TypeVar("T")


def get_reader(request: Request, reading: CurrentReading, database: Db, settings: Config, now: Now) -> Actor:
    """The supervisor of the desk cookie, as `get_supervisor`."""
    cookie = desk_cookie(request, settings)
    actor, _is_use_due = signed_in(
        reading,
        lambda: (get_supervisor(request, database, settings, now), False),
        lambda session: sessions.authenticate_desk(session, cookie, now, is_read_only=True),
    )
    if actor.role != "supervisor":
        raise NotFound
    return actor


@dataclass(frozen=True)
class ReadingContext(DeskContext):
    """One request for a page that only shows something. `now`: the instant as of which the page shows it."""

    actor: Annotated[Actor, Depends(get_reader)]
    now: DataTime
    reading: CurrentReading

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot of the replica or the primary."""
        return self.reading.read(work)


ReadingDesk = Annotated[ReadingContext, Depends()]
