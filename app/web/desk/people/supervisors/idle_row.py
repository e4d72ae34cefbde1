"""Accounts that nobody uses any more, as lists of people show them."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import VIETNAM
from app.web.rendering import day


@dataclass(frozen=True)
class IdleRow:
    """Somebody whose account nobody has worked with for 45 days; `end`: the page of *Cho nghỉ*."""

    name: str
    since: str
    end: str


def idle_row(name: str, since: datetime | None, end: str) -> IdleRow:
    """The row of this person, whose account is idle since then."""
    return IdleRow(name, day(since.astimezone(VIETNAM)) if since else "", end)
