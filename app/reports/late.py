"""Late records: visits and sessions of a closed period that are counted now and that no closed period has."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.calendar.period import Period, PeriodKind, previous_period
from app.commune_settings import settings_of
from app.core.strings import _
from app.outreach.queries import sessions_by_day
from app.periods.models import MEASURES, ClosedPeriod
from app.periods.queries import list_closed
from app.visits.models import DailyTotal

# A visit arrives at most 60 days after its day; decisions on quarantined ones may take longer.
MAX_LATE = timedelta(days=186)
_Days = dict[date, Counter[str]]


@dataclass(frozen=True)
class LateRecords:
    """How many of each of `MEASURES` a closed period has by now that no closed period counted; fewer than
    none if some stopped counting."""

    period: ClosedPeriod
    counts: dict[str, int]


def find_late(session: Session, actor: Actor, period: Period) -> list[LateRecords]:
    """The late records that an open period carries: those of the closed periods right before it, the one that
    is at hand and all that end at most `MAX_LATE` before it."""
    before = _closed_before(session, actor, period)
    if not before:
        return []
    days = _count_by_day(session, actor, before[-1].first, before[0].last)
    late = [LateRecords(one, _late_of(one, days)) for one in before]
    return [one for one in late if any(one.counts.values())]


def late_text(late: list[LateRecords]) -> str:
    """*7 lượt, 2 buổi, 40 người dự*; empty if there are none."""
    sums = {code: sum(one.counts[code] for one in late) for code in MEASURES}
    texts = {
        "visits": _("%(count)s lượt", count=sums["visits"]),
        "sessions": _("%(count)s buổi", count=sums["sessions"]),
        "attended": _("%(count)s người dự", count=sums["attended"]),
    }
    return ", ".join(texts[code] for code in MEASURES if sums[code])


def _late_of(closed: ClosedPeriod, days: _Days) -> dict[str, int]:
    now: Counter[str] = Counter()
    for day, counts in days.items():
        if closed.first <= day <= closed.last:
            now.update(counts)
    return {code: now[code] - closed.counted[code] - closed.late.get(code, 0) for code in MEASURES}


def _closed_before(session: Session, actor: Actor, period: Period) -> list[ClosedPeriod]:
    """The closed periods without a gap before `period`, the nearest first."""
    if period.kind is PeriodKind.DATES:
        return []
    start = settings_of(session, actor.commune_id).month_start_day
    closed = {one.code: one for one in list_closed(session, actor, period.kind, period.first)}
    before: list[ClosedPeriod] = []
    previous = previous_period(period, start)
    while previous.code in closed and (not before or previous.last >= period.first - MAX_LATE):
        before.append(closed[previous.code])
        previous = previous_period(previous, start)
    return before


def _count_by_day(session: Session, actor: Actor, first: date, last: date) -> _Days:
    """What is counted on each day, as of now."""
    day = col(DailyTotal.day)
    whole = visible_to(actor, DailyTotal).where(DailyTotal.service == "", day >= first, day <= last)
    counts = whole.with_only_columns(day, func.sum(col(DailyTotal.visits))).group_by(day)
    days = {on: Counter(visits=int(count)) for on, count in session.execute(counts)}
    for on, (count, people) in sessions_by_day(session, actor, first, last).items():
        days.setdefault(on, Counter()).update(sessions=count, attended=people)
    return days
