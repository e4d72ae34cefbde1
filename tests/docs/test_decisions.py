"""Each decision names a test that guards it, and the test exists."""

import re
from functools import cache
from pathlib import Path

from tests.cases import cases

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


@cases("file", DECISIONS)
def test_every_decision_names_a_test_that_guards_it(file: Path) -> None:
    named = named_tests(file.read_text("utf-8"))
    assert named, "after **Guarded by**: a test's name in backticks, or a JavaScript test's title in quotes"
    assert named - python_tests() - javascript_titles() == set()


def test_every_decision_is_in_the_list() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert {file.name for file in DECISIONS if f"({file.name})" not in listed} == set()


def named_tests(text: str) -> set[str]:
    """The tests that the paragraphs of *Guarded by* name."""
    paragraphs = " ".join(part for part in text.split("\n\n") if part.startswith("**Guarded by**"))
    words = " ".join(paragraphs.split())
    return set(re.findall(r"`(test_\w+)`", words)) | set(re.findall(r'"([^"]+)"', words))


@cache
def python_tests() -> set[str]:
    sources = (ROOT / "tests").rglob("test_*.py")
    return {name for file in sources for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}


@cache
def javascript_titles() -> set[str]:
    sources = (ROOT / "tests").rglob("*.test.js")
    return {title for file in sources for title in re.findall(r'test\(\s*"([^"]+)"', file.read_text("utf-8"))}
