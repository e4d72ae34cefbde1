"""A pytest plugin that prints CPU seconds of tests, files and fixtures: `-p tests.cpu_times`.

Servers, browsers and databases that a test starts count with it (`tests.cpu`).
"""

from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cpu import CpuGroup

ROWS = 20  # of each table


class CpuTimes:
    """The CPU seconds of this run's processes, by what was running when they were used."""

    def __init__(self) -> None:
        self._now = CpuGroup().seconds
        self.tests: defaultdict[str, float] = defaultdict(float)
        self.files: defaultdict[str, float] = defaultdict(float)
        self.fixtures: defaultdict[str, float] = defaultdict(float)
        self._nested = [0.0]  # seconds of the fixtures that the one being made has asked for

    @contextmanager
    def count(self, item: pytest.Item) -> Iterator[None]:
        """What is used meanwhile is the test's and its file's."""
        began = self._now()
        yield
        used = self._now() - began
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
        began = self._now()
        self._nested.append(0.0)
        try:
            return (yield)
        finally:
            used = self._now() - began
            self.fixtures[fixturedef.argname] += used - self._nested.pop()
            self._nested[-1] += used

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for title, counted in (("files", self.files), ("tests", self.tests), ("fixtures", self.fixtures)):
            terminalreporter.section(f"CPU seconds of {title}, {sum(counted.values()):.1f} in all")
            for name, seconds in sorted(counted.items(), key=lambda pair: -pair[1])[:ROWS]:
                terminalreporter.write_line(f"{seconds:8.1f}  {name}")


def pytest_configure(config: pytest.Config) -> None:
    try:
        config.pluginmanager.register(CpuTimes())
    except OSError as error:
        raise pytest.UsageError(f"tests.cpu_times needs Linux's control groups and root: {error}") from error
