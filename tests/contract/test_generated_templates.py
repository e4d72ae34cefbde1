"""Random templates render the same in Jinja2 and in JavaScript, or fail in both."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from template_compiler import field_environment

from .renderers import Node, Renderers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),  # of nested strategies
]

CONTEXT: dict[str, Any] = {
    "a": "<'&\">",
    "b": 3,
    "c": None,
    "d": ["x", "", 0, True, ["<y>"], {"k": "v"}],
    "e": {"k": [1, 2], "m": {"k": "&"}, "none": None},
    "f": [],
    "g": False,
}
NAMES = st.sampled_from([*CONTEXT, "missing"])
SETTABLE = st.sampled_from(["a", "b", "new"])
# JavaScript refuses to print, order, index or loop over lists, dicts and markup as a whole.
NOT_IN_TEMPLATES = r"TypeError: cannot (print|go through|order|look into) [\[{]"
COUNT = itertools.count()
INCLUDE = '{% include "part.html" %}'
EXTENDS = '{% extends "layout.html" %}'
IMPORT = '{% from "macros.html" import one, each %}'
MACROS = """{% macro one(x, y="<d>") %}[{{ x }}{{ y }}]{% endmacro %}
{% macro each(x) %}{% for z in x %}{{ loop.index }}{{ z is none }}{% else %}-{% endfor %}{% endmacro %}
"""


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An expression made of others. Values have any type, so many fail: both sides must then fail."""
    pair = st.tuples(inner, inner)
    comparison = st.sampled_from(["==", "!=", "<", ">=", "in", "not in"])
    return st.one_of(
        inner.map("({})".format),
        inner.map("(not {})".format),
        st.builds("({0[0]} {1} {0[1]})".format, pair, st.sampled_from(["and", "or", "~"])),
        st.builds("({0[0]} {1} {0[1]})".format, pair, comparison),
        st.builds("({0} {3} {1} {3} {2})".format, inner, inner, inner, comparison),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("{}.{}".format, inner, st.sampled_from(["k", "m", "none", "constructor"])),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("({} is {})".format, inner, st.sampled_from(["defined", "none", "not none"])),
        inner.map("({}|length)".format),
        st.builds("({0[0]}|default({0[1]}))".format, pair),
        st.builds("({0[0]}|join({0[1]}))".format, pair),
        st.builds("[{}, {}]".format, inner, inner),
        inner.map('{{"k": {}}}'.format),
        inner.map('_("<b>%(x)s</b>", x={})'.format),
        st.builds("one({0[0]}, {0[1]})".format, pair),
        inner.map("one(y={})".format),
        inner.map("each({})".format),
    )


values = st.recursive(
    NAMES | st.sampled_from(['"<t>"', "''", '"k"', "0", "1", "none", "true", "false", "[]", '_("<i>%%")']),
    expressions,
    max_leaves=4,
)


simple = st.one_of(
    SETTABLE,
    st.sampled_from(
        ["a", "b", "c", '"<t>"', "1", "none", '_("<i>%%")', "one(a)", "each([b, c])", "one(y=b)"]
    ),
    st.builds("{} ~ {}".format, SETTABLE, SETTABLE),
    SETTABLE.map("{}|default('unset')".format),
    SETTABLE.map("({} or 'none')".format),
)


def statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    either = st.builds(
        "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format, *[simple, inner] * 2, inner
    )
    loop = "{{% for {} in [{}, 'x'] %}}{}{{{{ loop.last }}}}{{% endfor %}}".format
    empty_loop = "{{% for {} in [] %}}{}{{% else %}}{}{{% endfor %}}".format
    return st.one_of(
        st.lists(inner, min_size=2, max_size=5).map("".join),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, simple, inner),
        either,
        st.builds(loop, SETTABLE, simple, inner),
        st.builds(empty_loop, SETTABLE, inner, inner),
    )


bodies = st.recursive(
    st.one_of(
        simple.map("{{{{ {} }}}}".format),
        st.builds("{{% set {} = {} %}}".format, SETTABLE, simple),
        st.builds("{{% set {} = {} %}}".format, SETTABLE, simple),
        SETTABLE.map("({{{{ {}|default('unset') }}}})".format),
        st.just(INCLUDE),
        st.sampled_from(["text\n", "  ", "`${a}`\\", "{# no #}\n"]),
    ),
    statements,
    max_leaves=12,
)


def check(files: dict[str, str], pages: list[str], context: dict[str, Any], node: Node, folder: Path) -> None:
    module = folder / f"random-{next(COUNT)}.mjs"
    sides = Renderers.of(field_environment(DictLoader(files)), pages, module, node)
    for page in pages:
        jinja, javascript = sides.render(page, context)
        if "error" in jinja:
            assert "error" in javascript, jinja
        elif not re.match(NOT_IN_TEMPLATES, javascript.get("error", "")):
            assert javascript == jinja


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@given(value=values)
@settings(deadline=None, max_examples=400)
def test_random_expressions_have_the_same_value(value: str, node: Node, folder: Path) -> None:
    files = {"macros.html": MACROS, "page.html": IMPORT + "{{ " + value + " }}"}

    check(files, ["page.html"], CONTEXT, node, folder)


@given(page=bodies, part=bodies, block=bodies)
@settings(deadline=None, max_examples=200)
def test_random_statements_write_the_same(page: str, part: str, block: str, node: Node, folder: Path) -> None:
    files = {
        "macros.html": MACROS,
        "part.html": IMPORT + part.replace(INCLUDE, ""),
        "layout.html": IMPORT + page + "{% block inner %}{% endblock %}" + page,
        "page.html": EXTENDS + IMPORT + "{% set new = 1 %}{% block inner %}" + block + "{% endblock %}",
        "plain.html": IMPORT + page,
    }

    check(files, ["page.html", "plain.html"], {"a": "<'&\">", "b": 3, "c": None}, node, folder)
