"""How many distinct households were met and guided in a period, by hamlet and in all (docs/decisions/0052).

Periods have the hamlets that stood at their end: what was recorded in a hamlet that was merged by then counts
in the one that it was merged into.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period, month_of
from app.core.clock import VIETNAM
from app.core.db import table_of
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.derived.household_days.days import ALL_DAYS
from app.fieldwork.derived.household_days.models import HouseholdMonth
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET, WARNED
from app.fieldwork.households.models import Household

_EARLIER, _IN_PERIOD = 1, 2  # when a household was last guided by the end of the period; 0: never


@dataclass(frozen=True)
class HouseholdCounts:
    """How many households, by hamlet and in all. A household that was visited in two hamlets which were
    merged later counts in both, and in all once."""

    by_hamlet: dict[str, int]
    total: int


@dataclass(frozen=True)
class DistinctHouseholds:
    """The households that were met, guided and warned of scams in a period; `cumulative`: guided in it or
    before it."""

    met: HouseholdCounts
    guided: HouseholdCounts
    cumulative: HouseholdCounts
    warned: HouseholdCounts


class _Group(NamedTuple):
    """The number of households of which the same holds in a hamlet; or only the one with this id, for which
    something may hold in another hamlet as well.

    `guided`: `_IN_PERIOD`, `_EARLIER` or 0.
    """

    household_id: str | None
    hamlet_id: str
    guided: int
    met: bool
    warned: bool
    households: int


def count_households(
    session: Session, actor: Actor, period: Period, places: Mapping[str, str]
) -> DistinctHouseholds:
    """The households of the period, in one statement, by `places` as of its end (`places_at`)."""
    found = [_Group(*row) for row in session.execute(_groups(actor, period))]
    return DistinctHouseholds(
        met=_count((one for one in found if one.met), places),
        guided=_count((one for one in found if one.guided == _IN_PERIOD), places),
        cumulative=_count((one for one in found if one.guided), places),
        warned=_count((one for one in found if one.warned), places),
    )


def places_at(hamlets: Collection[Hamlet], day: date) -> dict[str, str]:
    """For each hamlet, the id of the one in which it counts in a period that ends with `day`: itself, or what
    it had been merged into by then."""
    end = datetime.combine(day + timedelta(days=1), time.min, VIETNAM)
    merged = {one.id: one.joined_id for one in hamlets if one.merged_at and one.merged_at < end}
    places = {}
    for hamlet in hamlets:
        place = hamlet.id
        while (joined := merged.get(place)) is not None:
            place = joined
        places[hamlet.id] = place
    return places


def _count(groups: Iterable[_Group], places: Mapping[str, str]) -> HouseholdCounts:
    by_hamlet, alone = Counter[str](), set[tuple[str, str]]()
    for one in groups:
        if one.household_id is None:
            by_hamlet[places[one.hamlet_id]] += one.households
        else:
            alone.add((one.household_id, places[one.hamlet_id]))
    total = by_hamlet.total() + len({id for id, _place in alone})
    by_hamlet.update(place for _id, place in alone)
    return HouseholdCounts(by_hamlet, total)


def _groups(actor: Actor, period: Period) -> Select[*tuple[str | None, str, int, bool, bool, int]]:
    """The households by the hamlet in which visits were recorded and by what holds for them there. Those of a
    hamlet that another was merged into stay alone: only they can have visits in two."""
    hamlet = table_of(Hamlet)
    belongs = and_(
        hamlet.c.commune_id == actor.commune_id,
        func.coalesce(hamlet.c.merged_into, hamlet.c.id) == col(Household.hamlet_id),
    )
    grown = visible_to(actor, Hamlet).where(col(Hamlet.merged_into).is_not(None))
    may_be_in_two = col(Household.hamlet_id).in_(grown.with_only_columns(col(Hamlet.merged_into)))
    met, now, ever, warned = (
        days.found_in(actor, hamlet.c.id)
        for days in (
            MeasureDays(MET, period.first, period.last),
            MeasureDays(GUIDED_ANY, period.first, period.last),
            MeasureDays(GUIDED_ANY, None, period.last),
            MeasureDays(WARNED, period.first, period.last),
        )
    )
    # PostgreSQL reads what an EXISTS may find into a set, once: the period's part of the index by month. For
    # all months that would be the whole table; a scalar subquery with a limit is a search by the key.
    guided = case(
        (now.exists(), _IN_PERIOD), (ever.limit(1).scalar_subquery().is_not(None), _EARLIER), else_=0
    )
    households = visible_to(actor, Household).join(hamlet, belongs)
    each = households.with_only_columns(
        case((may_be_in_two, col(Household.id))).label("alone"),
        hamlet.c.id,
        guided.label("guided"),
        met.exists().label("met"),
        warned.exists().label("warned"),
    ).subquery()
    return select(*each.c, func.count()).group_by(*each.c)


@dataclass(frozen=True)
class MeasureDays:
    """The days of a measure from `first` (None: from the beginning) to `last`."""

    measure: str
    first: date | None
    last: date

    def found_in(self, actor: Actor, hamlet_id: ColumnElement[str]) -> Select[int]:
        """The months in which the enclosing select's household counts on one of these days, by a visit
        recorded in the hamlet."""
        found = visible_to(actor, HouseholdMonth).where(
            _MONTH.c.household_id == col(Household.id), _MONTH.c.hamlet_id == hamlet_id, *self.conditions()
        )
        return found.with_only_columns(literal_column("1", Integer())).correlate(Household, table_of(Hamlet))

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Which rows have one of the days."""
        parts = self._parts()
        days = [
            and_(_MONTH.c.month == month, _MONTH.c.days.bitwise_and(bits) != 0)
            for month, bits in parts.items()
        ]
        return (
            _MONTH.c.measure == self.measure,
            _MONTH.c.month.between(month_of(self.first) if self.first else 0, month_of(self.last)),
            or_(_MONTH.c.month.not_in(list(parts)), *days) if parts else true(),
        )

    def within(self) -> ColumnElement[int]:
        """A row's days that are among them, as bits."""
        parts = [
            (_MONTH.c.month == month, _MONTH.c.days.bitwise_and(bits))
            for month, bits in self._parts().items()
        ]
        return case(*parts, else_=_MONTH.c.days) if parts else _MONTH.c.days

    def _parts(self) -> dict[int, int]:
        """The bits of the days, of a month that has others too."""
        parts: dict[int, int] = {}
        if (self.last + timedelta(days=1)).day > 1:
            parts[month_of(self.last)] = ALL_DAYS >> 31 - self.last.day
        if self.first and self.first.day > 1:
            month = month_of(self.first)
            parts[month] = parts.get(month, ALL_DAYS) & ~((1 << self.first.day - 1) - 1)
        return parts


