"""Households met or guided on any days: a household's row for a month has its days as bits of one number.

Daily totals cannot be added to count households, because one that was visited on two days would count twice.
A year of visits is twelve rows. Weeks, any dates, and months that begin on a later day are masks over the
same bits (docs/decisions/0019). `counts` counts the households.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from app.commune.calendar.period import month_of
from app.commune.catalog.services import GUIDED, SCAM_WARNING
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Insert, Upsert
from app.core.types import Row
from app.fieldwork.derived.household_days.models import HouseholdMonth, HouseholdMonthValues
from app.fieldwork.derived.mechanism import Change, DefinedTable, differences_in
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MEASURES, MET, VisitState
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService

ALL_DAYS = (1 << 31) - 1


class HouseholdDay(NamedTuple):
    """A day on which a counted visit, in the hamlet in which it was recorded, counts a household for one of
    `MEASURES`."""

    household_id: str
    measure: str
    hamlet_id: str
    day: date


class HouseholdDays(DefinedTable):
    """The days of each household by month: a new day is added to its row, and a row that loses one is read
    from the visits again."""

    model = HouseholdMonth
    complaint = "The days of {count} months of households of commune {code} are not those of visits."

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Change the days by those on which the visits were counted before, and are now."""
        differences = differences_in(changes, _days_of)
        before = {day for one in differences for day in one.before or ()}
        after = {day for one in differences for day in one.after or ()}
        self.change_days(session, commune_id, before, after)

    def change_days(
        self, session: Session, commune_id: str, before: set[HouseholdDay], after: set[HouseholdDay]
    ) -> None:
        """The same, by the days."""
        _ADD.run_all(session, [{"commune_id": commune_id, **row} for row in _months(after - before)])
        if left := before - after:
            self._read_again(session, commune_id, _months(left))

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The days of the visits."""
        return _DEFINED.rows(session, commune_id=commune_id)

    def _read_again(self, session: Session, commune_id: str, months: list[HouseholdMonthValues]) -> None:
        first, last = (pick(row["month"] for row in months) for pick in (min, max))
        rows = _DEFINED_OF.rows(
            session,
            commune_id=commune_id,
            households=sorted({row["household_id"] for row in months}),
            first=_first_day(first),
            last=_first_day(last + 1) - timedelta(days=1),
        )
        defined = {_key(row): row for row in rows}
        self.delete_rows(session, [(commune_id, *key) for key in map(_key, months) if key not in defined])
        self._put.run_all(session, [defined[key] for key in map(_key, months) if key in defined])


def _days_of(state: VisitState) -> frozenset[HouseholdDay]:
    """The days that a visit counts; empty if it does not count."""
    fact = state.fact
    return frozenset(
        HouseholdDay(fact.household_id, measure, fact.hamlet_id, fact.day) for measure in fact.measures
    ) if fact else frozenset()  # fmt: skip


def _months(days: Iterable[HouseholdDay]) -> list[HouseholdMonthValues]:
    """The rows that have these days, without their commune."""
    bits: defaultdict[tuple[str, str, str, int], int] = defaultdict(int)
    for household, measure, hamlet, day in days:
        bits[household, measure, hamlet, month_of(day)] |= 1 << day.day - 1
    return [
        {"household_id": key[0], "measure": key[1], "hamlet_id": key[2], "month": key[3], "days": bits[key]}
        for key in sorted(bits)
    ]


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


_KEY = [column.name for column in table_of(HouseholdMonth).primary_key if column.name != "commune_id"]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)


_MONTH, _VISIT, _SERVICE = table_of(HouseholdMonth), table_of(Visit), table_of(VisitService)
_IS_COUNTED = and_(
    _VISIT.c.commune_id == bindparam("commune_id"),
    _VISIT.c.withdrawn_at.is_(None),
    or_(*(_VISIT.c.review_state == state for state in COUNTED)),
)


def _visits(measure: str) -> Select[*tuple[Any, ...]]:
    """The counted visits that count their household for a measure, one row or several for each."""
    day = _VISIT.c.counted_on
    year, month, number = (cast(extract(part, day), Integer) for part in ("year", "month", "day"))
    columns = (
        _VISIT.c.commune_id,
        _VISIT.c.household_id,
        literal(measure).label("measure"),
        (year * 12 + month - 1).label("month"),
        _VISIT.c.hamlet_id,
        literal(1).bitwise_lshift(number - 1).label("bit"),
    )
    if measure == MET:
        return select(*columns).where(_IS_COUNTED, _VISIT.c.result != NOT_HOME)
    # Not joined: SQLite would begin with all services of the commune.
    services = select(_SERVICE.c.code).where(
        _SERVICE.c.commune_id == bindparam("commune_id"),
        _SERVICE.c.visit_id == _VISIT.c.id,
        or_(*(_SERVICE.c.outcome == outcome for outcome in GUIDED)),
    )
    if measure != GUIDED_ANY:
        services = services.where(_SERVICE.c.code == SCAM_WARNING)
    return select(*columns).where(_IS_COUNTED, services.exists())


def _definition(*conditions: ColumnElement[bool]) -> Prepared[Row]:
    """The rows by the visits for which `conditions` hold. A sum of different bits is their union."""
    visits = union_all(*(_visits(measure).where(*conditions) for measure in MEASURES)).subquery().c
    key = [visits[column.name] for column in _MONTH.primary_key]
    days = cast(func.sum(visits.bit.distinct()), Integer).label("days")
    return Prepared(select(*key, days).group_by(*key))


def _both(table: Table, insert: Insert) -> ColumnElement[int]:
    """The days of an existing row and the new ones."""
    return table.c.days.bitwise_or(insert.excluded.days)


_DEFINED = _definition()
_DEFINED_OF = _definition(
    in_list(_VISIT.c.household_id, "households"),
    _VISIT.c.counted_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
)
_ADD = Upsert(
    _MONTH,
    lambda table, insert: {"days": _both(table, insert)},
    where=lambda table, insert: _both(table, insert) != table.c.days,  # else nothing is written
)
