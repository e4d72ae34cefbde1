"""A long log of visits, written directly into the tables as pushes and decisions would have left them.

A whole log has everything beside them too, in the proportions of the demo (`benchmarks/whole_log.py`); the
others have no ledger and visits without notes, needs, follow-ups and flags, because that takes time.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.clock import local_date
from app.fieldwork.visits.models import Visit, VisitService
from benchmarks import databases, dataset, whole_log
from benchmarks.derived_rows import derived_rows

A_DAY = 1_000
DEVICE = "s_b-kuQNlwsqLULI"  # of all visits; as long as a real one
WORKING = timedelta(hours=10)  # until 18:00
EXCHANGE = 40  # visits received at once
WAITING, RETURNED, WITHDRAWN, SERVED = 0.03, 0.02, 0.01, 0.7
_EMPTY = [
    *("follow_up_on", "needs", "dropped_needs", "answers", "entered_by"),
    *("withdrawn_by", "vouched_by", "disowned_at", "erased_at"),
]
_RESULTS = ("not_home", "not_needed", "come_back")


@dataclass(frozen=True)
class VisitLog:
    """Whose visits were written, and their last day."""

    hamlets: list[str]
    volunteers: list[str]
    last: date

    def day(self, ago: int) -> str:
        """A day before the last one, as filters have it."""
        return (self.last - timedelta(days=ago)).strftime("%d/%m/%Y")


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
        for model, rows in derived_rows(visits, services).items():
            store.load(connection, model, rows)
        if whole:
            whole_log.write_beside(store, connection, commune_id, visits, services)
        connection.execute(f"UPDATE feed_counter SET head = {2 * count + 10_000}")
        store.settle(connection)
        members = [account for accounts in population.members.values() for account in accounts]
        return VisitLog(sorted(population.members), members, local_date(end))
    finally:
        connection.close()


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
            "device_id": DEVICE,
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
