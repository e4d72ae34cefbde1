"""A pytest plugin that prints the CPU seconds of each kind of test, and fails the run over its budget.

`make test` loads it: `-p tests.cpu_budget`, with workers of xdist. A change that needs more CPU takes it from
another kind, or raises the budget and gives the reason in docs/development.md.
"""

from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

from tests.cpu import CpuGroup, calibrate

# Folders and files by kind, and the CPU seconds of their tests on a machine that needs `CALIBRATION` for
# `tests.cpu.calibrate`. A kind's budget is what it used when the budget was set, and a tenth.
CALIBRATION = 0.17
WORKERS = "workers and collection"
BUDGETS = {
    "browsers": 470,
    "kills, restores, histories": 420,
    "the phone in Node": 45,
    "in process": 1_020,
    WORKERS: 25,
}
KINDS = {
    "browsers": ("tests/e2e/",),
    "kills, restores, histories": (
        "tests/faults/", "tests/upkeep/maintenance/", "tests/scenarios/", "tests/sync/test_histories.py",
    ),
    "the phone in Node": ("tests/field/",),
}  # fmt: skip
NOISE = 0.1  # by which two runs on one machine differ although its calibrations are the same


def kind_of(nodeid: str) -> str:
    """The kind of a test, by its file."""
    return next((kind for kind, paths in KINDS.items() if nodeid.startswith(paths)), "in process")


def exceeded(used: dict[str, float], calibrations: list[float]) -> list[str]:
    """The kinds that used more than their budget, allowing for this machine's speed and for its own noise.

    `calibrations`: CPU seconds of the fixed piece of work at the start and at the end of each worker.
    """
    mean = sum(calibrations) / len(calibrations)
    noise = max(NOISE, max(calibrations) / mean - 1)
    return [
        kind for kind, most in BUDGETS.items() if used.get(kind, 0) > most * mean / CALIBRATION * (1 + noise)
    ]


class Worker:
    """Counts what the tests of one worker use, and reports it when the worker ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._group = config, CpuGroup()
        self._used: defaultdict[str, float] = defaultdict(float)
        self._calibrations = [calibrate()]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        began = self._group.seconds()
        try:
            return (yield)
        finally:
            self._used[kind_of(item.nodeid)] += self._group.seconds() - began

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self._calibrations.append(calibrate())
        self._used[WORKERS] = self._group.seconds() - sum(self._used.values()) - sum(self._calibrations)
        output = self._config.workeroutput  # type: ignore[attr-defined]
        output["cpu"] = {"used": dict(self._used), "calibrations": self._calibrations}


class Run:
    """Adds the workers' figures up, prints them, and fails the run over a budget."""

    def __init__(self) -> None:
        self._used: defaultdict[str, float] = defaultdict(float)
        self._calibrations: list[float] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        found = getattr(node, "workeroutput", {}).get("cpu")
        if found:
            for kind, seconds in found["used"].items():
                self._used[kind] += seconds
            self._calibrations += found["calibrations"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._calibrations and exceeded(self._used, self._calibrations) and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._calibrations:
            terminalreporter.write_line("CPU seconds were not measured: this needs xdist, Linux and root.")
            return
        too_much = exceeded(self._used, self._calibrations)
        mean = sum(self._calibrations) / len(self._calibrations)
        terminalreporter.section(f"CPU seconds, {sum(self._used.values()):.0f} in all")
        terminalreporter.write_line(
            f"calibration {mean:.3f} ({min(self._calibrations):.3f} to {max(self._calibrations):.3f})"
        )
        for kind, most in BUDGETS.items():
            over = "  OVER ITS BUDGET" if kind in too_much else ""
            budget = most * mean / CALIBRATION
            terminalreporter.write_line(f"{self._used[kind]:8.1f} of {budget:6.0f}  {kind}{over}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Run())
        return
    try:
        config.pluginmanager.register(Worker(config))
    except OSError:
        return  # the run says that nothing was measured
