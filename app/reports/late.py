"""Late visits: those of a closed period that are counted by now and that no closed period has."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.calendar.period import Period, PeriodKind, previous_period
from app.commune_settings import settings_of
from app.periods.models import ClosedPeriod
from app.periods.queries import list_closed
from app.visits.models import DailyTotal

# A visit arrives at most 60 days after its day; decisions on quarantined ones may take longer.
MAX_LATE = timedelta(days=186)


@dataclass(frozen=True)
class LateVisits:
    """How many visits of a closed period are counted by now that no closed period has; fewer than none if
    some stopped counting."""

    period: ClosedPeriod
    count: int


def find_late(session: Session, actor: Actor, period: Period) -> list[LateVisits]:
    """The late visits that an open period carries: those of the closed periods right before it, the one that
    is at hand and all that end at most `MAX_LATE` before it."""
    before = _closed_before(session, actor, period)
    if not before:
        return []
    by_day = _count_visits(session, actor, before[-1].first, before[0].last)
    late = [
        LateVisits(
            one, sum(by_day[day] for day in by_day if one.first <= day <= one.last) - one.visits - one.late
        )
        for one in before
    ]
    return [one for one in late if one.count]


def _closed_before(session: Session, actor: Actor, period: Period) -> list[ClosedPeriod]:
    """The closed periods without a gap before `period`, the nearest first."""
    if period.kind is PeriodKind.DATES:
        return []
    start = settings_of(session, actor.commune_id).month_start_day
    closed = {one.code: one for one in list_closed(session, actor, period.kind)}
    before: list[ClosedPeriod] = []
    previous = previous_period(period, start)
    while previous.code in closed and (not before or previous.last >= period.first - MAX_LATE):
        before.append(closed[previous.code])
        previous = previous_period(previous, start)
    return before


def _count_visits(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """The counted visits of each day, as of now."""
    day = col(DailyTotal.day)
    whole = visible_to(actor, DailyTotal).where(DailyTotal.service == "", day >= first, day <= last)
    counts = whole.with_only_columns(day, func.sum(col(DailyTotal.visits))).group_by(day)
    return {day: int(count) for day, count in session.execute(counts)}
