"""RESULTS.md, docs/scale.md and docs/deploy.md say what one run has measured, at a commit of this history."""

import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks import all as every
from benchmarks import deploy_tables, results, scale_tables
from benchmarks.figures import Figure
from benchmarks.results import Run
from benchmarks.sizing import Cost, Costs
from tests.cases import cases

RUN = results.stored()
COSTS = Costs(
    single=Cost(0.0055, 0.0043, 6_400, 2_217),
    queued=Cost(0.0006, 0.0005, 4_600, 431),
    idle=Cost(0.003, 0.0018, 100, 4_163),
    stored=1_960,
    worker_memory=241e6,
    start=4.3,
)
MEASURED = Run(
    "0123abcd",
    "2026-12-03",
    "2 cores",
    {
        "nation": [Figure("start of the server, PostgreSQL", 4.3, "s", 5, data=asdict(COSTS))],
        "fleet": [
            Figure("50 devices × 100 visits, 16 a person-day, SQLite FULL, 1 worker", 3_824, "visits/s"),
            Figure("settled server CPU for 1,000 visits, SQLite, 1 worker", 0.26, "s", budget=0.15),
        ],
        "desk": [Figure("desk: newest visits", 21, "ms", data={"cpu": 18.0})],
        "pages": [Figure("desk: report of a year", 89, "ms", data={"cpu": 65.0})],
        "deployment": [
            Figure("memory of a server at rest", 191, "MB", 200),
            Figure("disk for 1,000 visits, SQLite", 1.9, "MB", 5),
        ],
        "imports": [Figure("import at the desk, 12,000 households, SQLite, memory", 119, "MB")],
    },
)


def git(folder: Path, *command: str) -> str:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", *names, *command], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def age(commit: str, folder: Path = every.HERE.parent) -> int:
    """How many commits were made since. Raises `LookupError` if it is not one of this history; skips the test
    where the history is not there."""
    if every.git("rev-parse", "--is-shallow-repository", folder=folder) != "false":
        pytest.skip("the repository's whole history is not here")
    if not commit or not every.git("merge-base", commit, "HEAD", folder=folder).startswith(commit):
        raise LookupError(f"{commit or 'no commit'}: not in the history of this repository")
    return int(every.git("rev-list", "--count", f"{commit}..HEAD", folder=folder))


@pytest.mark.parametrize("page", every.PAGES, ids=lambda page: page.name)
def test_a_page_says_what_the_run_has_measured(page: Path) -> None:
    text = page.read_text("utf-8")
    assert results.between_marks(text, every.lines(page, RUN)) == text


def test_the_figures_are_of_benchmarks_that_are_here_and_of_a_commit_of_this_repository() -> None:
    assert RUN.figures.keys() - set(every.names()) == set()
    if RUN.figures:
        assert age(RUN.commit) >= 0


@pytest.mark.deploy
def test_every_benchmark_has_run_within_the_last_200_commits() -> None:
    assert RUN.figures.keys() == set(every.names())
    assert age(RUN.commit) <= 200


@cases(
    "page, said",
    [
        (every.RESULTS, "| `python -m benchmarks.fleet` | **0.26 s** | ≤ 0.15 s | – | – | – |"),
        (every.RESULTS, "Commit 0123abcd, 2026-12-03, idle throughout: 2 cores."),
        (scale_tables.PAGE, "| One national primary | 270,000 | 190.9 | 0.9, 0.7 | 3 |"),
        (scale_tables.PAGE, "takes 18 to 65 ms of CPU: 50 a second need 0.9 to 3.2 cores"),
        (scale_tables.PAGE, "takes 3,824 visits a second"),
        (deploy_tables.PAGE, "| memory of a server at rest | 191 MB |"),
        (deploy_tables.PAGE, "| a commune | 1 GB, 2 cores, SQLite | 90,000 | 0.2 GB |"),
        (deploy_tables.PAGE, "The 34,200 visits of a day in 95 communes are 38 s of work"),
    ],
)
def test_what_a_page_says_of_a_run(page: Path, said: str) -> None:
    assert said in "\n".join(every.lines(page, MEASURED))


@pytest.mark.parametrize("page", every.PAGES, ids=lambda page: page.name)
def test_a_page_without_its_figures_says_so(page: Path) -> None:
    assert every.lines(page, replace(MEASURED, figures={}))[0].startswith("*Not measured yet")


def test_a_run_is_stored_as_it_is(tmp_path: Path) -> None:
    results.store(MEASURED, tmp_path / "results.json")
    assert results.stored(tmp_path / "results.json") == MEASURED


def test_a_run_goes_on_at_its_commit_and_is_struck_at_another_one() -> None:
    assert every.run_of("0123abcd", MEASURED, ["queue"]) is MEASURED
    begun = every.run_of("4567abcd", MEASURED, [])
    assert (begun.commit, begun.figures) == ("4567abcd", {})
    with pytest.raises(SystemExit, match="has the run of 0123abcd"):
        every.run_of("4567abcd", MEASURED, ["queue"])


def test_a_commit_is_one_of_the_history_that_is_here(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    git(whole, "init", "--quiet")
    commits = []
    for number in range(3):
        git(whole, "commit", "--quiet", "--allow-empty", "--message", f"{number}")
        commits.append(git(whole, "rev-parse", "--short=8", "HEAD"))
    assert [age(commit, whole) for commit in commits] == [2, 1, 0]
    for unknown in ("0123abcd", ""):
        with pytest.raises(LookupError):
            age(unknown, whole)
    git(tmp_path, "clone", "--quiet", "--depth", "1", whole.as_uri(), "shallow")
    for folder in (tmp_path / "shallow", tmp_path):  # the second one is no repository
        with pytest.raises(pytest.skip.Exception, match="whole history"):
            age(commits[0], folder)


def test_nothing_is_measured_while_others_use_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every, "SAMPLE", 0.5)
    monkeypatch.setattr(every, "SAMPLES", 2)
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
        try:
            with pytest.raises(SystemExit, match="Other programs use"):
                every.wait_until_quiet()
        finally:
            other.kill()


def test_a_ratio_says_how_far_from_the_limit() -> None:
    assert Figure("time", 3, "s", limit=1).ratio == 3
    assert Figure("speed", 100, "visits/s", limit=400, more_is_better=True).ratio == 4
    assert Figure("speed", 100, "visits/s", budget=200, more_is_better=True).within is False
