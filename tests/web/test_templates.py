"""What templates of the office may do: choose, repeat, set, format. What has a name is computed before."""

from pathlib import Path

import pytest
from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).parents[2] / "templates"
OFFICE = ("desk", "operator", "province", "public")
PARTS = (
    *(nodes.Template, nodes.Extends, nodes.Block, nodes.Include, nodes.FromImport, nodes.Macro),
    *(nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.AssignBlock),
    *(nodes.Name, nodes.NSRef, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call),
    *(nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat),
    *(nodes.Add, nodes.Sub),
)
METHODS = {"items", "get", "at"}  # of a mapping; the text of a field at a place


def strange(source: str) -> list[str]:
    """The parts of a template that it may not have, with their lines."""
    found = []
    for node in Environment(autoescape=True).parse(source).find_all(nodes.Node):
        if type(node) not in PARTS:
            found.append(f"{node.lineno}: {type(node).__name__}")
        if isinstance(node, nodes.Call) and not _is_known(node.node):
            found.append(f"{node.lineno}: a call")
    return found


def _is_known(called: nodes.Expr) -> bool:
    """Whether it is a macro, a global function, or one of `METHODS`."""
    return isinstance(called, nodes.Name) or (isinstance(called, nodes.Getattr) and called.attr in METHODS)


@pytest.mark.parametrize("wing", OFFICE)
def test_templates_choose_repeat_and_format(wing: str) -> None:
    files = sorted((TEMPLATES / wing).rglob("*.html"))
    assert files
    assert {
        str(file.relative_to(TEMPLATES)): found
        for file in files
        if (found := strange(file.read_text("utf-8")))
    } == {}


@pytest.mark.parametrize(
    "source",
    ["{{ visit.total() }}", "{{ 3 * n }}", "{{ n // 2 }}", "{% for a in b %}{{ a.strip() }}{% endfor %}"],
)
def test_what_is_computed_in_a_template_is_seen(source: str) -> None:
    assert strange(source)
