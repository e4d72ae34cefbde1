"""The sums of any days: of whole months from the monthly totals, of the others from the daily ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, case, func
from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.catalog import NOT_GUIDED
from app.core.sql.query_hints import no_index_hint
from app.visits.models import DailyTotal
from app.visits.monthly_totals.models import MonthlyTotal
from app.visits.monthly_totals.stored import month_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HamletSum:
    """What is counted of a service in a hamlet: visits, and the people who were guided; `service` is empty
    for whole visits, as in the totals."""

    hamlet_id: str
    service: str
    visits: int
    people: int


def sum_totals(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> list[HamletSum]:
    """The sums of the days from `first` to `last` by hamlet and service, in at most three statements. Without
    hamlets and services that have none."""
    sums: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for statement in _statements(actor, first, last, services):
        for hamlet_id, service, visits, people in session.execute(statement):
            so_far = sums[hamlet_id, service]
            sums[hamlet_id, service] = (so_far[0] + int(visits), so_far[1] + int(people))
    return [HamletSum(*key, *counts) for key, counts in sums.items()]


def _statements(
    actor: Actor, first: date, last: date, services: Sequence[str]
) -> Iterator[Select[str, str, int, int]]:
    start = first if first.day == 1 else _next_month(first)
    end = (last + _DAY).replace(day=1)  # the first day that is in no whole month
    if start >= end:
        yield _of_days(actor, first, last, services)
        return
    if first < start:
        yield _of_days(actor, first, start - _DAY, services)
    yield _of_months(actor, month_of(start), month_of(end) - 1, services)
    if end <= last:
        yield _of_days(actor, end, last, services)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _of_days(actor: Actor, first: date, last: date, services: Sequence[str]) -> Select[str, str, int, int]:
    """Each service is one range of the index `ix_daily_total_day`."""
    key = (col(DailyTotal.hamlet_id), col(DailyTotal.service))
    guided = case((col(DailyTotal.outcome).in_(NOT_GUIDED), 0), else_=col(DailyTotal.people))
    wanted = visible_to(actor, DailyTotal).where(
        col(DailyTotal.service).in_(services), DailyTotal.day >= first, DailyTotal.day <= last
    )
    sums = wanted.with_only_columns(*key, func.sum(col(DailyTotal.visits)), func.sum(guided))
    return sums.group_by(*map(no_index_hint, key))


def _of_months(actor: Actor, first: int, last: int, services: Sequence[str]) -> Select[str, str, int, int]:
    """Each service is one range of the key."""
    key = (col(MonthlyTotal.hamlet_id), col(MonthlyTotal.service))
    guided = case((col(MonthlyTotal.outcome).in_(NOT_GUIDED), 0), else_=col(MonthlyTotal.people))
    wanted = visible_to(actor, MonthlyTotal).where(
        col(MonthlyTotal.service).in_(services), col(MonthlyTotal.month).between(first, last)
    )
    sums = wanted.with_only_columns(*key, func.sum(col(MonthlyTotal.visits)), func.sum(guided))
    return sums.group_by(*map(no_index_hint, key))
