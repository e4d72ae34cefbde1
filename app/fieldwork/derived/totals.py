"""Daily and monthly totals of one hamlet: visits, and people by service and outcome.

Not counted (product.md §4): withdrawn, returned and duplicates. The figures are sums over visits, so a change
adds what a visit counts for now and takes away what it counted for before.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, cast, extract, func, literal, or_, select, union_all
from sqlmodel import Session

from app.commune.calendar.period import month_of
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, adding
from app.core.types import Row
from app.fieldwork.derived.mechanism import Change, DefinedTable, Difference, differences_in
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.derived.visit_facts import Fact
from app.fieldwork.visits.models import COUNTED, Visit, VisitService

FIGURES = ("visits", "people")


class Cell(NamedTuple):
    """The key of a daily total."""

    hamlet_id: str
    day: date
    service: str
    outcome: str


class MonthCell(NamedTuple):
    """The key of a monthly total."""

    service: str
    month: int
    hamlet_id: str
    outcome: str


class _Totals(DefinedTable):
    """Sums over visits by a key; `month_or_day` makes it of a cell."""

    figures = FIGURES

    def __init__(self, key_of: Callable[[Cell], NamedTuple], definition: Select[*tuple[Any, ...]]) -> None:
        super().__init__()
        self._key_of = key_of
        self._defined = Prepared(definition)
        self._add = Upsert(table_of(self.model), adding(*FIGURES))

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Add what the visits count for now, less what they counted for."""
        steps = sum_steps(differences_in(changes, lambda state: state.fact), self._key_of)
        self._add.run_all(session, [{"commune_id": commune_id, **row} for row in steps])

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The sums, counted by the database."""
        return self._defined.rows(session, commune_id=commune_id)


class DailyTotals(_Totals):
    """The totals of each day, counted from the visits."""

    model = DailyTotal
    complaint = "{count} daily totals of commune {code} are not what its visits come to."

    def __init__(self) -> None:
        super().__init__(lambda cell: cell, _by_day())


class MonthlyTotals(_Totals):
    """The totals of each calendar month: sums of the daily ones."""

    model = MonthlyTotal
    complaint = "{count} monthly totals of commune {code} are not the sums of its daily ones."

    def __init__(self) -> None:
        super().__init__(_month_cell, _by_month())


def sum_steps(differences: Iterable[Difference], key_of: Callable[[Cell], NamedTuple]) -> list[Row]:
    """What is added to the totals, by key; what comes to nothing is left out."""
    sums: defaultdict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
    for difference in differences:
        for fact, sign in ((difference.before, -1), (difference.after, 1)):
            for cell, people in _cells(fact):
                one = sums[key_of(cell)]
                one[0] += sign
                one[1] += sign * people
    return [
        {**key._asdict(), "visits": visits, "people": people}  # type: ignore[attr-defined]
        for key, (visits, people) in sorted(sums.items())
        if visits or people
    ]


def _cells(fact: Fact | None) -> Iterable[tuple[Cell, int]]:
    for service, outcome, people in fact.outcomes if fact else ():
        yield Cell(fact.hamlet_id, fact.day, service, outcome), people  # type: ignore[union-attr]


def _month_cell(cell: Cell) -> MonthCell:
    return MonthCell(cell.service, month_of(cell.day), cell.hamlet_id, cell.outcome)


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
    of_visit = and_(service.c.commune_id == visit.c.commune_id, service.c.visit_id == visit.c.id)
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
