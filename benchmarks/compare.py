"""A benchmark of this checkout and of an earlier commit, in turns: `python -m benchmarks.compare REV fleet`.

A machine that is shared or warm changes by more than most commits do: what took turns saw the same machine.
The commit is checked out into a folder of its own, and measured by its own `benchmarks`; where these send
another load, `--same-benchmarks` takes those of this checkout for both. This checkout is measured as it is,
uncommitted changes included. Other options are those of the benchmark.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, amount

ROOT = Path(__file__).parents[1]
Runs = dict[str, list[Figure]]
"""The figures of each turn, by what they measure."""


def main() -> None:
    """Print each figure that both have: the medians, their ratio, and the least and greatest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="a commit of this repository")
    parser.add_argument("benchmark", help="a module of this folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--same-benchmarks", action="store_true", help="of this checkout, for both")
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        earlier = checked_out(arguments.revision, Path(folder))
        if arguments.same_benchmarks:
            take_benchmarks(earlier)
        runs: tuple[Runs, Runs] = defaultdict(list), defaultdict(list)
        for number in range(arguments.rounds):
            turns = list(zip(runs, (ROOT, earlier), strict=True))
            for run, checkout in turns if number % 2 else turns[::-1]:
                for figure in measured(checkout, arguments.benchmark, options):
                    run[figure.what].append(figure)
    print("\n".join(compared(*runs)))


def checked_out(revision: str, folder: Path) -> Path:
    """A built checkout of a commit, with the packages of this one."""
    checkout = folder / "checkout"
    _run("git", "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(checkout), cwd=ROOT)
    _run("git", "checkout", "--quiet", "--detach", revision, cwd=checkout)
    packages = "service_worker/node_modules"
    (checkout / packages).symlink_to(ROOT / packages)
    _run(sys.executable, "service_worker/build", cwd=checkout)
    return checkout


def take_benchmarks(checkout: Path) -> None:
    """Replace a checkout's benchmarks by those of this one."""
    shutil.rmtree(checkout / "benchmarks")
    shutil.copytree(ROOT / "benchmarks", checkout / "benchmarks")


def measured(checkout: Path, benchmark: str, options: list[str]) -> list[Figure]:
    """The figures of one turn of a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        module = ("-P", "-m", f"benchmarks.{benchmark}")
        _run(sys.executable, *module, "--json", str(file), *options, cwd=checkout)
        return [Figure(**one) for one in json.loads(file.read_text("utf-8"))["figures"]]


def compared(here: Runs, there: Runs) -> list[str]:
    """A line for each figure that both have, and one for each that only one of them has."""
    lines = []
    for what in here:
        if what in there and _middle(there[what]):
            ratio = _middle(here[what]) / _middle(there[what])
            lines.append(f"{what}: {_spread(here[what])}, there {_spread(there[what])}: × {ratio:.2f}")
    return [*lines, *(f"{what}: only one of them measures it" for what in sorted(here.keys() ^ there.keys()))]


def _spread(figures: list[Figure]) -> str:
    values, unit = [one.value for one in figures], figures[0].unit
    return f"{amount(median(values), unit)} ({amount(min(values), unit)} to {amount(max(values), unit)})"


def _middle(figures: list[Figure]) -> float:
    return median(one.value for one in figures)


def _run(*command: str, cwd: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(cwd)}
    subprocess.run(command, cwd=cwd, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
