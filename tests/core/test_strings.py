"""Texts of modules are translated when they are shown, not when the module is loaded."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from app.core.strings import LazyText, lazy
from tests.cases import cases
from tests.docs.sources import ROOT

# What operators read in a shell, and documents: always Vietnamese.
VIETNAMESE_ONLY = (
    "app/cli/",
    "app/reports/forms/",
    "app/reports/visit_download/writing.py",
    "app/intake/people_import/template.py",
    "app/intake/household_import/runs/template.py",
)
FILES = [
    path
    for path in sorted((ROOT / "app").rglob("*.py"))
    if not path.relative_to(ROOT).as_posix().startswith(VIETNAMESE_ONLY)
]


def made_at_import(source: str) -> Iterator[int]:
    """The lines of calls of `_` that run when the module is loaded, when nobody has asked in any language."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node.lineno
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            pending += ast.iter_child_nodes(node)


@pytest.mark.slow
@cases("file", FILES)
def test_the_texts_of_a_module_are_lazy(file: Path) -> None:
    assert list(made_at_import(file.read_text("utf-8"))) == [], "write lazy(…) instead of _(…) here"


@pytest.mark.parametrize("source", ['A = _("Tổ")', 'A = {"a": f(_("Tổ"))}', 'def f(a=_("Tổ")): pass'])
def test_a_text_that_is_not_lazy_is_seen(source: str) -> None:
    assert list(made_at_import(source)) == [1]


def test_a_text_of_a_function_need_not_be() -> None:
    assert list(made_at_import('def f(): return _("Tổ")\nA = lambda: _("Tổ")')) == []


def test_a_lazy_text_is_a_text() -> None:
    text = lazy("Còn %(count)s < 100 %%", count=3)
    assert text == "Còn 3 < 100 %"
    assert (str(text), f"{text}!", text + "!", "!" + text) == (text, f"{text!s}!", text + "!", "!" + text)
    assert deepcopy(text) == text
    assert isinstance(text, LazyText)
    assert text.__html__() == "Còn 3 &lt; 100 %"
