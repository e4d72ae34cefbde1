"""What a push costs here and in another checkout, in turns: `python -m benchmarks.push --against FOLDER`.

Each push brings 20 plausible visits of a phone; the CPU of the application and of the database are counted,
alone and with the flags that follow; HTTP and the pull are left out. A process for each checkout runs this
file with that checkout's modules, which have to know the names that are imported here. With `--citus` a
cluster is measured too, beside the same PostgreSQL without it (docs/development.md, On a Citus cluster).
"""

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import IO, Any

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account, Device
from app.commune.catalog.services import Service
from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.sync.push import push
from app.sync.wire.protocol import Request
from benchmarks import databases, dataset
from benchmarks.figures import Figure, main

ROOT = Path(__file__).parents[1]
VISITS, PUSHES = 20, 25  # in a turn
WORKER = "BENCHMARK_WORKER"  # the environment of a worker says its database


def measure(
    small: bool = False, against: Path | None = None, rounds: int = 9, citus: bool = False
) -> list[Figure]:
    """Milliseconds of CPU for a push, and for a push with the flags that are computed afterwards; the limit
    is what it costs in the other checkout, if one is named."""
    kinds = ["sqlite"] if small else ["postgresql", "citus"] if citus else ["sqlite", "postgresql"]
    return [
        figure
        for kind in kinds
        for figure in _figures(kind, against, 1 if small else rounds, 1 if small else PUSHES)
    ]


def _figures(kind: str, against: Path | None, rounds: int, pushes: int) -> list[Figure]:
    folders = {"here": ROOT} | ({"there": against} if against else {})
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in folders}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(folder, kind)) for name, folder in folders.items()}
        for number in range(rounds + 1):
            for name, worker in workers.items():
                alone, flags = (seconds * 1000 / pushes for seconds in _ask(worker, pushes))
                if number:  # the first turn warms up
                    took[name].append((alone, alone + flags))
    what = f"push of {VISITS} visits"
    return [
        _figure(f"{what}, {kind}", {name: [one[0] for one in times] for name, times in took.items()}),
        _figure(
            f"{what} and the flags that follow, {kind}",
            {name: [one[1] for one in times] for name, times in took.items()},
        ),
    ]


def _figure(what: str, took: dict[str, list[float]]) -> Figure:
    middle = {name: median(times) for name, times in took.items()}
    spread = "; ".join(f"{name} {min(times):.2f} to {max(times):.2f}" for name, times in took.items())
    limit = middle.get("there")
    detail = f"{spread}; × {middle['here'] / limit:.2f}" if limit else spread
    return Figure(what, middle["here"], "ms", limit=limit, limit_is="there" if limit else "", detail=detail)


@contextmanager
def _worker(folder: Path, kind: str) -> "Iterator[subprocess.Popen[str]]":
    # -P: modules of this folder are not to hide those of the standard library.
    environment = os.environ | {"PYTHONPATH": str(folder), WORKER: kind}
    with subprocess.Popen(
        [sys.executable, "-P", __file__],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _ask(worker: "subprocess.Popen[str]", pushes: int) -> list[float]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    print(pushes, file=worker.stdin, flush=True)
    seconds: list[float] = json.loads(worker.stdout.readline())
    return seconds


class Phones:
    """The phones of a commune, and what they record: `members` have one each, and visit the households of
    their hamlets."""

    def __init__(self, database: Database) -> None:
        dataset.settle(database, 10, 2, 200)
        self.database = database
        self.dice = random.Random(1)
        self.members = database.write(_enrol)
        self.services, self.ways = database.read(self._look_up)
        self.seq = dict.fromkeys(self.members, 0)

    def operations(self, member: Actor, per_day: int = dataset.PER_DAY) -> list[dict[str, Any]]:
        """The next `VISITS` of a phone that records `per_day` on a day."""
        numbers = range(self.seq[member] + 1, self.seq[member] + VISITS + 1)
        self.seq[member] = numbers[-1]
        return dataset.recorded_visits(
            self.dice, member.commune_id, numbers, self.ways[member], self.services, per_day
        )

    def _look_up(self, session: Session) -> tuple[list[dict[str, Any]], dict[Actor, list[str]]]:
        """The services, and for each member the households of the hamlet in the order of the visits."""
        ways = {}
        for number, member in enumerate(self.members):
            hamlet = Household.hamlet_id.in_(member.hamlet_ids)  # type: ignore[attr-defined]
            ways[member] = dataset.way_of(session.exec(select(Household.id).where(hamlet)), number)
        return [{"code": row.code, "first": row.first} for row in session.exec(select(Service))], ways


def _enrol(session: Session) -> list[Actor]:
    """A device of each volunteer."""
    now, actors = utc_now(), []
    volunteers = select(Account).where(Account.role == "volunteer").order_by(col(Account.phone))
    for account in session.exec(volunteers).all():
        device = Device(
            commune_id=account.commune_id,
            id=f"device-{account.id}",
            account_id=account.id,
            name="Máy",
            enrolled_at=now,
        )
        session.add(device)
        actors.append(actor_for(session, account, device.id))
    return actors


def push_all(database: Database, actor: Actor, operations: list[dict[str, Any]]) -> None:
    """One push of these operations; its device is the actor's."""
    now = utc_now()
    last = operations[-1]["seq"]
    body = {
        "proto": 1,
        "build": "1.0.0",
        "device_id": actor.device_id,
        "sent_at": now,
        "queue": {"count": len(operations), "oldest_at": None, "next_seq": last + 1, "held": []},
        "ops": operations,
    }
    request = Request.model_validate(body)
    database.write(lambda session: push(session, actor, request, now))


def _work(kind: str, requests: IO[str]) -> None:
    """Answers each number of pushes with the seconds of CPU that they took, and those of their flags."""
    with databases.store(kind) as store:
        database = Database(store.url)
        phones = Phones(database)
        for line in requests:
            members = phones.dice.choices(phones.members, k=int(line))
            brought = [(member, phones.operations(member)) for member in members]
            store.analyze()
            gc.collect()
            gc.freeze()  # as a server does, whose operations are garbage when it has answered
            clocks = [time.process_time() + store.cpu()]
            for member, operations in brought:
                push_all(database, member, operations)
            clocks.append(time.process_time() + store.cpu())
            _evaluate_flags(database)
            clocks.append(time.process_time() + store.cpu())
            print(json.dumps([after - before for before, after in pairwise(clocks)]), flush=True)
        database.close()


def _evaluate_flags(database: Database) -> None:
    """Compute the flags, if that is not a part of the pushes in this checkout."""
    name = "app.fieldwork.derived.flags.evaluation"
    if find_spec(name):
        import_module(name).evaluate_all(database)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--citus", action="store_true", help="on a Citus cluster, beside PostgreSQL")


if __name__ == "__main__":
    if kind := os.environ.get(WORKER):
        _work(kind, sys.stdin)
    else:
        main(measure, _options)
