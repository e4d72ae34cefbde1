"""docs/product.md: an officer's nineteen tasks are in the table of clicks; browser tests walk each row."""

import ast

from tests.docs.sources import ROOT
from tests.e2e.hand import documented_clicks

NINETEEN = (
    "whom to call",
    "which hamlet is behind",
    "invented visits",
    "invite one and twenty",
    "correct",
    "move",
    "close and send the month",
    "walking list",
    "paper",
    "password",
    "colleague",
    "a household",
    "activity sheet",
    "import and undo",
    "return and bulk",
    "needs and sessions",
    "guides and settings",
    "first day",
    "keyboard and print",
)


def test_all_nineteen_tasks_are_in_the_table() -> None:
    assert [row.task for row in documented_clicks().values() if row.task] == list(NINETEEN)


def test_each_row_has_as_many_steps_as_clicks() -> None:
    assert {what: row.clicks for what, row in documented_clicks().items()} == {
        what: len(row.steps) for what, row in documented_clicks().items()
    }


def test_each_row_is_walked_by_one_browser_test() -> None:
    walked = [
        str(call.args[0].value)
        for file in sorted((ROOT / "tests" / "e2e").rglob("test_*.py"))
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "done"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert sorted(walked) == sorted(documented_clicks())
