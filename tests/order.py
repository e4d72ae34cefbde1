"""The order of tests for several workers: the slowest first, distributed evenly.

`--dist worksteal` gives each worker a contiguous part of the list. Each part begins with its share of the
slow tests, those of browsers and processes; the short ones after them even out the end of the run. They stay
together by file, because what a file's tests share is made once for each worker that runs one of them.
"""

from typing import Protocol, TypeVar

import pytest

from tests.databases import choose


class HasId(Protocol):
    """A test, by what it is called on the command line."""

    @property
    def nodeid(self) -> str: ...


T = TypeVar("T", bound=HasId)
# Folders and files whose tests take seconds, slowest first; measured with --durations.
SLOW = (
    "tests/e2e/test_phone_faults.py",
    "tests/e2e/test_main_job.py",
    "tests/e2e/test_newcomer.py",
    "tests/e2e/test_screens.py",
    "tests/e2e/test_upgrade.py",
    "tests/e2e/test_undo_day.py",
    "tests/e2e/engines/test_journey.py",
    "tests/e2e/",
    "tests/benchmarks/",
    "tests/faults/",
    "tests/upkeep/maintenance/test_newcomer.py",
    "tests/cli/test_serve.py",
    "tests/field/",
    "tests/sync/test_histories.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests of this run, and sort them on a worker of xdist; without xdist they stay in the order
    of their files."""
    items[:] = choose(items)
    worker = getattr(config, "workerinput", None)
    if worker:
        items[:] = distribute(sorted(items, key=lambda item: rank(item.nodeid)), worker["workercount"])


def rank(nodeid: str) -> int:
    """The position of a test's file in `SLOW`; after them for all others."""
    return next((place for place, path in enumerate(SLOW) if nodeid.startswith(path)), len(SLOW))


def distribute(items: list[T], workers: int) -> list[T]:
    """The parts of all workers, one after the other; within a part the order stays."""
    slow = sum(rank(item.nodeid) < len(SLOW) for item in items)
    ends = [slow + (len(items) - slow) * part // workers for part in range(workers + 1)]
    return [
        item
        for part in range(workers)
        for item in (*items[part:slow:workers], *items[ends[part] : ends[part + 1]])
    ]
