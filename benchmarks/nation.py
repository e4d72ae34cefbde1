"""The nation on a campaign day: all communes begun in one PostgreSQL database, and the phones of some.

Some phones of each of `DRIVEN` communes send what people record: each visit alone, queues of an evening, and
exchanges that bring nothing. From what that costs `benchmarks/sizing.py` computes what a machine has to bear
for a commune, a province and the nation (docs/scale.md). Then the evening is played: phones that come one
after the other while 60 % of this machine are busy, and all at once.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from statistics import median

from app.commune.areas import ensure_areas
from app.core.db import Database
from benchmarks import databases, nation_communes, sizing
from benchmarks.figures import ENOUGH, Figure, main, percentile, spread
from benchmarks.phone import Phone
from benchmarks.processes import Instance, server
from benchmarks.sizing import Cost, Costs, Place

DRIVEN = 40  # communes with phones
ROUNDS = 3
QUEUE = 16  # visits of an evening's queue
THREADS = 64
VACUUMS = 3
BUSY = 0.6  # of the cores, while phones come one after the other
BUDGET_START, BUDGET_PUSH, BUDGET_WAIT = 5, 200, 2_000  # seconds; milliseconds


@dataclass
class Nation:
    """The running server, with all communes and the phones of some."""

    store: databases.Store
    instance: Instance
    phones: list[Phone]
    start: float  # seconds that the server took
    waits: list[float]  # milliseconds of pushes while the guides of all communes were written
    wire: int = 0  # bytes of all exchanges so far

    def spend(self, visits: int) -> Cost:
        """What it costs that every phone sends so many visits in one exchange, and the flags that follow."""
        before = self._spent()
        self.send(visits, lambda _number: 0.0)
        databases.wait_for_flags(self.store)
        return self._spent() - before

    def send(self, visits: int, due: Callable[[int], float]) -> list[float]:
        """Every phone sends so many visits, the first ones `due(0)` seconds from now; milliseconds from then
        until each was answered."""
        bodies = [phone.request(phone.prepare(visits)) for phone in self.phones]
        began = time.monotonic() + 0.1

        def one(number: int) -> float:
            at = began + due(number)
            time.sleep(max(0.0, at - time.monotonic()))
            phone = self.phones[number]
            reply = phone.exchange(bodies[number])
            took = (time.monotonic() - at) * 1000
            phone.hang_up()
            if phone.acknowledge(reply) != visits:
                raise RuntimeError("a phone's visits were not acknowledged")
            self.wire += reply.sent + reply.received
            return took

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(one, range(len(self.phones))))

    def _spent(self) -> Cost:
        return Cost(self.instance.cpu(), self.store.cpu(), self.number(_WRITTEN), self.wire)

    def number(self, statement: str) -> float:
        """What PostgreSQL answers."""
        connection = self.store.connect()
        try:
            return float(connection.execute(statement).fetchone()[0])
        finally:
            connection.close()


_WRITTEN = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"
_STORED = "SELECT pg_database_size(current_database())"


def measure(small: bool = False, driven: int = DRIVEN) -> list[Figure]:
    """The costs, and how long phones wait in the evening."""
    places = sizing.nation()
    rounds = ROUNDS
    if small:
        places, driven, rounds = places[:5], 2, 1
    with _running(places, driven) as nation:
        costs = _costs(nation, rounds)
        evening = [_meanwhile(nation, len(places)), *_evening(nation, costs)]
    return [*_figures(costs, len(places)), *evening]


def _costs(nation: Nation, rounds: int) -> Costs:
    """Medians of the rounds, of which one more warms up."""
    phones = len(nation.phones)
    nation.spend(QUEUE)
    stored = _stored(nation.store)
    seen = [tuple(nation.spend(visits).through(phones) for visits in (0, 1, QUEUE)) for _ in range(rounds)]
    stored = _stored(nation.store) - stored
    idle, single, queue = (_median([one[place] for one in seen]) for place in range(3))
    return Costs(
        single=single,
        queued=queue.through(QUEUE),
        idle=idle,
        stored=stored / rounds / phones / (QUEUE + 1),
        worker_memory=_memory(nation.instance),
        start=nation.start,
    )


def _median(seen: list[Cost]) -> Cost:
    return Cost(*(median(values) for values in zip(*map(astuple, seen), strict=True)))


def _meanwhile(nation: Nation, communes: int) -> Figure:
    """How long a push waits for what a new version does in other communes."""
    what = f"push while the guides of {communes:,} communes are written anew, the slowest"
    return Figure(what, max(nation.waits), "ms", budget=BUDGET_PUSH, detail=spread(nation.waits))


def _evening(nation: Nation, costs: Costs) -> list[Figure]:
    """How long a phone waits that sends a day's queue."""
    phones = len(nation.phones)
    work = phones * QUEUE * (costs.queued.app + costs.queued.database)
    lasts = work / BUSY / (os.cpu_count() or 1)
    took = {
        f"phones that come within {lasts:.0f} s": nation.send(QUEUE, lambda number: lasts * number / phones),
        "phones that come at once": nation.send(QUEUE, lambda _number: 0.0),
    }
    return [
        Figure(
            f"campaign evening, {phones} {what}, {QUEUE} visits of each",
            percentile(waited, 0.95),
            "ms",
            budget=BUDGET_WAIT if number == 0 else None,
            detail=spread(waited),
        )
        for number, (what, waited) in enumerate(took.items())
    ]


