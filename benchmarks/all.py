"""Runs the benchmarks of this folder at one commit, and writes the pages that quote their figures.

`python -m benchmarks.all` or `make bench` measures what the run of this commit does not have yet; the run of
another commit is struck. `python -m benchmarks.all queue start` measures these two again. Each runs in a
process of its own, one after the other, and only while no other program uses the machine.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks import deploy_tables, results, scale_tables
from benchmarks.figures import Figure, amount
from benchmarks.results import Run

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
HEAD = ("What", "Measured by", "Figure", "Budget", "Goal", "Limit in the same run", "× limit")
# The order in RESULTS.md, phones first; benchmarks that are not named here follow.
_ORDER = ("first_visit", "slow_visit", "first_download", "queue", "fleet", "start")
QUIET = 0.2  # cores that other programs may use: above it a time says little
SAMPLE, SAMPLES = 5, 12  # seconds of one; how many until a machine that stays busy is refused


def names() -> list[str]:
    """The benchmarks: modules here that define `measure`."""
    found = {file.stem for file in HERE.glob("*.py") if "\ndef measure(" in file.read_text("utf-8")}
    return [name for name in _ORDER if name in found] + sorted(found - set(_ORDER))


def main(asked: list[str]) -> None:
    """Measure; the pages are rewritten after each benchmark, so that a later failure loses nothing."""
    if unknown := [name for name in asked if name not in names()]:
        raise SystemExit(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(names())}.")
    run = run_of(commit(), results.stored(), asked)
    for name in asked or [name for name in names() if name not in run.figures]:
        wait_until_quiet()
        run.figures[name] = measured(name)
        wait_until_quiet()
        write(run)


def run_of(head: str, last: Run, asked: list[str]) -> Run:
    """The run of this commit: the last one if it is of it, else one without figures."""
    if last.commit == head:
        return last
    if asked and last.figures:
        raise SystemExit(
            f"RESULTS.md has the run of {last.commit}, and a table has one commit's figures:"
            " measure all of them, or run `python -m benchmarks.NAME`, which writes nothing."
        )
    return Run(head, date.today().isoformat(), machine())


def measured(name: str) -> list[Figure]:
    """The figures of one benchmark, run now."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--json", str(file)], check=True)
        return [Figure(**figure) for figure in json.loads(file.read_text("utf-8"))["figures"]]


def wait_until_quiet() -> None:
    """Wait until no other program uses the machine. Raises `SystemExit` if that is not within a minute."""
    for _ in range(SAMPLES):
        if (cores := busy_cores()) <= QUIET:
            return
    raise SystemExit(
        f"Other programs use {cores:.1f} cores, and times would say little: nothing is written of this"
        " benchmark. The same command goes on when the machine is idle."
    )


def busy_cores() -> float:
    """Cores that are busy or wait for a disk, while nothing is measured."""
    before = _busy_seconds()
    time.sleep(SAMPLE)
    return (_busy_seconds() - before) / SAMPLE


def _busy_seconds() -> float:
    cpu = [int(ticks) for ticks in Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:9]]
    return (sum(cpu) - cpu[3]) / os.sysconf("SC_CLK_TCK")  # all but what it was idle


def write(run: Run) -> None:
    """Store the run, and write its figures into the pages."""
    results.store(run)
    for page in PAGES:
        page.write_text(results.between_marks(page.read_text("utf-8"), lines(page, run)), "utf-8")


def lines(page: Path, run: Run) -> list[str]:
    """What a page has between its marks."""
    needs, render = PAGES[page]
    if missing := [name for name in needs if name not in run.figures]:
        return [f"*Not measured yet: {', '.join(missing)} (`make bench`).*"]
    return render(run)


def rows(run: Run) -> list[str]:
    """The table of RESULTS.md."""
    found = [row(name, figure) for name in names() for figure in run.figures.get(name, ())]
    head = f"Commit {run.commit}, {run.day}, idle throughout: {run.machine}."
    return [head, "", *results.table(HEAD, found)] if found else ["*Not measured yet (`make bench`).*"]


def row(name: str, figure: Figure) -> str:
    """A figure as a row of the table; a missed budget is bold."""
    value = amount(figure.value, figure.unit)
    value = f"**{value}**" if figure.within is False else value
    value += f" ({figure.detail})" if figure.detail else ""
    bound = "≥" if figure.more_is_better else "≤"
    wanted = [
        f"{bound} {amount(want, figure.unit)}" if want is not None else "–"
        for want in (figure.budget, figure.goal)
    ]
    limit = f"{amount(figure.limit, figure.unit)}, {figure.limit_is}" if figure.limit else "–"
    ratio = f"{figure.ratio:.1f}" if figure.ratio else "–"
    return " | ".join([figure.what, f"`python -m benchmarks.{name}`", value, *wanted, limit, ratio])


def commit() -> str:
    """The commit of this checkout. Raises `SystemExit` if there is none, or if files have changed since."""
    pages = (f":!/{page.relative_to(HERE.parent)}" for page in (*PAGES, results.FILE))
    if git("status", "--porcelain", "--untracked-files=no", "--", ":/", *pages):
        raise SystemExit("Figures are those of a commit, and files have changed since: commit or stash them.")
    if not (head := git("rev-parse", "--short=8", "HEAD")):
        raise SystemExit("Figures are those of a commit, and this folder has none.")
    return head


def git(*command: str, folder: Path = HERE.parent) -> str:
    """What git says; nothing where it is missing, refuses, or the folder is no repository."""
    own = ("git", "-c", "safe.directory=*")  # in CI the folder is another user's
    try:
        found = subprocess.run([*own, *command], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return found.stdout.strip()


def machine() -> str:
    """This machine, in one sentence."""
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()})", f"{memory:.0f} GiB"]
    parts += [f"Linux {'.'.join(platform.release().split('.')[:2])}", f"Python {platform.python_version()}"]
    return ", ".join(parts)


# What each page needs, and how it is written.
PAGES: dict[Path, tuple[tuple[str, ...], Callable[[Run], list[str]]]] = {
    RESULTS: ((), rows),
    scale_tables.PAGE: (scale_tables.NEEDS, scale_tables.lines),
    deploy_tables.PAGE: (deploy_tables.NEEDS, deploy_tables.lines),
}


if __name__ == "__main__":
    main(sys.argv[1:])
