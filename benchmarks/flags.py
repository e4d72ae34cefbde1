"""What a visit costs on a long day: the CPU of pushes of visits of 600 a person-day, and of 16, in turns.

The flags that follow are computed as the server does it while phones push: every 0.4 seconds, and for a tenth
of the time at most. What is left of them then is measured apart. HTTP and the pull are left out.
"""

import argparse
import time
from statistics import median
from typing import Any

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.main import EVALUATE
from benchmarks import databases
from benchmarks.dataset import LONG_DAY, PER_DAY
from benchmarks.figures import Figure, main
from benchmarks.push import VISITS, Phones, push_all


def measure(small: bool = False, rounds: int = 30) -> list[Figure]:
    """Milliseconds of CPU for a visit of a long day; the limit is a visit of a plausible one. A round is a
    push of each phone."""
    kinds = ["sqlite"] if small else ["sqlite", "postgresql"]
    return [_figure(kind, 2 if small else rounds) for kind in kinds]


def _figure(kind: str, rounds: int) -> Figure:
    with databases.store(kind) as store, databases.store(kind) as other:
        loads = [_Load(store, LONG_DAY), _Load(other, PER_DAY)]
        for number in range(rounds):
            for load in loads[:: 1 if number % 2 else -1]:
                load.push_each()
        long, plausible = loads
        for load in loads:
            load.finish()
    detail = "; ".join(f"{load.per_day} a day: {load.said(rounds)}" for load in loads)
    what = f"a visit of a person-day of {LONG_DAY}, {kind}"
    budget = plausible.a_visit * 1.2
    limit_is = f"one of {PER_DAY}"
    return Figure(what, long.a_visit, "ms", budget, limit=plausible.a_visit, limit_is=limit_is, detail=detail)


class _Load:
    """Phones that push visits of so many a person-day, to a database of their own."""

    def __init__(self, store: databases.Store, per_day: int) -> None:
        self.store = store
        self.per_day = per_day
        self.database = Database(store.url)
        self.phones = Phones(self.database)
        self.took: list[float] = []  # of each round, seconds
        self.evaluations: list[float] = []
        self.left = 0.0
        self._since = 0.0

    @property
    def a_visit(self) -> float:
        """Milliseconds of CPU, over all rounds."""
        return sum(self.took) * 1000 / (VISITS * len(self.phones.members) * len(self.took))

    def said(self, rounds: int) -> str:
        """The median of a round, and what evaluations took."""
        of_round = VISITS * len(self.phones.members)
        round_, longest = median(self.took) * 1000 / of_round, max([0.0, *self.evaluations]) * 1000
        left = self.left * 1000 / of_round / rounds
        evaluations = (
            f"{len(self.evaluations)} evaluations, the longest {longest:.0f} ms, {left:.3f} ms a visit left"
        )
        return f"{round_:.3f} ms a visit in the median of {rounds} rounds, {evaluations}, {left:.3f} ms left"

    def push_each(self) -> None:
        """A push of each phone, and the evaluations that fall due."""
        self.store.analyze()  # as PostgreSQL does by itself
        took = 0.0
        for member in self.phones.members:
            operations = self.phones.operations(member, self.per_day)
            seconds = self._measured(lambda: push_all(self.database, member, operations))  # noqa: B023
            took, self._since = took + seconds, self._since + seconds
            if self._since > max(EVALUATE, 9 * (self.evaluations or [0.0])[-1]):
                took += self._evaluate()
        self.took.append(took)

    def finish(self) -> None:
        """Compute the flags that are left."""
        self.left = self._measured(lambda: evaluate_all(self.database))
        self.database.close()

    def _evaluate(self) -> float:
        self.evaluations.append(self._measured(lambda: evaluate_all(self.database, EVALUATE / 4)))
        self._since = 0.0
        return self.evaluations[-1]

    def _measured(self, work: Any) -> float:
        before = time.process_time() + self.store.cpu()
        work()
        return time.process_time() + self.store.cpu() - before


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=30)


if __name__ == "__main__":
    main(measure, _options)
