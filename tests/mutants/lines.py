"""The record of `record.py`: which tests touch a line. It lies in `var/`, and no commit has it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coverage import CoverageData

from tests.mutants.planted import Planted

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "var" / "mutants"
_OTHERS = RECORD / "others.json"


@dataclass
class Other:
    """What coverage.py does not record. `seconds` of each test; `touched`: for a file that is no Python the
    tests by line, in which templates have only the line 0."""

    seconds: dict[str, float] = field(default_factory=dict)
    touched: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def note(self, file: str, line: int, test: str) -> None:
        """A test touches a line."""
        tests = self.touched.setdefault(file, {}).setdefault(str(line), [])
        if not tests or tests[-1] != test:
            tests.append(test)

    def write(self) -> None:
        _OTHERS.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")


def is_recorded() -> bool:
    """Whether there is a record."""
    return _OTHERS.exists()


def touching(bug: Planted, project: Path) -> list[str]:
    """The tests that touch the bug's line when it is not there, quick ones first; if no test does, as with a
    line that runs when its module is imported, those that touch its file."""
    others = Other(**json.loads(_OTHERS.read_text("utf-8")))
    if bug.file.endswith(".py"):
        by_line = _tests_by_line(bug.file)
    else:
        by_line = {int(line): tests for line, tests in others.touched.get(bug.file, {}).items()}
    of_line = {test for line in lines_of(bug, project) for test in by_line.get(line, ()) if test}
    found = of_line or {test for tests in by_line.values() for test in tests if test}
    return sorted(found, key=lambda test: (others.seconds.get(test, 0), test))


def lines_of(bug: Planted, project: Path) -> list[int]:
    """The numbers of the lines that the bug changes."""
    before = (project / bug.file).read_text("utf-8")
    pairs = zip(before.splitlines(), bug.plant(before).splitlines(), strict=False)
    return [number for number, (old, new) in enumerate(pairs, start=1) if old != new]


def _tests_by_line(file: str) -> dict[int, list[str]]:
    data = CoverageData(str(RECORD / "coverage"))
    data.read()
    return data.contexts_by_lineno(str(ROOT / file))
