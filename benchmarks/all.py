"""Runs every benchmark of this folder, or the named ones, and rewrites their rows in RESULTS.md.

`python -m benchmarks.all` or `make bench`; `python -m benchmarks.all queue start` measures these two
and leaves the other rows as they are, but for those of benchmarks that are not here any more. Each runs in a
process of its own, one after the other.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, amount

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
HEAD = (
    "| What | Measured by | Figure | Budget | Goal | Limit in the same run | × limit | When, commit, load |"
)
# The order in RESULTS.md, phones first; benchmarks that are not named here follow.
_ORDER = ("first_visit", "slow_visit", "first_download", "queue", "fleet", "start")
SHARED = 0.5  # a load above which other programs used the machine: then a time says something as a ratio only
TIMES = ("s", "ms", "visits/s")  # units of figures that depend on it
_ROW = re.compile(r"^\|.*?\| `python -m benchmarks\.(\w+)` \|", re.MULTILINE)


def names() -> list[str]:
    """The benchmarks: modules here that define `measure`."""
    found = {file.stem for file in HERE.glob("*.py") if "\ndef measure(" in file.read_text("utf-8")}
    return [name for name in _ORDER if name in found] + sorted(found - set(_ORDER))


def main(asked: list[str]) -> None:
    """Measure; the table is rewritten after each benchmark, so that a later failure loses nothing."""
    for name in asked or names():
        if name not in names():
            raise SystemExit(f"There is no benchmark {name!r}; there are: {', '.join(names())}.")
        RESULTS.write_text(with_rows(RESULTS.read_text("utf-8"), name, measured(name)), "utf-8")


def measured(name: str) -> list[str]:
    """The rows of one benchmark, run now."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--json", str(file)], check=True)
        content = json.loads(file.read_text("utf-8"))
    figures = [Figure(**figure) for figure in content["figures"]]
    return [row(name, figure, content["load"]) for figure in figures]


def row(name: str, figure: Figure, load: float) -> str:
    """A figure as a row of the table; a missed budget is bold. On a shared machine the ratio comes first."""
    value, detail = amount(figure.value, figure.unit), figure.detail
    if figure.ratio and load > SHARED and figure.unit in TIMES:
        value, detail = f"{figure.ratio:.1f} × limit", "; ".join(part for part in (value, detail) if part)
    value = f"**{value}**" if figure.within is False else value
    value += f" ({detail})" if detail else ""
    bound = "≥" if figure.more_is_better else "≤"
    wanted = [
        f"{bound} {amount(want, figure.unit)}" if want is not None else "–"
        for want in (figure.budget, figure.goal)
    ]
    limit = f"{amount(figure.limit, figure.unit)}, {figure.limit_is}" if figure.limit else "–"
    ratio = f"{figure.ratio:.1f}" if figure.ratio else "–"
    when = f"{date.today().isoformat()}, {commit()}, {load:.1f}"
    cells = [figure.what, f"`python -m benchmarks.{name}`", value, *wanted, limit, ratio, when]
    return f"| {' | '.join(cells)} |"


def commit() -> str:
    """The commit of this checkout; with a plus if something but the results was changed since."""
    head = _git("rev-parse", "--short=8", "HEAD") or "–"
    is_changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":!/benchmarks/RESULTS.md")
    return f"{head}+" if is_changed else head


def _git(*command: str) -> str:
    """What git says; nothing where it is missing, or the folder is no repository."""
    try:
        found = subprocess.run(
            ["git", *command], cwd=HERE.parent, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return found.stdout.strip()


def with_rows(page: str, name: str, rows: list[str]) -> str:
    """The page with `rows` instead of the rows that `name` had, and without those that no benchmark prints
    any more; rows stay in the order of the benchmarks."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    order = names()
    stay = {other: place for place, other in enumerate(order) if other != name}
    found = ((match[1], line) for line in table.splitlines() if (match := _ROW.match(line)))
    others = [(stay[other], line) for other, line in found if other in stay]
    placed = sorted([*others, *((order.index(name), line) for line in rows)], key=lambda one: one[0])
    ordered = [line for _place, line in placed]
    head = [machine(), "", HEAD, re.sub(r"[^|]+", "---", HEAD)]
    return "\n".join([before + BEGIN, *head, *ordered, END + after])


def machine() -> str:
    """This machine, in one sentence."""
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()})", f"{memory:.0f} GiB"]
    parts += [f"Linux {'.'.join(platform.release().split('.')[:2])}", f"Python {platform.python_version()}"]
    return f"Newest run on: {', '.join(parts)}."


if __name__ == "__main__":
    main(sys.argv[1:])
