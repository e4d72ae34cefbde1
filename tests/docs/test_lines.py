"""Bounds of code lines: no blank lines, comments, docstrings. A bound goes down with the code and never up,
except in a commit whose decision says what the lines are for."""

import ast
from pathlib import Path

import pytest

from tests.docs.sources import ROOT

# Of a wing of `app`, of all of it, of the Python of tests.
BOUNDS = {
    "web": 18_230,
    "upkeep": 9_220,
    "intake": 4_310,
    "commune": 5_840,
    "fieldwork": 5_570,
    "sync": 4_810,
    "reports": 4_810,
    "review": 4_130,
    "core": 2_610,
    "cli": 1_770,
    "province": 620,
    "app": 62_120,
    "tests": 75_060,
}
SLACK = 0.01  # of a bound: further below it the bound is to be lowered


def code_lines(source: str) -> int:
    """The lines with code of a Python file."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                documented.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(
        number not in documented and bool(line.strip()) and not line.lstrip().startswith("#")
        for number, line in lines
    )


def counted(folder: Path) -> int:
    """Those of a folder and what is below it."""
    return sum(code_lines(file.read_text("utf-8")) for file in folder.rglob("*.py"))


@pytest.mark.parametrize("name", BOUNDS)
def test_a_wing_has_no_more_code_than_its_bound(name: str) -> None:
    lines, bound = counted(ROOT / (name if name in ("app", "tests") else f"app/{name}")), BOUNDS[name]
    assert lines <= bound, f"{name}: {lines} lines of code, and {bound} are its bound"
    assert lines >= bound * (1 - SLACK), f"{name}: only {lines} lines of code: lower its bound of {bound}"


def test_every_wing_has_a_bound() -> None:
    wings = {folder.name for folder in (ROOT / "app").iterdir() if any(folder.glob("*.py"))}
    assert wings <= BOUNDS.keys()


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    function = 'def f() -> str:\n    """It."""\n    return """x\ny"""\n'
    assert code_lines(f'"""A\nmodule."""\n\n# why\nA = 1  # what\n\n\n{function}') == 4
