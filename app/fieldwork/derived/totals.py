"""Daily and monthly totals of one hamlet: visits, and people by service and outcome.

Not counted (product.md §4): withdrawn, returned and duplicates. The figures are sums over visits, so a change
adds what a visit counts for now and takes away what it counted for before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, cast, extract, func, literal, or_, select, union_all
from sqlmodel import Session

from app.commune.calendar.period import month_of
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, adding
from app.fieldwork.derived.mechanism import Change, DefinedTable, Difference, differences_in
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.derived.visit_facts import Fact, ServiceOutcome
from app.fieldwork.visits.models import COUNTED, Visit, VisitService

FIGURES = ("visits", "people")


KeyOf = Callable[[Fact, ServiceOutcome], tuple[Any, ...]]


class _Totals(DefinedTable):
    """Sums over visits by a key: `key_of` makes the primary key, less the commune, of a visit's outcome."""

    figures = FIGURES

    def __init__(self, key_of: KeyOf, definition: Select[*tuple[Any, ...]]) -> None:
        super().__init__()
        self._key_of = key_of
        self._defined = Prepared(definition)
        self._add = Upsert(table_of(self.model), adding(*FIGURES))

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Add what the visits count for now, less what they counted for."""
        sums = sum_steps(differences_in(changes, lambda state: state.fact), self._key_of)
        names = [*self._key, *FIGURES]
        steps = [dict(zip(names, (commune_id, *key, *sums[key]), strict=True)) for key in sorted(sums)]
        self._add.run_all(session, [row for row in steps if row["visits"] or row["people"]])

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The sums, counted by the database."""
        return self._defined.rows(session, commune_id=commune_id)


class DailyTotals(_Totals):
    """The totals of each day, counted from the visits."""

    model = DailyTotal
    complaint = "{count} daily totals of commune {code} are not what its visits come to."

    def __init__(self) -> None:
        super().__init__(lambda fact, one: (one.service, fact.day, fact.hamlet_id, one.outcome), _by_day())


class MonthlyTotals(_Totals):
    """The totals of each calendar month: sums of the daily ones."""

    model = MonthlyTotal
    complaint = "{count} monthly totals of commune {code} are not the sums of its daily ones."

    def __init__(self) -> None:
        super().__init__(_month_key, _by_month())


def sum_steps(differences: Iterable[Difference], key_of: KeyOf) -> dict[tuple[Any, ...], list[int]]:
    """The visits and the people that are added to the totals, by key."""
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for difference in differences:
        for fact, sign in ((difference.before, -1), (difference.after, 1)):
            for outcome in fact.outcomes if fact else ():
                one = sums[key_of(fact, outcome)]
                one[0] += sign
                one[1] += sign * outcome.people
    return sums


def _month_key(fact: Fact, one: ServiceOutcome) -> tuple[Any, ...]:
    return one.service, month_of(fact.day), fact.hamlet_id, one.outcome


def _by_day() -> Select[*tuple[Any, ...]]:
    visit, service = table_of(Visit), table_of(VisitService)
    is_counted = and_(
        visit.c.commune_id == bindparam("commune_id"),
        visit.c.withdrawn_at.is_(None),
        or_(*(visit.c.review_state == state for state in COUNTED)),
    )
    place = (visit.c.commune_id, visit.c.hamlet_id, visit.c.counted_on)
    whole = select(
        *place, literal("").label("service"), visit.c.result.label("outcome"), literal(0).label("people")
    ).where(is_counted)
    of_visit = and_(service.c.commune_id == bindparam("commune_id"), service.c.visit_id == visit.c.id)
    services = select(*place, service.c.code, service.c.outcome, service.c.people)
    both = union_all(whole, services.join_from(visit, service, of_visit).where(is_counted)).subquery().c
    key = (both.commune_id, both.hamlet_id, both.counted_on.label("day"), both.service, both.outcome)
    people = cast(func.sum(both.people), Integer).label("people")
    return select(*key, func.count().label("visits"), people).group_by(*key)


def _by_month() -> Select[*tuple[Any, ...]]:
    daily = table_of(DailyTotal).c
    year, month = (cast(extract(part, daily.day), Integer) for part in ("year", "month"))
    number = (year * 12 + month - 1).label("month")
    key = (daily.commune_id, daily.service, number, daily.hamlet_id, daily.outcome)
    sums = (cast(func.sum(daily[name]), Integer).label(name) for name in FIGURES)
    return select(*key, *sums).where(daily.commune_id == bindparam("commune_id")).group_by(*key)
