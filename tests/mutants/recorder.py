"""A pytest plugin that records which tests touch which lines: `-p tests.mutants.recorder`, for `record.py`.

Python by coverage.py with a context for each test; the phone's code by V8 for each of Node's files; templates
by the tests that load them.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from coverage import Coverage

from tests.mutants.lines import RECORD, ROOT, Other

_FILE_URL = f"file://{ROOT}/"


class Recorder:
    """What has been recorded so far."""

    def __init__(self) -> None:
        RECORD.mkdir(parents=True, exist_ok=True)
        self.coverage = Coverage(
            data_file=str(RECORD / "coverage"), source=[str(ROOT / "app")], config_file=False
        )
        self.coverage.erase()
        self.coverage.start()
        self.others = Other()
        self._test = ""
        self._note_templates()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._test = item.nodeid
        self.coverage.switch_context(item.nodeid)
        folder = Path(tempfile.mkdtemp(prefix="tung-nha-v8-"))
        os.environ["NODE_V8_COVERAGE"] = str(folder)
        try:
            return (yield)
        finally:
            del os.environ["NODE_V8_COVERAGE"]
            self.coverage.switch_context("")
            self._read_node(folder)
            shutil.rmtree(folder, ignore_errors=True)
            self._test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.others.seconds[report.nodeid] = self.others.seconds.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        self.others.write()

    def _note_templates(self) -> None:
        real = jinja2.Environment.get_template

        def get_template(environment: jinja2.Environment, name: Any, *rest: Any, **options: Any) -> Any:
            if self._test:
                self.others.note(f"templates/{name}", 0, self._test)
            return real(environment, name, *rest, **options)

        jinja2.Environment.get_template = get_template  # type: ignore[method-assign,assignment]

    def _read_node(self, folder: Path) -> None:
        """Note the lines of the project's own scripts that ran in this test."""
        for file in folder.glob("coverage-*.json"):
            for script in json.loads(file.read_text("utf-8"))["result"]:
                path = script["url"].removeprefix(_FILE_URL)
                if not path.startswith("static/") or path.startswith("static/dist/"):
                    continue
                text = (ROOT / path).read_text("utf-8")
                for line in _lines_run(text, script["functions"]):
                    self.others.note(path, line, self._test)


def _lines_run(text: str, functions: list[dict[str, Any]]) -> set[int]:
    """The numbers of the lines whose first character was executed; ranges inside others come after them."""
    found = (one for function in functions for one in function["ranges"])
    has_run = bytearray(len(text) + 1)
    for one in sorted(found, key=lambda one: (one["startOffset"], -one["endOffset"])):
        start, end = one["startOffset"], min(one["endOffset"], len(text))
        has_run[start:end] = bytes([one["count"] > 0]) * (end - start)
    lines, offset = set(), 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        blank = len(line) - len(line.lstrip())
        if line.strip() and has_run[offset + blank]:
            lines.add(number)
        offset += len(line)
    return lines


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder())
