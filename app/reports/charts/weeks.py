"""The weeks of a period, and how many visits ended with which result in each."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.reports.charts.models import ChartRow
from app.review.register.figures import results_by_day

_DAYS = 7  # a period of at most so many days is shown day by day


def is_by_day(period: Period) -> bool:
    """Whether the period is so short that its days are shown instead of its weeks."""
    return period.days <= _DAYS


def visits_by_week(
    session: Session, actor: Actor, period: Period, results: tuple[str, ...], today: date
) -> list[ChartRow]:
    """The weeks of the period, cut to its days, each with the visits of these results as they are counted
    now; days of a period of at most a week. Without what begins after `today` or the last visit."""
    by_day = results_by_day(session, actor, period.first, period.last)
    last = min(period.last, max([today, *by_day]))
    rows = []
    for first, end in _stretches(period, last):
        counts = Counter[str]()
        for day, found in by_day.items():
            if first <= day <= end:
                counts.update(found)
        rows.append(ChartRow(_name(first, end), tuple(counts[one] for one in results), f"{first:%d/%m}"))
    return rows


def _stretches(period: Period, last: date) -> Iterator[tuple[date, date]]:
    first = period.first
    while first <= last:
        sunday = first if is_by_day(period) else first + timedelta(days=6 - first.weekday())
        yield first, min(sunday, period.last)
        first = sunday + timedelta(days=1)


def _name(first: date, last: date) -> str:
    """*02/11–08/11/2026*, *02/11/2026*."""
    return f"{last:%d/%m/%Y}" if first == last else f"{first:%d/%m}–{last:%d/%m/%Y}"
