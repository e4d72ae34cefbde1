"""Each decision names tests that guard it and exist; a merged one names the decision that has it now."""

import re
from functools import cache
from pathlib import Path

from tests.cases import cases
from tests.docs.sources import own_files

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "decisions"
FILES = sorted(FOLDER.glob("0*.md"))
_NAMED = re.compile(r"\b(\d+)\]\([^)\s]*\.md\)|decisions/(\d+)\b|\b[Dd]ecision (\d+)\b")
_MERGED = re.compile(r"# (\d+)\. Merged into \[(\d+)\]\(([\w-]+\.md)\)\n")


def merged(text: str) -> re.Match[str] | None:
    """The own number, the other number and its file, if the page has this one line and nothing else."""
    return _MERGED.fullmatch(text)


MERGED = [file for file in FILES if merged(file.read_text("utf-8"))]
DECISIONS = [file for file in FILES if file not in MERGED]


@cases("file", DECISIONS)
def test_every_decision_names_a_test_that_guards_it(file: Path) -> None:
    named = named_tests(file.read_text("utf-8"))
    assert named, "after **Guarded by**: a test's name in backticks, or a JavaScript test's title in quotes"
    assert named - python_tests() - javascript_titles() == set()


@cases("file", DECISIONS)
def test_every_decision_has_its_number_and_is_in_the_list(file: Path) -> None:
    title = file.read_text("utf-8").partition("\n")[0]
    number, _, words = title.removeprefix("# ").partition(". ")
    assert int(number) == int(file.name[:4])
    assert f"| [{int(number)}]({file.name}) | {words} |" in list_of_decisions()


@cases("file", MERGED)
def test_merged_decision_names_one_that_stands(file: Path) -> None:
    found = merged(file.read_text("utf-8"))
    assert found
    assert int(found[1]) == int(file.name[:4])
    assert FOLDER / found[3] in DECISIONS
    assert int(found[2]) == int(found[3][:4])
    assert file.name not in list_of_decisions()


def test_nothing_names_a_merged_decision() -> None:
    text = {path: path.read_text("utf-8") for path in own_files() if path not in MERGED}
    assert sum("docs/decisions/" in content for content in text.values()) > 20, (
        "they name decisions that stand"
    )
    merged_away = {int(file.name[:4]) for file in MERGED}
    named = {str(path.relative_to(ROOT)): numbers_in(content) & merged_away for path, content in text.items()}
    assert {path: numbers for path, numbers in named.items() if numbers} == {}


@cases("text", [
    "([0026](decisions/0026-a-title.md))",
    "docs/decisions/0026.",
    "# as decision 26 says",
    "[decisions 24](../docs/decisions/0024-undo.md) and\n[26](../docs/a-title.md)",
])  # fmt: skip
def test_name_of_a_decision_is_seen(text: str) -> None:
    assert 26 in numbers_in(text)
    assert 6 not in numbers_in(text)


def numbers_in(text: str) -> set[int]:
    """The decisions to which `text` refers by a link, a path or a number in words."""
    return {int(next(filter(None, groups))) for groups in _NAMED.findall(text)}


def named_tests(text: str) -> set[str]:
    """The tests that the paragraphs of *Guarded by* name."""
    paragraphs = " ".join(part for part in text.split("\n\n") if part.startswith("**Guarded by**"))
    words = " ".join(paragraphs.split())
    return set(re.findall(r"`(test_\w+)`", words)) | set(re.findall(r'"([^"]+)"', words))


@cache
def list_of_decisions() -> str:
    return (FOLDER / "README.md").read_text("utf-8")


@cache
def python_tests() -> set[str]:
    sources = (ROOT / "tests").rglob("test_*.py")
    return {name for file in sources for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}


@cache
def javascript_titles() -> set[str]:
    sources = (ROOT / "tests").rglob("*.test.js")
    return {title for file in sources for title in re.findall(r'test\(\s*"([^"]+)"', file.read_text("utf-8"))}
