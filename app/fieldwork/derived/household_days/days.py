"""Distinct households of any days: on which days of each month somebody was met or guided at a household.

Daily totals cannot be added for them: who was visited on two days would count twice. A household's days of a
calendar month are bits of one number, so a year of visits is twelve rows, and weeks, any dates, and months
that begin on a later day need no tables of their own (docs/decisions/0052). `counts` counts them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.commune.calendar.period import month_of
from app.commune.catalog.services import GUIDED, SCAM_WARNING
from app.core.batch import Row
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.household_days.models import HouseholdMonth, HouseholdMonthValues
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MEASURES, MET
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService

ALL_DAYS = (1 << 31) - 1


class HouseholdDay(NamedTuple):
    """A day on which a counted visit, in the hamlet in which it was recorded, counts a household for one of
    `MEASURES`."""

    household_id: str
    measure: str
    hamlet_id: str
    day: date


def update_days(
    session: Session, commune_id: str, before: set[HouseholdDay], after: set[HouseholdDay]
) -> None:
    """Change the stored days by those that visits which changed were counted on `before` and `after`.

    Call it when the visits are written and the feed is locked, as `totals.update`.
    """
    if new := after - before:
        add = _ADD[session.connection().dialect.name]
        add.run_all(session, [{"commune_id": commune_id, **row} for row in _months(new)])
    if left := before - after:
        _remove(session, commune_id, left)


def differences(session: Session, commune_id: str) -> list[str]:
    """The households whose stored days are not those of their counted visits; none if all is well."""
    stored = {_key(row): row["days"] for row in _FIND_MONTHS.rows(session, commune_id=commune_id)}
    visited = [
        HouseholdDay(*row.values())
        for find in _FIND_DAYS
        for row in find.rows(session, commune_id=commune_id)
    ]
    actual = {_key(row): row["days"] for row in _months(visited)}
    return sorted({key[0] for key in stored.keys() | actual.keys() if stored.get(key) != actual.get(key)})


def _remove(session: Session, commune_id: str, days: set[HouseholdDay]) -> None:
    """Remove these days, except those on which another visit is counted."""
    households = list({one.household_id for one in days})
    of_days = {"first": min(one.day for one in days), "last": max(one.day for one in days)}
    visited = {
        HouseholdDay(*row.values())
        for find in _FIND_DAYS_OF
        for row in find.rows(session, commune_id=commune_id, households=households, **of_days)
    }
    months = _months(days - visited)
    if months:
        keys = [
            {"k_commune_id": commune_id}
            | {f"k_{name}": value for name, value in row.items() if name != "days"}
            for row in months
        ]
        bits = [{"others": ALL_DAYS & ~row["days"]} for row in months]
        connection = session.connection()
        connection.execute(_KEEP, [key | bit for key, bit in zip(keys, bits, strict=True)])
        connection.execute(_DELETE_EMPTY, keys)


def _months(days: Iterable[HouseholdDay]) -> list[HouseholdMonthValues]:
    """The rows that have these days, without their commune."""
    bits: defaultdict[tuple[str, str, str, int], int] = defaultdict(int)
    for household, measure, hamlet, day in days:
        bits[household, measure, hamlet, month_of(day)] |= 1 << day.day - 1
    return [
        {"household_id": key[0], "measure": key[1], "hamlet_id": key[2], "month": key[3], "days": bits[key]}
        for key in sorted(bits)
    ]


def _key(row: HouseholdMonthValues) -> tuple[str, str, str, int]:
    return row["household_id"], row["measure"], row["hamlet_id"], row["month"]


_MONTH, _VISIT, _SERVICE = table_of(HouseholdMonth), table_of(Visit), table_of(VisitService)


def _addition(insert: sqlite.Insert | postgresql.Insert) -> Prepared[Row]:
    """An insert that adds its days to those of an existing row, and writes nothing if that has them all."""
    both = _MONTH.c.days.bitwise_or(insert.excluded.days)
    return Prepared(
        insert.on_conflict_do_update(
            index_elements=list(_MONTH.primary_key.columns), set_={"days": both}, where=both != _MONTH.c.days
        )
    )


_IS_COUNTED = and_(
    _VISIT.c.commune_id == bindparam("commune_id"),
    _VISIT.c.withdrawn_at.is_(None),
    or_(*(_VISIT.c.review_state == state for state in COUNTED)),
)


def _days(measure: str) -> Select[*tuple[str, str, str, date]]:
    """The `HouseholdDay` rows of a measure, by the visits themselves."""
    name = literal_column(f"'{measure}'", String()).label("measure")
    days = select(_VISIT.c.household_id, name, _VISIT.c.hamlet_id, _VISIT.c.counted_on).distinct()
    if measure == MET:
        return days.where(_IS_COUNTED, _VISIT.c.result != NOT_HOME)
    of_visit = and_(_SERVICE.c.commune_id == _VISIT.c.commune_id, _SERVICE.c.visit_id == _VISIT.c.id)
    guided = days.join(_SERVICE, of_visit).where(
        _IS_COUNTED, or_(*(_SERVICE.c.outcome == outcome for outcome in GUIDED))
    )
    return guided if measure == GUIDED_ANY else guided.where(_SERVICE.c.code == SCAM_WARNING)


_IN_COMMUNE = _MONTH.c.commune_id == bindparam("commune_id")
_OF_HOUSEHOLDS = and_(
    in_list(_VISIT.c.household_id, "households"),
    _VISIT.c.counted_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
)
_FIND_DAYS = [Prepared(_days(measure)) for measure in MEASURES]
_FIND_DAYS_OF = [Prepared(_days(measure).where(_OF_HOUSEHOLDS)) for measure in MEASURES]
_FIND_MONTHS = Prepared(select(_MONTH).where(_IN_COMMUNE), HouseholdMonthValues)
_KEY = [f"k_{column.name}" for column in _MONTH.primary_key]
_IS_ROW = and_(*(column == bindparam(f"k_{column.name}") for column in _MONTH.primary_key))
_KEEP = (
    update(_MONTH).where(_IS_ROW).values(days=_MONTH.c.days.bitwise_and(bindparam("others", type_=Integer())))
)
_DELETE_EMPTY = delete(_MONTH).where(_IS_ROW, _MONTH.c.days == 0)
_ADD = {
    "sqlite": _addition(sqlite.insert(_MONTH)),
    "postgresql": _addition(postgresql.insert(_MONTH)),
}
