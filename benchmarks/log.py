"""A long log of visits, written directly into the tables as pushes and decisions would have left them.

A whole log has everything beside them too, in the proportions of the demo (`benchmarks/whole_log.py`); the
others have no ledger and visits without notes, needs, follow-ups and flags, because that takes time.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.commune.calendar.period import month_of
from app.core.clock import local_date
from app.core.db import table_of
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET, measures_of
from app.fieldwork.visits.models import COUNTED, OPEN, Visit, VisitService
from benchmarks import databases, dataset, whole_log

A_DAY = 1_000
WORKING = timedelta(hours=10)  # until 18:00
EXCHANGE = 40  # visits received at once
WAITING, RETURNED, WITHDRAWN, SERVED = 0.03, 0.02, 0.01, 0.7
_EMPTY = "follow_up_on needs dropped_needs entered_by withdrawn_by vouched_by disowned_at".split()
_RESULTS = ("not_home", "not_needed", "come_back")


@dataclass(frozen=True)
class VisitLog:
    """Whose visits were written, and their last day."""

    hamlets: list[str]
    volunteers: list[str]
    last: date


@dataclass(frozen=True)
class Population:
    """Every household with its hamlet, the volunteers of each hamlet, and services to give."""

    households: list[tuple[str, str]]
    members: dict[str, list[str]]
    services: list[str]


def write(
    store: databases.Store,
    commune_id: str,
    count: int,
    *,
    whole: bool = False,
    a_day: int = A_DAY,
    days_ago: int = 1,
) -> VisitLog:
    """`count` visits, so many a day, the newest of so many days ago."""
    connection = store.connect()
    try:
        population = _population(connection)
        store.trust(connection)
        end = datetime.now(UTC).replace(hour=11, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
        visits = list(_visits(commune_id, population, count, end, a_day))
        if whole:
            whole_log.fill_in(visits, population.households, population.services)
        store.load(connection, Visit, visits)
        services = list(_services(population, visits))
        store.load(connection, VisitService, services)
        _write_derived(store, connection, visits, services)
        if whole:
            whole_log.write_beside(store, connection, commune_id, visits, services)
        connection.execute(f"UPDATE feed_counter SET head = {2 * count + 10_000}")
        store.settle(connection)
        members = [account for accounts in population.members.values() for account in accounts]
        return VisitLog(sorted(population.members), members, local_date(end))
    finally:
        connection.close()


def _write_derived(
    store: databases.Store, connection: Any, visits: list[dict[str, Any]], services: list[dict[str, Any]]
) -> None:
    """Write what follows from any log of visits."""
    daily = list(_daily_totals(visits, services))
    store.load(connection, DailyTotal, daily)
    store.load(connection, MonthlyTotal, _monthly_totals(daily))
    store.load(connection, HouseholdMonth, _household_months(visits, services))
    store.load(connection, VisitedHousehold, _visited_households(visits, services))
    store.load(connection, OpenVisits, _open_visits(visits))


def _population(connection: Any) -> Population:
    households = connection.execute("SELECT id, hamlet_id FROM household ORDER BY id").fetchall()
    members: dict[str, list[str]] = {}
    of_team = "SELECT a.hamlet_id, m.account_id FROM assignment a JOIN membership m ON m.team_id = a.team_id"
    for hamlet, account in connection.execute(f"{of_team} ORDER BY 1, 2").fetchall():
        members.setdefault(hamlet, []).append(account)
    services = connection.execute("SELECT code FROM service ORDER BY code").fetchall()
    return Population([tuple(household) for household in households], members, [code for (code,) in services])


def _visits(
    commune_id: str, population: Population, count: int, end: datetime, a_day: int
) -> Iterator[dict[str, Any]]:
    dice = random.Random(count)
    for n in range(count):
        ago, place = divmod(count - 1 - n, a_day)
        received = end - timedelta(days=ago) - WORKING / a_day * (place // EXCHANGE * EXCHANGE)
        happened = received - timedelta(seconds=dice.randrange(300, 10_800))
        household, hamlet = dice.choice(population.households)
        left, lot = (count - n) / count, dice.random()
        state = "received" if left <= WAITING else "returned" if lot < RETURNED else "accepted"
        yield {
            "feed_seq": n + 1,
            "commune_id": commune_id,
            "id": dataset.new_id(dice, happened),
            "household_id": household,
            "hamlet_id": hamlet,
            "recorded_by": dice.choice(population.members[hamlet]),
            "device_id": "d",
            "seq": n + 1,
            "occurred_at": happened,
            "happened_at": happened,
            "received_at": received,
            "counted_on": local_date(happened),
            "result": "helped" if dice.random() < SERVED else dice.choice(_RESULTS),
            "note": "",
            "quick": False,
            "version": 1,
            "counted_since": received,
            **dict.fromkeys(_EMPTY),
            "withdrawn_at": received if lot > 1 - WITHDRAWN else None,
            "review_state": state,
            "review_reason": "other" if state == "returned" else "",
            "review_field": "",
            "review_note": "",
            "reviewed_at": None if state == "received" else received,
        }


def _services(population: Population, visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One or two services of each visit that helped; who asked for one gets it at the next."""
    dice = random.Random(len(visits))
    wanted: dict[str, str] = {}
    for visit in visits:
        if visit["result"] == "helped":
            codes = dice.sample(population.services, dice.choice((1, 1, 2)))
            if (need := wanted.pop(visit["household_id"], codes[0])) not in codes:
                codes[0] = need
            for place, code in enumerate(codes):
                arguments = {"code": code, "position": place, "outcome": "did_it", "people": 1}
                yield {"commune_id": visit["commune_id"], "visit_id": visit["id"], **arguments}
        for need in visit["needs"] or ():
            wanted[visit["household_id"]] = need


def _daily_totals(visits: list[dict[str, Any]], services: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
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


def _monthly_totals(daily: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    sums: dict[tuple[str, str, int, str, str], list[int]] = {}
    for row in daily:
        key = (row["commune_id"], row["service"], month_of(row["day"]), row["hamlet_id"], row["outcome"])
        cell = sums.setdefault(key, [0, 0])
        cell[0] += row["visits"]
        cell[1] += row["people"]
    names = ("commune_id", "service", "month", "hamlet_id", "outcome", "visits", "people")
    yield from (dict(zip(names, (*key, *cell), strict=True)) for key, cell in sums.items())


def _household_months(
    visits: list[dict[str, Any]], services: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
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


def _outcomes(services: list[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """The services of each visit with their outcomes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in services:
        found.setdefault(one["visit_id"], []).append((one["code"], one["outcome"]))
    return found


def _visited_households(
    visits: list[dict[str, Any]], services: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
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


def _open_visits(visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    states = Counter(visit["review_state"] for visit in visits if visit["withdrawn_at"] is None)
    for state in OPEN:
        yield {"commune_id": visits[0]["commune_id"], "review_state": state, "visits": states[state]}


def _counted(visits: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        visit["id"]: visit
        for visit in visits
        if visit["withdrawn_at"] is None and visit["review_state"] in COUNTED
    }
