"""The desk's pages of figures over a long log: overview, coverage, and reports of a month and of a year.

The commune and its visits are those of `benchmarks.desk`. Reports are of other months and years in turn.
After a push of visits the number of the commune's newest change is another one, so what the server remembers
of visited households is out of date.
"""

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import date

from benchmarks import desk_server
from benchmarks.desk_server import NAMES, ROUNDS, WARM, Answers, judged, rounds_of
from benchmarks.figures import Figure, main

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
    return [
        judged(
            f"desk: {name}, {sizes[-1]:,} visits, {NAMES[kind]}",
            {size: answers[name] for size, answers in seen.items()},
            budget,
        )
        for name, (_of, budget) in PAGES.items()
    ]


def _run(kind: str, size: int, rounds: int) -> dict[str, Answers]:
    """The answers by page, with `size` visits."""
    with desk_server.running(kind, size) as desk, closing(desk.store.connect()) as connection:

        def change() -> None:
            connection.execute("UPDATE feed_counter SET head = head + 1")

        return {
            name: desk.ask_all(
                [of(desk.log.last, n) for n in range(WARM + rounds)],
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
