"""Two commits are measured in turns, each by its own code, and the figures of both are compared."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import compared, take_benchmarks
from benchmarks.figures import Figure

ROOT = Path(__file__).parents[2]


def figures(what: str, *values: float) -> dict[str, list[Figure]]:
    return {what: [Figure(what, value, "ms") for value in values]}


def test_medians_are_compared_and_what_only_one_measures_is_named() -> None:
    here = figures("a push", 4, 3, 9) | figures("a page", 1)
    assert compared(here, figures("a push", 8, 7, 10)) == [
        "a push: 4.00 ms (3.00 ms to 9.00 ms), there 8.00 ms (7.00 ms to 10.0 ms): × 0.50",
        "a page: only one of them measures it",
    ]


def test_a_commit_can_be_measured_by_the_benchmarks_of_this_checkout(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "fleet.py").write_text("VISITS = 1", "utf-8")
    (tmp_path / "benchmarks" / "left.py").touch()
    take_benchmarks(tmp_path)
    own = [file.name for file in (ROOT / "benchmarks").glob("*.py")]
    assert sorted(file.name for file in (tmp_path / "benchmarks").glob("*.py")) == sorted(own)
    assert (tmp_path / "benchmarks" / "fleet.py").read_text() == (
        ROOT / "benchmarks" / "fleet.py"
    ).read_text()


@pytest.mark.slow
def test_a_commit_is_measured_beside_this_checkout() -> None:
    command = ("-m", "benchmarks.compare", "HEAD", "push", "--rounds", "1", "--small", "--same-benchmarks")
    said = subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "push of 20 visits, sqlite: " in said.stdout
    assert ": × " in said.stdout
