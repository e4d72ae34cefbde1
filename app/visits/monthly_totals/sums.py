"""The sums of any days: of whole months from the monthly totals, of the others from the daily ones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, case, func
from sqlmodel import Session, SQLModel, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, visible_to
from app.catalog import NOT_GUIDED
from app.core.db import table_of
from app.core.sql.query_hints import no_index_hint
from app.visits.models import DailyTotal
from app.visits.monthly_totals.models import MonthlyTotal
from app.visits.monthly_totals.stored import month_of

T = TypeVar("T", bound=SQLModel)

_Statement = Select[*tuple[Any, ...]]
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
    key = ("hamlet_id", "service")
    sums = _add_up(session, _statements(actor, first, last, services, key))
    return [HamletSum(hamlet_id, service, *counts) for (hamlet_id, service), counts in sums.items()]


def sum_people(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> dict[str, int]:
    """The people who were guided in each service, in all hamlets, in as many statements. Without services
    that have no totals."""
    sums = _add_up(session, _statements(actor, first, last, services, ("service",)))
    return {service: people for (service,), (_visits, people) in sums.items()}


def _add_up(session: Session, statements: Iterable[_Statement]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Visits and people by key."""
    sums: defaultdict[tuple[str, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for statement in statements:
        for visits, people, *key in session.execute(statement):
            so_far = sums[tuple(key)]
            sums[tuple(key)] = (so_far[0] + int(visits), so_far[1] + int(people))
    return sums


def _statements(
    actor: Actor, first: date, last: date, services: Sequence[str], key: Sequence[str]
) -> Iterator[_Statement]:
    """The sums by the columns of `key`, whose values stand behind them."""
    start = first if first.day == 1 else _next_month(first)
    end = (last + _DAY).replace(day=1)  # the first day that is in no whole month
    if start >= end:
        yield _of_days(actor, first, last, services, key)
        return
    if first < start:
        yield _of_days(actor, first, start - _DAY, services, key)
    yield _of_months(actor, month_of(start), month_of(end) - 1, services, key)
    if end <= last:
        yield _of_days(actor, end, last, services, key)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _of_days(
    actor: Actor, first: date, last: date, services: Sequence[str], key: Sequence[str]
) -> _Statement:
    """Each service is one range of the index `ix_daily_total_day`."""
    wanted = visible_to(actor, DailyTotal).where(
        col(DailyTotal.service).in_(services), DailyTotal.day >= first, DailyTotal.day <= last
    )
    return _select_sums(wanted, DailyTotal, key)


def _of_months(
    actor: Actor, first: int, last: int, services: Sequence[str], key: Sequence[str]
) -> _Statement:
    """Each service is one range of the key."""
    wanted = visible_to(actor, MonthlyTotal).where(
        col(MonthlyTotal.service).in_(services), col(MonthlyTotal.month).between(first, last)
    )
    return _select_sums(wanted, MonthlyTotal, key)


def _select_sums(
    wanted: SelectOfScalar[T], totals: type[DailyTotal] | type[MonthlyTotal], key: Sequence[str]
) -> _Statement:
    columns = [table_of(totals).c[name] for name in key]
    guided = case((col(totals.outcome).in_(NOT_GUIDED), 0), else_=col(totals.people))
    sums = wanted.with_only_columns(func.sum(col(totals.visits)), func.sum(guided), *columns)
    return sums.group_by(*map(no_index_hint, columns))
