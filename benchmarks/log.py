"""A long log of visits, written directly into the tables as pushes and decisions would have left them."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from app.commune.calendar.period import month_of
from app.core.clock import local_date
from app.core.db import table_of
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET, measures_of
from app.fieldwork.visits.models import COUNTED, OPEN, Visit, VisitService
from app.sync.wire.models import LedgerEntry
from benchmarks import databases, dataset

A_DAY = 1_000
EXCHANGE = 40  # visits received at once
WAITING, RETURNED, WITHDRAWN, SERVED = 0.03, 0.02, 0.01, 0.7
_END = datetime(2026, 11, 24, 11, tzinfo=UTC)
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


def write(store: databases.Store, commune_id: str, count: int, *, ledger: bool = False) -> VisitLog:
    """`count` visits, a thousand a day, the newest yesterday's; with `ledger` also their ledger."""
    connection = store.connect()
    try:
        population = _population(connection)
        store.trust(connection)
        visits = list(_visits(commune_id, population, count))
        store.load(connection, _names(Visit), visits)
        services = list(_services(population, visits))
        store.load(connection, _names(VisitService), services)
        daily = list(_daily_totals(visits, services))
        store.load(connection, _names(DailyTotal), daily)
        store.load(connection, _names(MonthlyTotal), _monthly_totals(daily))
        store.load(connection, _names(HouseholdMonth), _household_months(visits, services))
        store.load(connection, _names(VisitedHousehold), _visited_households(visits, services))
        store.load(connection, _names(OpenVisits), _open_visits(commune_id, visits))
        if ledger:
            store.load(connection, _names(LedgerEntry), _entries(visits))
        connection.execute(f"UPDATE feed_counter SET head = {count + 10_000}")
        store.settle(connection)
        members = [account for accounts in population.members.values() for account in accounts]
        return VisitLog(sorted(population.members), members, local_date(_END))
    finally:
        connection.close()


def _names(model: type[SQLModel]) -> tuple[str, list[str]]:
    """The table of a model and its columns."""
    table = table_of(model)
    return table.name, [column.name for column in table.columns]


def _population(connection: Any) -> Population:
    households = connection.execute("SELECT id, hamlet_id FROM household ORDER BY id").fetchall()
    members: dict[str, list[str]] = {}
    of_team = "SELECT a.hamlet_id, m.account_id FROM assignment a JOIN membership m ON m.team_id = a.team_id"
    for hamlet, account in connection.execute(f"{of_team} ORDER BY 1, 2").fetchall():
        members.setdefault(hamlet, []).append(account)
    services = connection.execute("SELECT code FROM service ORDER BY code").fetchall()
    return Population([tuple(household) for household in households], members, [code for (code,) in services])


def _visits(commune_id: str, population: Population, count: int) -> Iterator[dict[str, Any]]:
    dice = random.Random(count)
    step = timedelta(days=1) / A_DAY
    for n in range(count):
        received = _END - step * ((count - 1 - n) // EXCHANGE * EXCHANGE)
        happened = received - timedelta(seconds=dice.randrange(300, 18_000))
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
            "follow_up_on": None,
            "quick": False,
            "needs": None,
            "dropped_needs": None,
            "entered_by": None,
            "withdrawn_by": None,
            "version": 1,
            "counted_since": received,
            **dict.fromkeys(("vouched_by", "disowned_at")),
            "withdrawn_at": received if lot > 1 - WITHDRAWN else None,
            "review_state": state,
            "review_reason": "other" if state == "returned" else "",
            "review_field": "",
            "review_note": "",
            "reviewed_at": None if state == "received" else received,
        }


def _services(population: Population, visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    dice = random.Random(len(visits))
    for visit in visits:
        if visit["result"] == "helped":
            for place, code in enumerate(dice.sample(population.services, dice.choice((1, 1, 2)))):
                arguments = {"code": code, "position": place, "outcome": "did_it", "people": 1}
                yield {"commune_id": visit["commune_id"], "visit_id": visit["id"], **arguments}


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


def _open_visits(commune_id: str, visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    states = Counter(visit["review_state"] for visit in visits if visit["withdrawn_at"] is None)
    for state in OPEN:
        yield {"commune_id": commune_id, "review_state": state, "visits": states[state], "revision": 1}


def _counted(visits: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        visit["id"]: visit
        for visit in visits
        if visit["withdrawn_at"] is None and visit["review_state"] in COUNTED
    }


def _entries(visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for visit in visits:
        copied = {name: visit[name] for name in ("commune_id", "version", "device_id", "seq", "received_at")}
        own = {"op_id": visit["id"], "payload_hash": f"{visit['seq']:064x}", "record_id": visit["id"]}
        yield {**copied, **own, "status": "applied", "kind": "visit"}
