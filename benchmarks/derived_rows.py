"""The rows of tables that follow from visits, which a push or a long log leaves there."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import SQLModel

from app.commune.calendar.period import month_of
from app.core.db import table_of
from app.fieldwork.derived.flags.models import PERSON, UnevaluatedDay
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET, measures_of
from app.fieldwork.visits.models import COUNTED, OPEN

Rows = list[dict[str, Any]]


def derived_rows(visits: Rows, services: Rows) -> dict[type[SQLModel], Rows]:
    """The rows of each table that follow from these visits alone, without flags and needs. `tests/benchmarks`
    compares them with the app's definitions."""
    daily = list(_daily_totals(visits, services))
    return {
        DailyTotal: daily,
        MonthlyTotal: list(_monthly_totals(daily)),
        HouseholdMonth: list(_household_months(visits, services)),
        VisitedHousehold: list(_visited_households(visits, services)),
        OpenVisits: list(_open_visits(visits)),
    }


def unevaluated_days(visits: Rows) -> Rows:
    """The days whose flags wait to be computed after these visits were added."""
    days = Counter((visit["commune_id"], visit["recorded_by"], visit["counted_on"]) for visit in visits)
    names = [column.name for column in table_of(UnevaluatedDay).columns]
    return [
        dict(zip(names, (commune_id, PERSON, person, day, count), strict=True))
        for (commune_id, person, day), count in days.items()
    ]


def _daily_totals(visits: Rows, services: Rows) -> Iterator[dict[str, Any]]:
    counted = _counted(visits)
    parts = [(visit, "", visit["result"], 0) for visit in counted.values()]
    parts += [
        (counted[one["visit_id"]], one["code"], one["outcome"], one["people"])
        for one in services
        if one["visit_id"] in counted
    ]
    sums: dict[tuple[str, date, str, str], list[int]] = {}
    for visit, service, outcome, people in parts:
        key = (visit["hamlet_id"], visit["counted_on"], service, outcome)
        cell = sums.setdefault(key, [0, 0])
        cell[0] += 1
        cell[1] += people
    names = ("hamlet_id", "day", "service", "outcome")
    for key, (count, people) in sums.items():
        figures = {"visits": count, "people": people}
        yield {"commune_id": visits[0]["commune_id"], **dict(zip(names, key, strict=True)), **figures}


def _monthly_totals(daily: Rows) -> Iterator[dict[str, Any]]:
    sums: dict[tuple[str, str, int, str, str], list[int]] = {}
    for row in daily:
        key = (row["commune_id"], row["service"], month_of(row["day"]), row["hamlet_id"], row["outcome"])
        cell = sums.setdefault(key, [0, 0])
        cell[0] += row["visits"]
        cell[1] += row["people"]
    names = ("commune_id", "service", "month", "hamlet_id", "outcome", "visits", "people")
    yield from (dict(zip(names, (*key, *cell), strict=True)) for key, cell in sums.items())


def _household_months(visits: Rows, services: Rows) -> Iterator[dict[str, Any]]:
    outcomes = _outcomes(services)
    bits: dict[tuple[str, str, str, int], int] = {}
    for visit in _counted(visits).values():
        for measure in measures_of(visit["result"], outcomes.get(visit["id"], ())):
            day = visit["counted_on"]
            key = (visit["household_id"], measure, visit["hamlet_id"], day.year * 12 + day.month - 1)
            bits[key] = bits.get(key, 0) | 1 << day.day - 1
    names = ("household_id", "measure", "hamlet_id", "month")
    for key, value in bits.items():
        yield {"commune_id": visits[0]["commune_id"], **dict(zip(names, key, strict=True)), "days": value}


def _outcomes(services: Rows) -> dict[str, list[tuple[str, str]]]:
    """The services of each visit with their outcomes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in services:
        found.setdefault(one["visit_id"], []).append((one["code"], one["outcome"]))
    return found


def _visited_households(visits: Rows, services: Rows) -> Iterator[dict[str, Any]]:
    outcomes = _outcomes(services)
    rows: dict[str, dict[str, Any]] = {}
    empty = dict.fromkeys(column.name for column in table_of(VisitedHousehold).columns)
    in_time = sorted(visits, key=lambda visit: (visit["counted_on"], visit["occurred_at"], visit["id"]))
    counted = _counted(visits)
    for visit in in_time:
        if visit["withdrawn_at"] is not None:
            continue
        id, day = visit["household_id"], visit["counted_on"]
        row = rows.setdefault(id, {**empty, "commune_id": visit["commune_id"], "household_id": id})
        row["last_on"] = day
        if visit["id"] not in counted:
            continue
        measures = measures_of(visit["result"], outcomes.get(visit["id"], ()))
        if MET in measures:
            row["first_on"], row["met_on"] = row["first_on"] or day, day
        if GUIDED_ANY in measures:
            row["guided_on"] = day
        row |= {"last_counted_on": day, "last_result": visit["result"]}
        row["last_follow_up_on"] = visit["follow_up_on"]
    yield from rows.values()


def _open_visits(visits: Rows) -> Iterator[dict[str, Any]]:
    states = Counter(visit["review_state"] for visit in visits if visit["withdrawn_at"] is None)
    for state in OPEN:
        if states[state]:
            yield {"commune_id": visits[0]["commune_id"], "review_state": state, "visits": states[state]}


def _counted(visits: Rows) -> dict[str, dict[str, Any]]:
    return {
        visit["id"]: visit
        for visit in visits
        if visit["withdrawn_at"] is None and visit["review_state"] in COUNTED
    }
