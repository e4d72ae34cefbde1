"""The desk's pages of figures over a long log: overview, coverage, and reports of a month and of a year.

The commune and its visits are those of `benchmarks.desk`. Reports are of other months and years in turn.
After a push of visits the number of the commune's newest change is another one, so what the server remembers
of visited households is out of date.
"""

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import date

from app.commune.accounts.people import add_supervisor
from app.core.db import Database
from benchmarks import databases, dataset, log
from benchmarks.desk import (
    HAMLETS,
    HOUSEHOLDS,
    MEMBERS,
    NAME,
    NAMES,
    PASSWORD,
    ROUNDS,
    WARM,
    Answers,
    ask_all,
    rounds_of,
    signed_in,
)
from benchmarks.figures import Figure, main, percentile
from benchmarks.processes import server

PAGE, REPORT = 50, 150  # milliseconds


def _month(last: date, n: int) -> str:
    """The code of one of the six months before the one of `last`."""
    at = last.year * 12 + last.month - 2 - n % 6
    return f"{at // 12}-{at % 12 + 1:02d}"


# What is asked for, its address for the request number `n`, and its budget.
PAGES: dict[str, tuple[Callable[[date, int], str], int]] = {
    "overview": (lambda _last, _n: "/desk/", PAGE),
    "overview after a push": (lambda _last, _n: "/desk/", PAGE),
    "overview of a month": (lambda last, n: f"/desk/?period={_month(last, n)}", PAGE),
    "coverage": (lambda _last, _n: "/desk/coverage", PAGE),
    "coverage after a push": (lambda _last, _n: "/desk/coverage", PAGE),
    "report of a month": (lambda last, n: f"/desk/reports/{_month(last, n)}", REPORT),
    "report of a year": (lambda last, n: f"/desk/reports/{last.year - n % 2}", REPORT),
}

AFTER_PUSH = {"overview after a push", "coverage after a push"}


def measure(
    small: bool = False, sizes: list[int] | None = None, rounds: int = ROUNDS, only: list[str] | None = None
) -> list[Figure]:
    """Every page on both databases; the budget holds for the last of `sizes`, the detail has the others."""
    sizes = [200] if small else sizes or [10_000, 1_000_000]
    kinds = only or (["sqlite"] if small else list(NAMES))
    return [figure for kind in kinds for figure in _figures(kind, sizes, 2 if small else rounds)]


def _figures(kind: str, sizes: list[int], rounds: int) -> list[Figure]:
    seen = {size: _run(kind, size, count) for size, count in rounds_of(sizes, rounds)}
    *smaller, judged = sizes
    figures = []
    for name, (_of, budget) in PAGES.items():
        beside = [f"at {size:,}, {seen[size][name]}" for size in smaller]
        took = seen[judged][name].took
        figures.append(
            Figure(
                f"desk: {name}, {judged:,} visits, {NAMES[kind]}",
                percentile(took, 0.95),
                "ms",
                budget=budget,
                detail="; ".join([str(seen[judged][name]), *beside]),
            )
        )
    return figures


def _run(kind: str, size: int, rounds: int) -> dict[str, Answers]:
    """The answers by page, with `size` visits."""
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, MEMBERS, HOUSEHOLDS)
        database.write(lambda session: add_supervisor(session, commune.id, "Hoàng Văn Bình", NAME, PASSWORD))
        last = log.write(store, commune.id, size).last
        database.close()
        with server(store.url) as instance, closing(store.connect()) as connection:
            desk, cookie = signed_in(instance.port)

            def cpu() -> float:
                return instance.cpu() + store.cpu()

            def change() -> None:
                connection.execute("UPDATE feed_counter SET head = head + 1")

            return {
                name: ask_all(
                    desk,
                    cookie,
                    [of(last, n) for n in range(WARM + rounds)],
                    cpu,
                    b"</h1>",
                    change if name in AFTER_PUSH else lambda: None,
                )
                for name, (of, _budget) in PAGES.items()
            }


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", help="how many visits; the budget holds for the last")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each page")
    parser.add_argument("--only", nargs="+", choices=list(NAMES))


if __name__ == "__main__":
    main(measure, _options)
