"""Growth: what a push costs as one commune's log grows and the same households are visited again and again.

The log is written directly into the tables, with all that a commune has beside its visits: flags, needs,
follow-ups, outreach sessions, remarks, the ledger (`benchmarks/whole_log.py`). Then phones push two months
that follow it, and the CPU time of server and database for 1,000 visits, with the flags that are computed
afterwards, is compared with that of the smallest log. The sizes are measured in turns. That rows cost more to
insert into a larger database cannot be avoided: the rows that the pushes left are inserted again, by prepared
statements alone, into copies of both logs as they were before (`benchmarks/raw_insert.py`).
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from app.core.clock import utc_now
from app.core.db import Database
from benchmarks import databases, dataset, log
from benchmarks.figures import Figure, main
from benchmarks.phone import Phone
from benchmarks.processes import Instance, server
from benchmarks.raw_insert import raw_cpu

SIZES = [10_000, 100_000, 1_000_000]  # visits
# A hamlet's members and households; each is visited 250 times in the largest log, which has 2,000 days.
HAMLETS, MEMBERS, HOUSEHOLDS, A_DAY = 5, 6, 800, 500
PHONES = 2  # of a hamlet
BATCH = 100
BUDGET = 1.10  # × the limit


@dataclass(frozen=True)
class Commune:
    """A running server with a log of some size, a copy of that log, and phones that are signed in."""

    instance: Instance
    store: databases.Store
    before: databases.Store
    phones: list[Phone]

    def push(self) -> float:
        """CPU seconds of server and database for 1,000 visits, of which each phone sends a batch, with their
        flags."""
        bodies = [(phone, phone.request(phone.prepare(BATCH))) for phone in self.phones]
        before = self.instance.cpu() + self.store.cpu()
        replies = [(phone, phone.exchange(body)) for phone, body in bodies]
        for phone in self.phones:
            phone.hang_up()  # its next turn may come when the server has closed the connection
        databases.wait_for_flags(self.store)
        used = self.instance.cpu() + self.store.cpu() - before
        return used * 1000 / sum(phone.acknowledge(reply) for phone, reply in replies)


def measure(
    small: bool = False, sizes: list[int] | None = None, rounds: int = 7, only: list[str] | None = None
) -> list[Figure]:
    """The CPU time with the largest log on each database; the smallest log's is its limit."""
    sizes = [100, 200] if small else sizes or SIZES
    kinds = only or (["sqlite"] if small else ["sqlite", "postgresql"])
    return [_figure(kind, sizes, 1 if small else rounds) for kind in kinds]


def _figure(kind: str, sizes: list[int], rounds: int) -> Figure:
    began = utc_now()
    with ExitStack() as stack:
        communes = {size: stack.enter_context(_commune(kind, size)) for size in sizes}
        for commune in communes.values():
            commune.push()  # warms up
        seen: dict[int, list[float]] = {size: [] for size in sizes}
        for _ in range(rounds):
            for size, commune in communes.items():
                seen[size].append(commune.push())
        raw = {size: raw_cpu(one.store, one.before, began) for size, one in communes.items()}
    figures = [
        f"{size:,}: {median(took):.3f} ({min(took):.3f}-{max(took):.3f})" for size, took in seen.items()
    ]
    smallest, largest = median(seen[sizes[0]]), median(seen[sizes[-1]])
    limit = smallest + max(0.0, raw[sizes[-1]] - raw[sizes[0]])
    return Figure(
        f"settled CPU for 1,000 visits pushed into a whole log of {sizes[-1]:,}, {kind}",
        largest,
        "s",
        budget=BUDGET * limit,
        goal=limit,
        limit=limit,
        limit_is=f"the same with {sizes[0]:,}, and what inserting its rows costs more",
        detail=f"medians, least and most of {rounds}: {', '.join(figures)}; its rows inserted by prepared "
        f"statements: {', '.join(f'{size:,}: {cpu:.3f}' for size, cpu in raw.items())}",
    )


@contextmanager
def _commune(kind: str, size: int) -> Iterator[Commune]:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, MEMBERS, HOUSEHOLDS)
        database.close()
        log.write(store, commune.id, size, whole=True, a_day=A_DAY, days_ago=dataset.SENT_DAYS + 1)
        members = [commune.members[hamlet * MEMBERS + n] for hamlet in range(HAMLETS) for n in range(PHONES)]
        before = store.copy()
        with server(store.url) as instance:
            yield Commune(instance, store, before, [Phone(instance.port, *member) for member in members])


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", help="visits in the log, in rising order")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=["sqlite", "postgresql"])


if __name__ == "__main__":
    main(measure, _options)
