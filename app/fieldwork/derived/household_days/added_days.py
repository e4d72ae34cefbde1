"""The days of households to which visits are added: most change by the new visits alone."""

from collections import defaultdict
from collections.abc import Iterable, Set
from datetime import date, datetime
from typing import cast

from app.fieldwork.derived.household_days.models import LAST_DAYS, VisitedHouseholdValues
from app.fieldwork.derived.household_days.outdated_rows import Visiting
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET


def added_days(
    stored: Iterable[VisitedHouseholdValues], news: Iterable[Visiting], left: Set[str]
) -> tuple[list[VisitedHouseholdValues], list[str]]:
    """The rows of the households of the visits `news`, with these; and the ids of those whose row does not
    tell what it becomes: a visit has `left` them, or a new one is of the day of the newest that they have."""
    before = {row["household_id"]: row for row in stored}
    of_household: defaultdict[str, list[Visiting]] = defaultdict(list)
    for visit in news:
        of_household[visit.household_id].append(visit)
    rows, again = [], sorted(left)
    for id in sorted(of_household.keys() - left):
        row = before.get(id)
        counted = {visit.day for visit in of_household[id] if visit.counted}
        if row and row["last_counted_on"] in counted:
            again.append(id)
        else:
            rows.append(_with_visits(id, row, of_household[id]))
    return rows, again


def _with_visits(
    id: str, row: VisitedHouseholdValues | None, visits: Iterable[Visiting]
) -> VisitedHouseholdValues:
    new = cast(VisitedHouseholdValues, {**(row or _NONE), "household_id": id})
    for visit in sorted(visits, key=_order):
        day, counted = visit.day, visit.counted
        new["last_on"] = max(new["last_on"], day)
        if counted is None:
            continue
        if MET in counted.measures:
            new["first_on"], new["met_on"] = min(new["first_on"] or day, day), max(new["met_on"] or day, day)
        if GUIDED_ANY in counted.measures:
            new["guided_on"] = max(new["guided_on"] or day, day)
        if new["last_counted_on"] is None or new["last_counted_on"] <= day:
            new["last_counted_on"], new["last_result"] = day, counted.result
            new["last_follow_up_on"] = counted.follow_up_on
    return new


def _order(visit: Visiting) -> tuple[date, bool, tuple[datetime, str] | None]:
    """Of visits of one day, in which order their phones wrote them."""
    return visit.day, visit.counted is not None, visit.counted.order if visit.counted else None


_NONE = dict.fromkeys(column.name for column in LAST_DAYS) | {"first_on": None, "last_on": date.min}
