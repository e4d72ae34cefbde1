"""A pytest plugin that prints CPU seconds of tests, files and fixtures: `-p tests.cpu_times`.

Servers, browsers and databases that a test starts count with it, and so the numbers hold on a busy machine,
where seconds on the clock do not. Linux counts them in a control group of the run, which needs root.
"""

import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROWS = 20  # of each table
NANO, MICRO = 1e9, 1e6


class CpuTimes:
    """The CPU seconds of this run's processes, by what was running when they were used."""

    def __init__(self) -> None:
        self._group = _join_group()
        self.tests: defaultdict[str, float] = defaultdict(float)
        self.files: defaultdict[str, float] = defaultdict(float)
        self.fixtures: defaultdict[str, float] = defaultdict(float)
        self._nested = [0.0]  # seconds of the fixtures that the one being made has asked for

    def now(self) -> float:
        """CPU seconds since the run began."""
        usage = self._group / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / NANO
        return int((self._group / "cpu.stat").read_text().split()[1]) / MICRO

    @contextmanager
    def count(self, item: pytest.Item) -> Iterator[None]:
        """What is used meanwhile is the test's and its file's."""
        began = self.now()
        yield
        used = self.now() - began
        self.tests[item.nodeid] += used
        self.files[item.nodeid.split("::")[0]] += used

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self.count(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self.count(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self.count(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        began = self.now()
        self._nested.append(0.0)
        try:
            return (yield)
        finally:
            used = self.now() - began
            self.fixtures[fixturedef.argname] += used - self._nested.pop()
            self._nested[-1] += used

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for title, counted in (("files", self.files), ("tests", self.tests), ("fixtures", self.fixtures)):
            terminalreporter.section(f"CPU seconds of {title}, {sum(counted.values()):.1f} in all")
            for name, seconds in sorted(counted.items(), key=lambda pair: -pair[1])[:ROWS]:
                terminalreporter.write_line(f"{seconds:8.1f}  {name}")


def _join_group() -> Path:
    """The folder of a new control group with this process. Version 1 has a hierarchy for CPU times alone."""
    first = Path("/sys/fs/cgroup/cpuacct")
    group = (first if first.is_dir() else Path("/sys/fs/cgroup")) / f"tung-nha-{os.getpid()}"
    try:
        group.mkdir()
        (group / "cgroup.procs").write_text(str(os.getpid()))
    except OSError as error:
        raise pytest.UsageError(f"tests.cpu_times needs Linux's control groups and root: {error}") from error
    return group


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CpuTimes())
