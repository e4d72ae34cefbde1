"""A page of the office: its template reads what the domain returns, and formats it by filters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.web.frame import Frame
from app.web.rendering import render

T = TypeVar("T")
Load = Callable[[Session], Mapping[str, Any]]


class Office(Protocol):
    """One request of a supervisor, an operator or a province viewer. `now`: the instant as of which the page
    shows what it shows."""

    @property
    def now(self) -> datetime: ...

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot."""
        ...

    def frame(self, session: Session, screen: str) -> Frame:
        """The rail around a page, on which `screen` is the current one."""
        ...


def screen(office: Office, template: str, current: str, load: Load, status: int = 200) -> HTMLResponse:
    """`template` with what `load` reads, and the `frame` on which the screen `current` is marked; `now` is
    there too. Raises what `load` raises."""

    def read(session: Session) -> dict[str, Any]:
        return {"frame": office.frame(session, current), "now": office.now, **load(session)}

    return render(template, office.read(read), status)
