"""The communes of a province at a glance: who has closed a period, who is late, silent or has not begun, and
how many of their households were met. One statement, which reads small rows of each commune."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.areas import Commune
from app.commune.calendar.period import Period, parse_period
from app.commune.province_access import Viewer, visible_communes
from app.core.clock import local_date
from app.fieldwork.periods.models import ReportSummary
from app.province.models import CommuneStatus
from app.province.status import of_commune

LATE_AFTER = timedelta(days=5)
"""How long after a period a commune has to close it. No law says so: it is what a province is told beside the
word."""
State = Literal["closed", "reopened", "off", "late", "open", "not_begun"]


@dataclass(frozen=True)
class Glance:
    """A commune and one period.

    `days`: those of the period in this commune; of a closed one as they were then. `closed_at`,
    `reopened_at`: of the newest closing. `households`, `met`: as in `CommuneStatus`; None until they are
    counted. `counted_at`: when the signs were.
    """

    commune: Commune
    state: State
    days: Period
    closed_at: datetime | None
    reopened_at: datetime | None
    is_silent: bool
    heard_at: datetime | None
    households: int | None
    met: int | None
    counted_at: datetime | None

    @property
    def percent(self) -> int | None:
        """The share of the households that were met, in per cent, rounded down. None without any."""
        return (self.met or 0) * 100 // self.households if self.households else None


def look(session: Session, viewer: Viewer, code: str, now: datetime) -> list[Glance]:
    """The communes of the province by official code, at the period that `code` names. Raises `NotFound` if it
    names none."""
    parse_period(code, 1)
    of_period = and_(col(ReportSummary.commune_id) == Commune.id, col(ReportSummary.code) == code)
    rows = session.execute(
        visible_communes(viewer)
        .outerjoin(CommuneStatus, of_commune())
        .outerjoin(ReportSummary, of_period)
        .add_columns(CommuneStatus, *_DAYS)
        .order_by(Commune.code)
    )
    today = local_date(now)
    return [_glance(commune, status, _Days(*days), code, today) for commune, status, *days in rows]


class _Days(NamedTuple):
    """The days and times of a closed report; None if there is none."""

    first: date | None
    last: date | None
    closed_at: datetime | None
    reopened_at: datetime | None


_DAYS = [col(getattr(ReportSummary, name)) for name in _Days._fields]


def _glance(commune: Commune, status: CommuneStatus | None, closed: _Days, code: str, today: date) -> Glance:
    days = parse_period(code, status.month_start_day if status else 1)
    if closed.first and closed.last and not closed.reopened_at:
        days = replace(days, first=closed.first, last=closed.last)
    return Glance(
        commune=commune,
        state=_state(commune, closed, days, today),
        days=days,
        closed_at=closed.closed_at,
        reopened_at=closed.reopened_at,
        is_silent=status.is_silent if status else False,
        heard_at=status.heard_at if status else None,
        households=status.households if status else None,
        met=status.met if status else None,
        counted_at=status.as_of if status else None,
    )


def _state(commune: Commune, closed: _Days, days: Period, today: date) -> State:
    if commune.started_at is None:
        return "not_begun"
    if closed.reopened_at:
        return "reopened"
    if closed.closed_at:
        return "closed"
    if commune.off_at:
        return "off"
    return "late" if days.last + LATE_AFTER < today else "open"