def _figures(costs: Costs, communes: int) -> list[Figure]:
    name = f"PostgreSQL, {communes:,} communes"
    return [
        Figure(f"start of the server, {name}", costs.start, "s", budget=BUDGET_START, data=asdict(costs)),
        *(
            Figure(
                f"settled CPU of a visit {what}, {name}",
                (cost.app + cost.database) * 1000,
                "ms",
                detail=f"PostgreSQL's own {cost.database * 1000:.1f}; log {cost.log:,.0f} B",
            )
            for what, cost in (("sent alone", costs.single), (f"in a queue of {QUEUE}", costs.queued))
        ),
        Figure(f"a visit stored with all that follows from it, {name}", costs.stored, "B"),
    ]


@contextmanager
def _running(places: list[Place], driven: int) -> Iterator[Nation]:
    with databases.store("postgresql") as store:
        database = Database(store.url)
        database.write(ensure_areas)
        few = places[:: max(1, len(places) // driven)][:driven]
        members = nation_communes.drive(database, few)
        nation_communes.begin(store, database, [place for place in places if place not in few])
        database.close()
        waits = _first_start(store, members.pop())
        store.analyze()
        began = time.monotonic()
        with server(store.url) as instance:
            start = time.monotonic() - began
            with ThreadPoolExecutor(8) as pool:
                phones = list(pool.map(lambda member: Phone(instance.port, *member), members))
            yield Nation(store, instance, phones, start, waits)


def _first_start(store: databases.Store, member: tuple[str, str]) -> list[float]:
    """The first start writes the guides of every commune: milliseconds of each push meanwhile."""
    with server(store.url) as instance:
        phone = Phone(instance.port, *member)
        waits: list[float] = []
        while len(waits) < ENOUGH or not _has_guides(store):
            body = phone.request(phone.prepare(1))
            began = time.monotonic()
            reply = phone.exchange(body)
            waits.append((time.monotonic() - began) * 1000)
            phone.acknowledge(reply)
        phone.hang_up()
        return waits


def _has_guides(store: databases.Store) -> bool:
    """Whether every commune that has begun has its guides."""
    connection = store.connect()
    try:
        missing = connection.execute(
            "SELECT count(*) FROM feed_counter f WHERE NOT EXISTS"
            " (SELECT 1 FROM guide g WHERE g.commune_id = f.commune_id)"
        )
        return int(missing.fetchone()[0]) == 0
    finally:
        connection.close()


def _stored(store: databases.Store) -> float:
    """Bytes of the database without what changed rows have left. A transaction that is open meanwhile would
    keep it: the smallest of a few."""
    connection = store.connect()
    try:
        sizes = []
        for _ in range(VACUUMS):
            connection.execute("VACUUM (FULL, ANALYZE)")
            connection.execute("CHECKPOINT")  # removes the files of the tables as they were before
            sizes.append(float(connection.execute(_STORED).fetchone()[0]))
        return min(sizes)
    finally:
        connection.close()


def _memory(instance: Instance) -> float:
    """Resident bytes of the server's process."""
    status = Path(f"/proc/{instance.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return float(line.split()[1]) * 1024


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--driven", type=int, default=DRIVEN, help="communes whose phones send")


if __name__ == "__main__":
    main(measure, _options)
