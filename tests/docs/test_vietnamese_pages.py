"""docs/vi: commands, settings and names of screens are those of the English pages and of the app.

The commands of docs/deploy.md and docs/operate.md are run by tests; these pages have the same ones."""

import re
from pathlib import Path

from tests.cases import cases
from tests.docs.screen_texts import names_in_italics, screen_texts
from tests.docs.sources import ROOT

DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```\w*\n.+?^```", re.DOTALL | re.MULTILINE)
# The sections of docs/deploy.md whose blocks `make deploy-test` runs, and those for the same reader.
STEPS = 6


def english() -> str:
    return "\n".join((DOCS / name).read_text("utf-8") for name in ("deploy.md", "operate.md"))


@cases("name", ["deploy.md", "operate.md"])
def test_each_command_is_one_of_the_english_page(name: str) -> None:
    text = (DOCS / "vi" / name).read_text("utf-8")
    blocks, known = _BLOCK.findall(text), _BLOCK.findall((DOCS / name).read_text("utf-8"))
    assert [block for block in blocks if block not in known] == []
    spans = set(re.findall(r"`([^`]+)`", _BLOCK.sub("", text)))
    assert len(spans) > 30
    assert spans - set(re.findall(r"`([^`]+)`", _BLOCK.sub("", english()))) == set()


def test_steps_to_the_first_visit_have_the_commands_of_the_english_page_in_their_order() -> None:
    pages = [(DOCS / name).read_text("utf-8") for name in ("deploy.md", "vi/deploy.md")]
    for step in range(1, STEPS + 1):
        there, here = (_BLOCK.findall(re.split(rf"^## (?={step}\.)", page, flags=re.M)[1].split("\n## ")[0])
                       for page in pages)  # fmt: skip
        assert (here, len(here) > 0) == (there, True), step


@cases("name", ["README.md", "deploy.md", "operate.md"])
def test_each_name_in_italics_is_on_a_screen(name: str) -> None:
    named = names_in_italics((DOCS / "vi" / name).read_text("utf-8"))
    assert [one for one in named if one not in screen_texts()] == []
    assert named or name == "deploy.md"


@cases("name", ["deploy.md", "operate.md"])
def test_each_link_to_a_heading_finds_it(name: str) -> None:
    links = re.findall(r"\]\(([\w./]*)#([^)]+)\)", (DOCS / "vi" / name).read_text("utf-8"))
    assert len(links) > 3
    assert [link for link in links if link[1] not in _anchors(DOCS / "vi" / (link[0] or name))] == []


def _anchors(file: Path) -> set[str]:
    """What a link to a heading ends with: its words in small letters, with hyphens."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
