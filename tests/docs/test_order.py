"""The order in which the tests run names files that exist, and CI leaves none of them out."""

from types import SimpleNamespace

from tests import order
from tests.docs.sources import ROOT


def test_files_of_the_order_exist() -> None:
    assert [path for path in order.SLOW if not (ROOT / path).exists()] == []


def test_each_worker_begins_with_its_share_of_the_slow_tests() -> None:
    named = [SimpleNamespace(nodeid=f"tests/{file}") for file in (*"abcd", "e2e/a", "e2e/b", "e2e/c")]
    named.sort(key=lambda item: order.rank(item.nodeid))
    parts = order.distribute(named, 2)
    assert [item.nodeid.removeprefix("tests/") for item in parts] == [
        *("e2e/a", "e2e/c", "a", "b"),
        *("e2e/b", "c", "d"),
    ]


def test_ci_runs_every_test() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "\nmake test " in script
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ntest:")[2].partition("\n\n")[0]
    last = recipe.splitlines()[-1].split()
    words = ["-m", "pytest", "-n", "$(WORKERS)", "--dist", "worksteal", "-p", "tests.cpu_budget"]
    assert last[1:] == words, "no selection, no folder"
