"""The order in which the tests run names files that exist, and CI leaves none of them out."""

from tests import order
from tests.docs.sources import ROOT


def test_files_of_the_order_exist() -> None:
    assert [path for path in order.SLOW if not (ROOT / path).exists()] == []


def test_ci_runs_every_test() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "\nmake test " in script
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ntest:")[2].partition("\n\n")[0]
    last = recipe.splitlines()[-1].split()
    words = ["-m", "pytest", "-n", "$(WORKERS)", "--dist", "worksteal", "-p", "tests.cpu_budget"]
    assert last[1:] == words, "no selection, no folder"
