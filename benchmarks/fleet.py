"""Many phones at once: each has its own session and pushes its visits in batches, over loopback.

An exchange includes session, scope, validation, ledger, feed, and the pull that follows. The phones run in
other processes, so that their CPU is not counted as the server's. The limit, in the same run: a raw set-based
insert of the same rows, one transaction for each batch.

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
from benchmarks.figures import Figure, main, spread
from benchmarks.phone import Phone
from benchmarks.processes import Instance, server

CASES = {"sqlite-1": ("sqlite", 1), "sqlite-2": ("sqlite", 2), "postgresql-1": ("postgresql", 1)}
CASES["postgresql-2"] = ("postgresql", 2)
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
    """A case: visits a second and CPU seconds for 1,000 visits (medians of the rounds); bytes a visit."""

    speed: float
    server_cpu: float
    database_cpu: float
    up: float
    down: float
    took: list[float]
    raw: float


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
    load = Load(4, 5, 5, 1) if small else Load(devices, visits, batch, rounds)
    cases = only or (["sqlite-1"] if small else list(CASES))
    return [figure for case in cases for figure in _figures(case, load, _run(*CASES[case], load, profile))]


def _figures(case: str, load: Load, seen: Outcome) -> list[Figure]:
    kind, workers = CASES[case]
    name = f"{'SQLite FULL' if kind == 'sqlite' else 'PostgreSQL'}, {workers} worker{'s' * (workers - 1)}"
    judged = case in ("sqlite-1", "postgresql-2")
    what = f"{load.devices} devices × {load.visits} visits, {name}"
    database = f", PostgreSQL's own {seen.database_cpu:.2f} s" if kind == "postgresql" else ""
    speed = Figure(
        what,
        seen.speed,
        "visits/s",
        budget=5000 if judged else None,
        goal=8000 if judged else None,
        limit=seen.raw,
        limit_is="raw insert of the same rows",
        more_is_better=True,
        detail=f"an exchange {spread(seen.took)}; server CPU {seen.server_cpu:.3f} s for 1,000{database}",
    )
    if case != "sqlite-1":
        return [speed]
    cpu = Figure("server CPU for 1,000 visits in that run", seen.server_cpu, "s", budget=0.15, goal=0.11)
    on_wire = f"heads included; the answer {seen.down:.0f} B a visit"
    return [
        speed,
        cpu,
        Figure(f"a visit sent, batch of {load.batch}, gzip", seen.up, "B", 300, 180, detail=on_wire),
    ]


def _run(kind: str, workers: int, load: Load, profile: Path | None) -> Outcome:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, (load.devices + 1) // 2, 2, HOUSEHOLDS)
        database.close()
        with server(store.url, workers, profile) as instance:
            rounds = _rounds(instance, store, commune.members[: load.devices], load)
        expected = load.devices * load.visits * (load.rounds + 1)
        if databases.count_visits(store) != expected:
            raise RuntimeError(f"{databases.count_visits(store)} visits stored of {expected}")
        raw = databases.raw_insert(store)
    counted = rounds[1:]
    visits = load.devices * load.visits
    return Outcome(
        speed=median(visits / (seen.ended - seen.began) for seen, _, _ in counted),
        server_cpu=median(cpu for _, cpu, _ in counted) * 1000 / visits,
        database_cpu=median(cpu for _, _, cpu in counted) * 1000 / visits,
        up=sum(seen.sent for seen, _, _ in counted) / visits / len(counted),
        down=sum(seen.received for seen, _, _ in counted) / visits / len(counted),
        took=[took for seen, _, _ in counted for took in seen.took],
        raw=raw,
    )


def _rounds(
    instance: Instance, store: databases.Store, members: list[tuple[str, str]], load: Load
) -> list[tuple[Round, float, float]]:
    """Each round, with the CPU seconds of server and database."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(CLIENTS + 1), context.Queue()
    clients = [
        context.Process(
            target=_client, args=(instance.port, members[number::CLIENTS], load, gate, answers), daemon=True
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
        server_cpu, database_cpu = instance.cpu() - server_cpu, store.cpu() - database_cpu
        for _client_process in clients:
            together.add(answers.get(timeout=TIMEOUT))
        seen.append((together, server_cpu, database_cpu))
        if len(seen) == 1:
            store.analyze()
    for client in clients:
        client.join()
    return seen


def _client(port: int, members: list[tuple[str, str]], load: Load, gate: Barrier, answers: Any) -> None:
    """A process with its share of the phones, one thread for each."""
    try:
        with ThreadPoolExecutor(len(members)) as pool:
            phones = list(pool.map(lambda member: Phone(port, *member), members))
            for _ in range(load.rounds + 1):
                queues = [phone.prepare(load.visits) for phone in phones]
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
    results = [result for reply in replies for result in phone.understand(reply)["results"]]
    seen.applied = sum(result["status"] == "applied" for result in results)
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
