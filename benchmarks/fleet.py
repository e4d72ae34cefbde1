"""Many phones at once: each has its own session and pushes its visits in batches, over loopback.

An exchange includes session, scope, validation, ledger, feed, and the pull that follows. The phones run in
other processes, so that their CPU is not counted as the server's, which is counted until the flags of what
they sent are computed (*settled*). The limit, in the same run: a raw insert of the same rows, one transaction
for each batch; a second one also writes the tables that follow from visits.

`python -m benchmarks.fleet --only sqlite-1 --profile /tmp/push.pstats` writes a profile of the server's CPU
time. Profiling slows the server: the speed of such a run means nothing.
"""

import argparse
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from typing import Any

from app.core.db import Database
from benchmarks import databases, dataset
from benchmarks.dataset import LONG_DAY, PER_DAY
from benchmarks.figures import Figure, main, spread
from benchmarks.phone import Phone
from benchmarks.processes import Instance, server
from benchmarks.raw_insert import Speeds, raw_insert

# A case's database, its server's workers, and how many visits a person records in a day.
CASES = {
    "sqlite-1": ("sqlite", 1, PER_DAY),
    "sqlite-2": ("sqlite", 2, PER_DAY),
    "postgresql-1": ("postgresql", 1, PER_DAY),
    "postgresql-2": ("postgresql", 2, PER_DAY),
    "sqlite-1-long-days": ("sqlite", 1, LONG_DAY),
}
NAMES = {"sqlite": "SQLite FULL", "postgresql": "PostgreSQL"}
FLAT = 1.10  # × the CPU where days are plausible
HOUSEHOLDS = 200  # in a hamlet, which two phones share
CLIENTS = 2  # processes that hold the phones
TIMEOUT = 300  # seconds


@dataclass
class Round:
    """One round, measured at the phones: first start and last end, bytes, milliseconds of each exchange."""

    began: float = 0.0
    ended: float = 0.0
    applied: int = 0
    sent: int = 0
    received: int = 0
    took: list[float] = field(default_factory=list)

    def add(self, other: "Round") -> None:
        self.began = min(self.began or other.began, other.began)
        self.ended = max(self.ended, other.ended)
        self.applied += other.applied
        self.sent += other.sent
        self.received += other.received
        self.took += other.took


@dataclass(frozen=True)
class Outcome:
    """A case: visits a second and CPU seconds for 1,000 visits (medians of the rounds; the server's of each
    round); bytes a visit."""

    speed: float
    server_cpus: list[float]
    database_cpu: float
    up: float
    down: float
    took: list[float]
    raw: Speeds

    @property
    def server_cpu(self) -> float:
        return median(self.server_cpus)


@dataclass(frozen=True)
class Load:
    """`devices` with `visits` each a round, in batches of `batch`; one more round comes first, to warm up."""

    devices: int
    visits: int
    batch: int
    rounds: int


def measure(
    small: bool = False,
    devices: int = 50,
    visits: int = 100,
    batch: int = 100,
    rounds: int = 5,
    only: list[str] | None = None,
    profile: Path | None = None,
) -> list[Figure]:
    """Every case, or those named by `only`."""
    load = Load(4, 25, 25, 1) if small else Load(devices, visits, batch, rounds)
    cases = only or (["sqlite-1", "sqlite-1-long-days"] if small else list(CASES))
    seen = {case: _run(*CASES[case], load, profile) for case in cases}
    figures = [figure for case in cases for figure in _figures(case, load, seen[case])]
    return [*figures, *_long_days(seen)]


def _figures(case: str, load: Load, seen: Outcome) -> list[Figure]:
    kind, workers, per_day = CASES[case]
    name = f"{per_day} a person-day, {NAMES[kind]}, {workers} worker{'s' * (workers - 1)}"
    judged = case in ("sqlite-1", "postgresql-2")
    what = f"{load.devices} devices × {load.visits} visits, {name}"
    database = f", PostgreSQL's own {seen.database_cpu:.2f} s" if kind == "postgresql" else ""
    cpu_of = f"settled server CPU {seen.server_cpu:.3f} s for 1,000{database}"
    derived = seen.raw.derived
    second = f"{derived / seen.speed:.1f} × raw with what follows from them, {derived:,.0f} visits/s"
    speed = Figure(
        what,
        seen.speed,
        "visits/s",
        budget=5000 if judged else None,
        goal=8000 if judged else None,
        limit=seen.raw.records,
        limit_is="raw insert of the same rows",
        more_is_better=True,
        detail=f"exchanges, {spread(seen.took)}; {cpu_of}; {second}",
    )
    if case != "sqlite-1":
        return [speed]
    cpu = Figure(
        "settled server CPU for 1,000 visits, SQLite, 1 worker", seen.server_cpu, "s", budget=0.15, goal=0.11
    )
    on_wire = f"heads included; the answer {seen.down:.0f} B a visit"
    return [
        speed,
        cpu,
        Figure(f"a visit sent, batch of {load.batch}, gzip", seen.up, "B", 300, 180, detail=on_wire),
    ]


