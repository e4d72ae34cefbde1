"""A long log of visits, written straight into the tables as pushes and decisions would have left them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.clock import local_date
from app.visits.models import Visit, VisitService
from benchmarks import databases, material

A_DAY = 1_000
EXCHANGE = 40  # visits that came in one
WAITING, RETURNED, WITHDRAWN, SERVED = 0.03, 0.02, 0.01, 0.7
_END = datetime(2026, 11, 24, 11, tzinfo=UTC)
_RESULTS = ("not_home", "not_needed", "come_back")


@dataclass(frozen=True)
class Written:
    """Whom the visits are of, and their last day."""

    hamlets: list[str]
    volunteers: list[str]
    last: date


@dataclass(frozen=True)
class Doors:
    """Every household with its hamlet, the volunteers of each hamlet, and services to give."""

    homes: list[tuple[str, str]]
    members: dict[str, list[str]]
    services: list[str]


def write(made: databases.Store, commune_id: str, count: int) -> Written:
    """`count` visits, a thousand a day, the newest yesterday's."""
    connection = made.connect()
    try:
        doors = _doors(connection)
        made.trust(connection)
        visits = list(_visits(commune_id, doors, count))
        made.load(connection, _names(Visit), visits)
        made.load(connection, _names(VisitService), _services(doors, visits))
        connection.execute(f"UPDATE feed_counter SET head = {count + 10_000}")
        made.settle(connection)
        members = [account for accounts in doors.members.values() for account in accounts]
        return Written(sorted(doors.members), members, local_date(_END))
    finally:
        connection.close()


def _names(model: Any) -> tuple[str, list[str]]:
    return model.__tablename__, [column.name for column in model.__table__.columns]


def _doors(connection: Any) -> Doors:
    homes = connection.execute("SELECT id, hamlet_id FROM household ORDER BY id").fetchall()
    members: dict[str, list[str]] = {}
    of_team = "SELECT a.hamlet_id, m.account_id FROM assignment a JOIN membership m ON m.team_id = a.team_id"
    for hamlet, account in connection.execute(f"{of_team} ORDER BY 1, 2").fetchall():
        members.setdefault(hamlet, []).append(account)
    services = connection.execute("SELECT code FROM service ORDER BY code").fetchall()
    return Doors([tuple(home) for home in homes], members, [code for (code,) in services])


def _visits(commune_id: str, doors: Doors, count: int) -> Iterator[dict[str, Any]]:
    dice = random.Random(count)
    step = timedelta(days=1) / A_DAY
    for n in range(count):
        received = _END - step * ((count - 1 - n) // EXCHANGE * EXCHANGE)
        happened = received - timedelta(seconds=dice.randrange(300, 18_000))
        home, hamlet = dice.choice(doors.homes)
        left, lot = (count - n) / count, dice.random()
        state = "received" if left <= WAITING else "returned" if lot < RETURNED else "accepted"
        yield {
            "feed_seq": n + 1,
            "commune_id": commune_id,
            "id": material.new_id(dice),
            "household_id": home,
            "hamlet_id": hamlet,
            "recorded_by": dice.choice(doors.members[hamlet]),
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
            "version": 1,
            "withdrawn_at": received if lot > 1 - WITHDRAWN else None,
            "review_state": state,
            "review_reason": "other" if state == "returned" else "",
            "review_field": "",
            "review_note": "",
            "reviewed_at": None if state == "received" else received,
        }


def _services(doors: Doors, visits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    dice = random.Random(len(visits))
    for visit in visits:
        if visit["result"] == "helped":
            for place, code in enumerate(dice.sample(doors.services, dice.choice((1, 1, 2)))):
                given = {"code": code, "position": place, "outcome": "did_it", "people": 1}
                yield {"commune_id": visit["commune_id"], "visit_id": visit["id"], **given}
