"""Who closed a period, who reopened it, and why: what a report says of itself beside its figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import Period
from app.fieldwork.periods.models import ClosedPeriod

MOST = 20  # the last closings of a period that are listed


@dataclass(frozen=True)
class Closing:
    """A period was closed or reopened: when, by whom (empty if nobody is known any more), and why. Where
    nothing is in the way, a period is closed without a reason."""

    what: Literal["closed", "reopened"]
    at: datetime
    by: str
    reason: str


def list_closings(session: Session, actor: Actor, period: Period) -> list[Closing]:
    """The closings of a period and their ends, the earliest first, at most those of the last `MOST`."""
    names = supervisor_names(session, actor)
    of_code = visible_to(actor, ClosedPeriod).where(ClosedPeriod.code == period.code)
    newest = session.exec(of_code.order_by(col(ClosedPeriod.closed_at).desc()).limit(MOST)).all()
    found = []
    for one in reversed(newest):
        found.append(Closing("closed", one.closed_at, names.get(one.closed_by, ""), one.reason))
        if one.reopened_at is not None:
            by = names.get(one.reopened_by or "", "")
            found.append(Closing("reopened", one.reopened_at, by, one.reopen_reason))
    return found
