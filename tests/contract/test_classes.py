"""Every class of a template is one that a style, the phone's code or the desk's code knows."""

import re
from functools import cache
from pathlib import Path

from tests.cases import cases
from tests.docs.sources import browser_code

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
EXPRESSION = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


@cache
def known_classes() -> set[str]:
    """The names in style sheets, and those in selectors of the code that runs in browsers."""
    styles = "".join(file.read_text("utf-8") for file in (ROOT / "static" / "css").rglob("*.css"))
    return {name for text in (styles, selectors()) for name in re.findall(r"\.([a-z][\w-]*)", text)}


def selectors() -> str:
    """The quoted texts of the code that runs in browsers."""
    return " ".join(re.findall(r'"([^"\n]*)"', "".join(file.read_text("utf-8") for file in browser_code())))


def test_code_of_phone_and_desk_is_read() -> None:
    assert len(set(re.findall(r"\.([a-z][\w-]*)", selectors()))) >= 28


@cases("file", TEMPLATES)
def test_every_class_of_a_template_means_something(file: Path) -> None:
    text = EXPRESSION.sub(" ", file.read_text("utf-8"))
    used = {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}
    assert used - known_classes() == set()