def last_days(
    session: Session, actor: Actor, days: MeasureDays, hamlet_ids: Collection[str] | None, page: slice
) -> tuple[int, dict[str, date]]:
    """How many households count on one of the days by visits recorded in these hamlets (None: in any), and
    those of a page of them, the newest first, with the last of these days.

    Reads one month of each household, however many it was visited in.
    """
    here = [] if hamlet_ids is None else [_MONTH.c.hamlet_id.in_(hamlet_ids)]
    number = cast(_MONTH.c.month, BigInteger) * _MONTHS + days.within()
    last = (
        visible_to(actor, HouseholdMonth)
        .where(_MONTH.c.household_id == col(Household.id), *days.conditions(), *here)
        .with_only_columns(number)
        .order_by(_MONTH.c.month.desc(), number.desc())
        .limit(1)
        .correlate(Household)
    )
    households = visible_to(actor, Household)
    each = households.with_only_columns(col(Household.id), last.scalar_subquery().label("last")).subquery()
    found = select(each).where(each.c.last.is_not(None))
    total = session.scalar(found.with_only_columns(func.count())) or 0
    of_page = found.order_by(each.c.last.desc(), each.c.id).slice(page.start, page.stop)
    return total, {id: _last_day(*divmod(number, _MONTHS)) for id, number in session.execute(of_page)}


def _last_day(month: int, bits: int) -> date:
    return date(month // 12, month % 12 + 1, bits.bit_length())


def count_guided(session: Session, actor: Actor, period: Period) -> int:
    """How many households of the commune were guided in a period, as `count_households` has it in all."""
    days = MeasureDays(GUIDED_ANY, period.first, period.last)
    guided = visible_to(actor, HouseholdMonth).where(*days.conditions())
    return session.scalar(guided.with_only_columns(func.count(_MONTH.c.household_id.distinct()))) or 0


@once_in_a_read
def first_guided_month(session: Session, actor: Actor) -> date | None:
    """The first day of the month in which a household was guided for the first time; None before that."""
    guided = visible_to(actor, HouseholdMonth).where(_MONTH.c.measure == GUIDED_ANY)
    month = session.scalar(guided.with_only_columns(func.min(_MONTH.c.month)))
    return date(month // 12, month % 12 + 1, 1) if month is not None else None


_MONTH = table_of(HouseholdMonth)
_MONTHS = ALL_DAYS + 1  # a month times this stands before its days in one number
