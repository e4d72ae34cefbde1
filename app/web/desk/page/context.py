"""What the desk's routes share: the context of a request, ids in its address, versions in its form."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Form
from pydantic import AfterValidator
from sqlmodel import Session

from app.core.audit.views import View
from app.core.errors import NotFound
from app.core.types import is_id
from app.web.deps import Db, Now, Supervisor
from app.web.desk.page.frame import build_frame
from app.web.frame import Frame

T = TypeVar("T")
_VERSION = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class DeskContext:
    """One request at the desk: the supervisor who asks, the database and the instant of the request."""

    actor: Supervisor
    database: Db
    now: Now

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot of the database."""
        return self.database.read(work)

    def frame(self, session: Session, screen: str) -> Frame:
        """The rail around a page, on which `screen` is the current one."""
        return build_frame(session, self.actor, screen)

    def note_view(self, page: str, id: str) -> None:
        """Have the desk log say within a minute that the supervisor has looked at this."""
        self.database.views.add(View(self.actor.commune_id, self.actor.account_id, page, id))


def require_id(value: str) -> str:
    """`value` if it has the form of an id. Raises `NotFound`: nothing else is an id, and it may hold NUL."""
    if not is_id(value):
        raise NotFound
    return value


def parse_version(version: Annotated[str, Form()] = "") -> int:
    """The version that a form was made from; 0, which no row has, if it is not a number."""
    return int(version) if _VERSION.fullmatch(version) else 0


Desk = Annotated[DeskContext, Depends()]
PathId = Annotated[str, AfterValidator(require_id)]
FormVersion = Annotated[int, Depends(parse_version)]
