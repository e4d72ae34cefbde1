"""Random histories: two phones record, add, amend and send in any order while hamlets are merged."""

import random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.areas import Hamlet
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.conftest import FakeClock
from tests.fieldwork.households.hamlet_merges import merge, problems, totals
from tests.phone import Phone, new_id
from tests.rounds import seeds
from tests.world import World

STEPS = 14


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(6))
def test_every_visit_counts_once_whatever_merges_meanwhile(
    desk: TestClient,
    lan: Phone,
    nam: Phone,
    database: Database,
    clock: FakeClock,
    world: World,
    seed: int,
) -> None:
    history = _History(random.Random(seed), desk, database, clock, world)
    history.add_hamlet()
    for _ in range(STEPS):
        history.step(history.dice.choice([lan, nam]))
    for phone in (lan, nam):
        history.send(phone, lost_answer=False)
    assert history.statuses <= {"applied", "duplicate"}
    assert _visit_ids(database) == history.recorded
    assert sum(count for (_, service, _), count in totals(database).items() if not service) == len(
        history.recorded
    )
    assert problems(database) == []
    names = {hamlet["id"] for phone in (lan, nam) for hamlet in phone.exchange()["hamlets"]}
    assert not names & history.merged


class _History:
    """What was recorded, what waits on each phone, and which hamlets were merged."""

    def __init__(
        self,
        dice: random.Random,
        desk: TestClient,
        database: Database,
        clock: FakeClock,
        world: World,
    ) -> None:
        self.dice, self.desk, self.database, self.clock, self.world = dice, desk, database, clock, world
        self.queues: dict[str, list[dict[str, Any]]] = {world.lan: [], world.nam: []}
        self.own: dict[str, list[dict[str, Any]]] = {world.lan: [], world.nam: []}
        self.households = {
            world.lan: list(world.households[world.dong]),
            world.nam: list(world.households[world.tay]),
        }
        self.hamlets = {world.lan: world.dong, world.nam: world.tay}
        self.recorded: set[str] = set()
        self.merged: set[str] = set()
        self.statuses: set[str] = set()

    def add_hamlet(self) -> None:
        self.desk.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})

    def step(self, phone: Phone) -> None:
        self.clock.forward(minutes=self.dice.randrange(1, 20))
        phone.now = self.clock()
        steps = [self.record, self.record, self.add, self.amend, self.send, self.merge]
        self.dice.choice(steps)(phone)

    def record(self, phone: Phone) -> None:
        visit = phone.visit(self.dice.choice(self.households[phone.account_id]))
        self.queues[phone.account_id].append(visit)
        self.own[phone.account_id].append(visit)
        self.recorded.add(visit["data"]["id"])

    def add(self, phone: Phone) -> None:
        """Under the hamlet that the phone knows, which may be merged by now."""
        data = {"id": new_id(), "hamlet_id": self.hamlets[phone.account_id], "head_name": "Vi Văn Mới"}
        self.queues[phone.account_id].append(phone.op("household.add", data))
        self.households[phone.account_id].append(data["id"])

    def amend(self, phone: Phone) -> None:
        if self.own[phone.account_id]:
            visit = self.dice.choice(self.own[phone.account_id])
            household = self.dice.choice(self.households[phone.account_id])
            self.queues[phone.account_id].append(phone.amend(visit, household_id=household))

    def send(self, phone: Phone, lost_answer: bool | None = None) -> None:
        """Send the queue; sometimes the answer is lost and all of it is sent again."""
        queue = self.queues[phone.account_id]
        if self.dice.random() < 0.3 if lost_answer is None else lost_answer:
            phone.send(*queue)
            return
        answer = phone.exchange(*queue)
        self.statuses |= {one["status"] for one in answer["results"]}
        self.hamlets[phone.account_id] = answer["hamlets"][0]["id"]
        queue.clear()

    def merge(self, _phone: Phone) -> None:
        active = sorted(self.database.read(_active_hamlets))
        if len(active) > 1:
            losing, surviving = self.dice.sample(active, 2)
            before = totals(self.database)
            merge(self.desk, losing, surviving)
            assert totals(self.database) == before
            self.merged.add(losing)


def _active_hamlets(session: Session) -> list[str]:
    return [hamlet.id for hamlet in session.exec(select(Hamlet)) if hamlet.merged_into is None]


def _visit_ids(database: Database) -> set[str]:
    return database.read(lambda session: set(session.exec(select(Visit.id))))