def _long_days(seen: dict[str, Outcome]) -> list[Figure]:
    """What a visit of a long day costs the server beside one of a plausible day, if both were measured."""
    if not {"sqlite-1", "sqlite-1-long-days"} <= seen.keys():
        return []
    long, plausible = seen["sqlite-1-long-days"], seen["sqlite-1"].server_cpu
    rounds = ", ".join(f"{cpu:.3f}" for cpu in long.server_cpus)
    return [
        Figure(
            f"settled server CPU for 1,000 visits of person-days of {LONG_DAY}",
            long.server_cpu,
            "s",
            budget=FLAT * plausible,
            limit=plausible,
            limit_is=f"the same, {PER_DAY} a person-day",
            detail=f"round by round {rounds}",
        )
    ]


def _run(kind: str, workers: int, per_day: int, load: Load, profile: Path | None) -> Outcome:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, (load.devices + 1) // 2, 2, HOUSEHOLDS)
        database.close()
        with server(store.url, workers, profile) as instance:
            rounds = _rounds(instance, store, commune.members[: load.devices], load, per_day)
        expected = load.devices * load.visits * (load.rounds + 1)
        if databases.count_visits(store) != expected:
            raise RuntimeError(f"{databases.count_visits(store)} visits stored of {expected}")
        raw = raw_insert(store)
    counted = rounds[1:]
    visits = load.devices * load.visits
    return Outcome(
        speed=median(visits / (seen.ended - seen.began) for seen, _, _ in counted),
        server_cpus=[cpu * 1000 / visits for _, cpu, _ in counted],
        database_cpu=median(cpu for _, _, cpu in counted) * 1000 / visits,
        up=sum(seen.sent for seen, _, _ in counted) / visits / len(counted),
        down=sum(seen.received for seen, _, _ in counted) / visits / len(counted),
        took=[took for seen, _, _ in counted for took in seen.took],
        raw=raw,
    )


def _rounds(
    instance: Instance, store: databases.Store, members: list[tuple[str, str]], load: Load, per_day: int
) -> list[tuple[Round, float, float]]:
    """Each round, with the CPU seconds of server and database until the flags of its visits are computed."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(CLIENTS + 1), context.Queue()
    clients = [
        context.Process(
            target=_client,
            args=(instance.port, members[number::CLIENTS], load, per_day, gate, answers),
            daemon=True,
        )
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    seen = []
    for _ in range(load.rounds + 1):
        gate.wait(TIMEOUT)  # every client is ready
        server_cpu, database_cpu = instance.cpu(), store.cpu()
        gate.wait(TIMEOUT)  # go
        gate.wait(TIMEOUT)  # every client is done
        together = Round()
        databases.wait_for_flags(store)
        server_cpu, database_cpu = instance.cpu() - server_cpu, store.cpu() - database_cpu
        for _client_process in clients:
            together.add(answers.get(timeout=TIMEOUT))
        seen.append((together, server_cpu, database_cpu))
        if len(seen) == 1:
            store.analyze()
    for client in clients:
        client.join()
    return seen


def _client(
    port: int, members: list[tuple[str, str]], load: Load, per_day: int, gate: Barrier, answers: Any
) -> None:
    """A process with its share of the phones, one thread for each."""
    try:
        with ThreadPoolExecutor(len(members)) as pool:
            phones = list(pool.map(lambda member: Phone(port, *member), members))
            for _ in range(load.rounds + 1):
                queues = [phone.prepare(load.visits, per_day) for phone in phones]
                first = [
                    phone.request(queue[: load.batch]) for phone, queue in zip(phones, queues, strict=True)
                ]
                gate.wait(TIMEOUT)
                gate.wait(TIMEOUT)
                together = Round()
                for one in pool.map(_push, phones, queues, first, [load.batch] * len(phones)):
                    together.add(one)
                gate.wait(TIMEOUT)
                answers.put(together)
    except BaseException:
        gate.abort()
        raise


def _push(phone: Phone, queue: list[dict[str, Any]], first: bytes, batch: int) -> Round:
    """Send a phone's queue batch by batch; the last answer is parsed after the time was taken."""
    seen, body, replies = Round(began=time.monotonic()), first, []
    for start in range(0, len(queue), batch):
        body = body if start == 0 else phone.request(queue[start : start + batch])
        before = time.perf_counter()
        replies.append(phone.exchange(body))
        seen.took.append((time.perf_counter() - before) * 1000)
        if start + batch < len(queue):
            phone.understand(replies[-1])
    seen.ended = time.monotonic()
    phone.hang_up()
    seen.applied = phone.acknowledge(*replies)
    if seen.applied != len(queue):
        raise RuntimeError(f"{seen.applied} visits applied of {len(queue)}")
    seen.sent = sum(reply.sent for reply in replies)
    seen.received = sum(reply.received for reply in replies)
    return seen


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--visits", type=int, default=100, help="of each device, in each round")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(CASES))
    parser.add_argument("--profile", type=Path, help="write the server's CPU profile to FILE.<pid>")


if __name__ == "__main__":
    main(measure, _options)
