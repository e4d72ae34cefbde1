"""Counts what each exchange and page costs, and compares it with the table: run by `test_costs.py`, in a
process of its own, because what other tests leave in a process is called as well.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.db import Database
from tests import signed_in
from tests.conftest import FakeClock
from tests.costs.counting import Cost, Counter
from tests.phone import Phone, sign_in
from tests.world import LAN, World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TABLE = Path(__file__).with_name("costs.json")
MORE = 0.02
PHONE = "Lưu"  # its row is compared in tests/field/cost.test.js
DAYS, A_DAY, HOUSEHOLDS = 20, 12, 60  # of the log that the pages show
RESULTS = ("helped", "helped", "helped", "not_home", "come_back", "not_needed")
Asks = dict[str, Callable[[], Any]]


@pytest.fixture
def counter(app: FastAPI) -> Iterator[Counter]:
    counter = Counter()
    with counter.installed(app.state.database.engine):
        yield counter


def test_every_cost(
    counter: Counter, app: FastAPI, database: Database, world: World, clock: FakeClock
) -> None:
    add_households(database, world, HOUSEHOLDS)
    lan, desk = sign_in(signed_in.browser(app), *LAN, clock.now), signed_in.browser(app)
    _record_days(lan, world, clock)
    assert _sign_in(desk).status_code == 303
    counted = {name: _counted(counter, ask) for name, ask in _asks(app, lan, desk, world, clock).items()}
    table = json.loads(TABLE.read_text("utf-8"))
    if os.environ.get("COSTS") == "write":
        reasons = {name: row["because"] for name, row in table.items()}
        rows = {name: cost.figures() | {"because": reasons.get(name, "")} for name, cost in counted.items()}
        TABLE.write_text(json.dumps(table | rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return
    assert table.keys() - {PHONE} == counted.keys()
    assert all(row["because"] for row in table.values())
    assert [one for name, cost in counted.items() for one in complaints(name, cost, table[name])] == []


def complaints(name: str, cost: Cost, row: dict[str, Any]) -> list[str]:
    """A sentence for each figure that is not the row's."""
    return [
        f"{name}: {figure} {row[figure]:,} -> {now:,}"
        for figure, now in cost.figures().items()
        if abs(now - row[figure]) > MORE * row[figure]
    ]


def _counted(counter: Counter, ask: Callable[[], Any]) -> Cost:
    """Of three, the cheapest: the first fills the app's caches."""
    found = [counter.cost(ask) for _ in range(3)]
    return Cost(*(min(getattr(one, name) for one in found) for name in found[0].figures()))


def _record_days(lan: Phone, world: World, clock: FakeClock) -> None:
    """A log of visits, the same at every run but for its ids."""
    dice, households = random.Random(7), sorted(world.households[world.dong])
    for _day in range(DAYS):
        clock.forward(days=1)
        lan.now = clock.now - timedelta(hours=2)
        lan.exchange(*(_visit(lan, dice, dice.choice(households)) for _ in range(A_DAY)))


def _visit(lan: Phone, dice: random.Random, household: str) -> dict[str, Any]:
    result = dice.choice(RESULTS)
    lan.now += timedelta(minutes=7)  # what has one time is listed by its ids
    services = [{"code": "bills", "outcome": "explained", "people": 2}] if result == "helped" else []
    return lan.visit(household, result=result, services=services, note="Đã hẹn" * dice.randint(0, 3))


def _sign_in(client: TestClient) -> Any:
    return client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def _asks(app: FastAPI, lan: Phone, desk: TestClient, world: World, clock: FakeClock) -> Asks:
    """What is counted, by its name; each may be asked again and again."""
    dice, households = random.Random(8), sorted(world.households[world.dong])

    def push(count: int) -> Any:
        operations = [_visit(lan, dice, households[n % len(households)]) for n in range(count)]
        answer = lan.send(*operations, omit_result_rows=True, minimal_results=True)  # as phones do
        content = answer.json()
        lan.state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        lan.held.clear()
        return answer

    month = clock.now.strftime("%Y-%m")
    pages = {
        "overview": "/desk/",
        "list of visits": "/desk/visits",
        "list of households": "/desk/households",
        "coverage": "/desk/coverage",
        "report of a month": f"/desk/reports/{month}",
        "report of a year": f"/desk/reports/{month[:4]}",
    }
    return {
        "poll": lambda: push(0),
        "push of 1": lambda: push(1),
        "push of 20": lambda: push(20),
        "push of 100": lambda: push(100),
        "sign-in": lambda: _sign_in(signed_in.browser(app)),
        **{name: partial(desk.get, address) for name, address in pages.items()},
    }
