"""The sums of any days: of whole months from the monthly totals, of the others from the daily ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, or_
from sqlmodel import Session

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.calendar.period import month_of
from app.commune.catalog.services import GUIDED
from app.core.db import table_of
from app.core.sql.prepared import in_list
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.visits.models import NOT_HOME

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HamletSum:
    """What is counted of a service in a hamlet: visits, and the people who were guided; `service` is empty
    for whole visits, as in the totals, of which nobody was at home in `not_home`."""

    hamlet_id: str
    service: str
    visits: int
    people: int
    not_home: int


def sum_totals(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> list[HamletSum]:
    """The sums of the days from `first` to `last` by hamlet and service, in at most three statements. Without
    hamlets and services that have none."""
    sums = _add_up(session, actor, _BY_HAMLET, (first, last), services)
    return [HamletSum(hamlet_id, service, *counts) for (hamlet_id, service), counts in sums.items()]


def sum_people(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> dict[str, int]:
    """The people who were guided in each service, in all hamlets, in as many statements. Without services
    that have no totals."""
    sums = _add_up(session, actor, _BY_SERVICE, (first, last), services)
    return {service: counts.people for (service,), counts in sums.items()}


def sum_visits(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> dict[str, int]:
    """The visits that have each service, in all hamlets, in as many statements. Without services that have
    none."""
    sums = _add_up(session, actor, _BY_SERVICE, (first, last), services)
    return {service: counts.visits for (service,), counts in sums.items()}


def sum_outcomes(
    session: Session, actor: Actor, first: date, last: date, services: Sequence[str]
) -> dict[tuple[str, str], int]:
    """The people of each service and outcome, in all hamlets, in as many statements. Without those that have
    none."""
    sums = _add_up(session, actor, _BY_OUTCOME, (first, last), services)
    return {(service, outcome): counts.people for (service, outcome), counts in sums.items()}


class _Counts(NamedTuple):
    visits: int = 0
    people: int = 0
    not_home: int = 0


class _Sums:
    """The statements that sum days and months by the columns of `key`."""

    def __init__(self, *key: str) -> None:
        self.key = key
        self.of_days = ActorStatement(lambda actor: _select_sums(actor, DailyTotal, "day", key))
        self.of_months = ActorStatement(lambda actor: _select_sums(actor, MonthlyTotal, "month", key))


def _add_up(
    session: Session, actor: Actor, sums: _Sums, days: tuple[date, date], services: Sequence[str]
) -> dict[tuple[str, ...], _Counts]:
    found: defaultdict[tuple[str, ...], _Counts] = defaultdict(_Counts)
    for statement, first, last in _ranges(sums, *days):
        for row in statement.rows(session, actor, first=first, last=last, services=list(services)):
            key = tuple(row[name] for name in sums.key)
            found[key] = _Counts(*(so_far + int(row[name]) for name, so_far in found[key]._asdict().items()))
    return found


def _ranges(sums: _Sums, first: date, last: date) -> Iterator[tuple[ActorStatement, object, object]]:
    """Which statements sum up which days or months, both included."""
    start = first if first.day == 1 else _next_month(first)
    end = (last + _DAY).replace(day=1)  # the first day that is in no whole month
    if start >= end:
        yield sums.of_days, first, last
        return
    if first < start:
        yield sums.of_days, first, start - _DAY
    yield sums.of_months, month_of(start), month_of(end) - 1
    if end <= last:
        yield sums.of_days, end, last


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _select_sums(
    actor: Actor, totals: type[DailyTotal] | type[MonthlyTotal], time: str, key: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """Each service is one range of the key."""
    columns = table_of(totals).c
    first, last = (bindparam(name, type_=columns[time].type) for name in ("first", "last"))
    wanted = visible_to(actor, totals).where(
        in_list(columns.service, "services"), columns[time].between(first, last)
    )
    is_guided = or_(*(columns.outcome == outcome for outcome in GUIDED))
    guided = columns.people if "outcome" in key else case((is_guided, columns.people), else_=0)
    not_home = case((columns.outcome == NOT_HOME, columns.visits), else_=0)
    return wanted.with_only_columns(
        func.sum(columns.visits).label("visits"),
        func.sum(guided).label("people"),
        func.sum(not_home).label("not_home"),
        *(columns[name] for name in key),
    ).group_by(*(columns[name] for name in key))


_BY_HAMLET, _BY_SERVICE = _Sums("hamlet_id", "service"), _Sums("service")
_BY_OUTCOME = _Sums("service", "outcome")
