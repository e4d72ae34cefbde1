"""RESULTS.md has rows of every benchmark, and of no other; rewriting a row keeps the others."""

import re

from benchmarks import all as every
from benchmarks.figures import Figure
from tests.cases import cases

PAGE = every.RESULTS.read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and line != every.HEAD]


def test_rows_name_every_benchmark_and_no_other() -> None:
    named = [re.findall(r"`python -m benchmarks\.(\w+)`", row) for row in ROWS]
    assert [row for row, found in zip(ROWS, named, strict=True) if len(found) != 1] == []
    assert {name for found in named for name in found} == set(every.names())


def test_every_row_has_every_column() -> None:
    columns = every.HEAD.count("|")
    assert [row for row in ROWS if row.count("|") != columns] == []


def test_a_new_row_takes_the_place_of_the_old_one_and_of_no_other() -> None:
    queue, start = (
        every.row(name, Figure("what", value, "s", budget=1), 0.1)
        for name, value in (("queue", 2), ("start", 0.5))
    )
    page = every.with_rows(f"before\n{every.BEGIN}\n{every.END}\nafter\n", "start", [start])
    page = every.with_rows(page, "queue", [queue])
    assert page.index(queue) < page.index(start)
    assert "**2.00 s**" in queue
    assert "**" not in start
    newer = every.row("queue", Figure("what", 0.3, "s", budget=1), 0.1)
    page = every.with_rows(page, "queue", [newer])
    assert queue not in page
    assert newer in page
    assert start in page
    assert page.startswith("before\n")
    assert page.endswith("after\n")


def test_rows_of_a_benchmark_that_is_not_here_any_more_are_removed() -> None:
    old, start = (every.row(name, Figure("what", 1, "s"), 0.1) for name in ("removed", "start"))
    page = f"{every.BEGIN}\n{old}\n{every.END}"
    assert old not in every.with_rows(page, "start", [start])
    assert start in every.with_rows(page, "start", [start])


def test_a_row_names_the_commit_of_its_run() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}\+?|–", every.commit())
    assert every.row("start", Figure("what", 1, "s"), 0.1).endswith(f", {every.commit()}, 0.1 |")


@cases(
    "unit, load, cell",
    [
        ("s", 0.1, "**3.00 s** (twice)"),
        ("s", 4.0, "**3.0 × limit** (3.00 s; twice)"),
        ("MB", 4.0, "**3.00 MB** (twice)"),
    ],
)
def test_on_a_shared_machine_a_time_begins_with_its_ratio(unit: str, load: float, cell: str) -> None:
    figure = Figure("what", 3, unit, budget=2, limit=1, limit_is="bare", detail="twice")
    assert cell in every.row("start", figure, load).split(" | ")


def test_a_ratio_says_how_far_from_the_limit() -> None:
    assert Figure("time", 3, "s", limit=1).ratio == 3
    assert Figure("speed", 100, "visits/s", limit=400, more_is_better=True).ratio == 4
    assert Figure("speed", 100, "visits/s", budget=200, more_is_better=True).within is False
