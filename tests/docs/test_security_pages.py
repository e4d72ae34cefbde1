"""docs/asvs.md has every requirement of its chapters, and what it and the threat model name exists."""

import re
from functools import cache
from pathlib import Path

from tests.docs.sources import ROOT
from tests.docs.test_decisions import javascript_titles, python_tests

ASVS, THREATS = ROOT / "docs" / "asvs.md", ROOT / "docs" / "threat-model.md"
# The requirements of levels 1 and 2 of ASVS 5.0.0: by section, the number of the last one. Those of level 3
# are the last of their sections, except where a section has none of levels 1 and 2.
SECTIONS = {
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)`")
_SAID = ("Page: ", "Reason: ", "Partly: ", "Not met: ")


@cache
def rows() -> list[tuple[str, str, str]]:
    return _ROW.findall(ASVS.read_text("utf-8"))


def test_every_requirement_has_one_row_in_order() -> None:
    wanted = [f"{section}.{at}" for section, last in SECTIONS.items() for at in range(1, last + 1)]
    assert [number for number, _words, _how in rows()] == wanted


def test_every_row_names_a_test_or_says_why_none() -> None:
    without = [number for number, _words, how in rows() if not how.startswith(("`test_", *_SAID))]
    assert without == []
    assert [how for _number, _words, how in rows() if how in _SAID] == []


def test_pages_name_tests_that_exist() -> None:
    known = python_tests() | javascript_titles()
    assert unknown_tests(ASVS, known) == set()
    assert unknown_tests(THREATS, known) == set()
    assert len(_TEST.findall(THREATS.read_text("utf-8"))) > 40


def test_a_test_that_there_is_not_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("| `test_that_nobody_wrote` |")
    assert unknown_tests(page, python_tests()) == {"test_that_nobody_wrote"}


def unknown_tests(page: Path, known: set[str]) -> set[str]:
    return set(_TEST.findall(page.read_text("utf-8"))) - known
