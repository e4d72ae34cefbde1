"""Compiled templates escape every value as Jinja2 and markupsafe do."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from markupsafe import escape
from template_compiler import field_environment

from tests.cases import cases

from .renderers import RUNTIME, Node, Renderers

TEMPLATES_FOLDER = Path(__file__).parents[2] / "templates"
TEMPLATES = {
    "value.html": "{{ value }}",
    "everywhere.html": """{% from "macros.html" import field, tree %}
{% set html = _("<b>%(value)s</b>", value=text) %}
<p title="{{ text }}">{{ text ~ html ~ number }}|{{ [text, html, number]|join(text) }}|{{ text ~ "<" }}</p>
{{ field(text, value=html) }}{{ field(html, number) }}{{ html if text in html else text }}{{ text|length }}
{% for one in text %}{{ one }}{% if loop.first %}!{% endif %}{% endfor %}
{{ tree(value) }}
""",
    "macros.html": """{% macro field(label, value="") %}
<label for="{{ value }}">{{ label }}{{ "'" if label == value else '"' }}</label>
{% endmacro %}
{% macro tree(node) %}
({{ node.text }}{{ node.on }}
{% for below in node.below %}{{ loop.index }}{{ tree(below) }}{% else %}-{% endfor %})
{% if node.below and not node.on or node.text %}{{ node.text or "none" }}{% endif %}
{% endmacro %}
""",
}
HOSTILE = [
    "<script>alert('1')</script>",
    "\" onfocus='x' &amp;&#39;",
    "</title><!--",
    "${x}`\\`",
    "%(value)s %% %s",
    "{{ value }}{% if %}",
    "\u2028\u2029\u0000\x1b\ufeff\ufffe\u202e",
    "\ud800",
    "a\udfff<",
    "Nguyễn Thị Ước 😀",
    "__proto__",
]

HUGE = "&<>'\"" * 20_000  # 100 kB

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet="&<>'\"%s(){}$`\\ab\u2028\u0000ắ😀\ud800", max_size=40),
    st.text(max_size=40),
)
numbers = st.integers(-(2**53) + 1, 2**53 - 1)


def trees_of(below: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[Any]:
    on = st.booleans() | st.none() | numbers
    return st.fixed_dictionaries({"text": texts, "on": on, "below": below})


trees = st.recursive(trees_of(st.just([])), lambda node: trees_of(st.lists(node, max_size=3)), max_leaves=6)


def sides_with(runtime: Path, folder: Path, node: Node) -> Renderers:
    environment = field_environment(DictLoader(TEMPLATES))
    pages = ["value.html", "everywhere.html"]
    return Renderers.of(environment, pages, folder / "templates.mjs", node, runtime)


@pytest.fixture(scope="module")
def sides(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Renderers:
    return sides_with(RUNTIME, tmp_path_factory.mktemp("escaping"), node)


def with_examples(test: Any) -> Any:
    for text in [*HOSTILE, HUGE]:
        test = example(value=text)(test)
    return test


@with_examples
@given(value=texts | numbers | st.booleans() | st.none())
@settings(deadline=None, max_examples=300)
def test_a_value_is_escaped_as_markupsafe_does(sides: Renderers, value: object) -> None:
    jinja, javascript = sides.render("value.html", {"value": value})

    assert javascript == jinja
    assert len(str(value)) > 40 or "\ud800" in str(value) or javascript == {"html": str(escape(value))}


@given(text=texts, number=numbers | st.booleans() | st.none(), value=trees)
@settings(deadline=None, max_examples=150)
def test_any_context_renders_the_same(sides: Renderers, text: str, number: object, value: object) -> None:
    jinja, javascript = sides.render("everywhere.html", {"text": text, "number": number, "value": value})

    assert "html" in jinja
    assert javascript == jinja


@cases(
    "right, wrong",
    [
        ("[&<>'\"]", '[&<>"]'),
        ("&#34;", "&quot;"),
        ('"&": "&amp;", ', '"&": "&", '),
        ("hasMarkup ? escapeHtml : toText", "toText"),
        ("name ? escapeHtml(values[name])", "name ? values[name]"),
        ('return "None"', 'return "null"'),
        ("return value.length > 0", "return true"),
    ],
)
def test_these_tests_notice_a_wrong_runtime(right: str, wrong: str, node: Node, tmp_path: Path) -> None:
    source = RUNTIME.read_text(encoding="utf-8")
    assert right in source
    broken = tmp_path / "runtime.mjs"
    broken.write_text(source.replace(right, wrong), encoding="utf-8")
    sides = sides_with(broken, tmp_path, node)
    tree: dict[str, Any] = {"text": "", "on": None, "below": []}

    jinja, javascript = sides.render("everywhere.html", {"text": "<'\"&>", "number": None, "value": tree})

    assert javascript != jinja


def test_only_guides_and_handbooks_are_inserted_as_html() -> None:
    """Both are what `app.commune.guides.rendering.render` has made of Markdown and cleaned; a handbook is the
    project's own."""
    pages = sorted(TEMPLATES_FOLDER.rglob("*.html"))
    inserted = [path for path in pages if re.search(r"\|\s*safe\b", path.read_text("utf-8"))]
    names = {str(path.relative_to(TEMPLATES_FOLDER)) for path in inserted}
    assert names == {"desk/handbook.html", "field/guide.html"}
