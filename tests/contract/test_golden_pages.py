"""Every field page, with every golden context, renders to the same bytes in Jinja2 and in JavaScript.

A page is a file under templates/field/ that no other extends and whose name does not start with ``_``. Its
contexts are ``golden/field/<page>/<case>.json``; each has every name that the page reads.
"""

import json
from pathlib import Path

import pytest
from template_compiler import field_environment, find_pages

from tests.cases import cases

from .renderers import ROOT, Node, Renderers

TEMPLATES = ROOT / "templates"
GOLDEN = Path(__file__).parent / "golden"
PAGES = find_pages(field_environment(TEMPLATES), "field")


def cases_of(page: str) -> list[Path]:
    return sorted((GOLDEN / page.removesuffix(".html")).glob("*.json"))


@pytest.fixture(scope="module")
def sides(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Renderers:
    folder = tmp_path_factory.mktemp("golden")
    return Renderers.of(field_environment(TEMPLATES), PAGES, folder / "templates.mjs", node)


@cases("page", PAGES)
def test_page_has_a_golden_context(page: str) -> None:
    folder = (GOLDEN / page.removesuffix(".html")).relative_to(ROOT)
    assert cases_of(page), f"templates/{page} has no golden context: write {folder}/<case>.json"


@cases("path", [path for page in PAGES for path in cases_of(page)])
def test_page_is_the_same_from_both_sides(path: Path, sides: Renderers) -> None:
    page = path.parent.relative_to(GOLDEN).as_posix() + ".html"
    context = json.loads(path.read_text(encoding="utf-8"))

    jinja, javascript = sides.render(page, context)

    assert "html" in jinja, f"Jinja2 cannot render templates/{page} with {path.name}: {jinja['error']}"
    assert "html" in javascript, f"JavaScript cannot render templates/{page}: {javascript['error']}"
    assert javascript["html"].splitlines() == jinja["html"].splitlines()
    assert javascript["html"] == jinja["html"]


def test_every_golden_context_belongs_to_a_page() -> None:
    folders = {path.parent.relative_to(GOLDEN).as_posix() + ".html" for path in GOLDEN.rglob("*.json")}
    assert folders <= set(PAGES), f"golden contexts without a page: {sorted(folders - set(PAGES))}"
