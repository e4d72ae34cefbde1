"""Runs every benchmark of this folder, or the named ones, and rewrites their rows in RESULTS.md.

`python -m benchmarks.all` or `make bench`; `python -m benchmarks.all queue start` measures these two
and leaves the other rows as they are. Each runs in a process of its own, one after the other.
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
HEAD = "| What | Measured by | Figure | Budget | Goal | Limit in the same run | × limit | When, load |"
# The order in RESULTS.md, phones first; benchmarks that are not named here follow.
_ORDER = ("first_visit", "first_download", "queue", "fleet", "start")
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
    when = f"{date.today().isoformat()}, {load:.1f}"
    cells = [figure.what, f"`python -m benchmarks.{name}`", value, *wanted, limit, ratio, when]
    return f"| {' | '.join(cells)} |"


def with_rows(page: str, name: str, rows: list[str]) -> str:
    """The page with `rows` instead of the rows that `name` had; rows stay in the order of the benchmarks."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    others = [line for line in table.splitlines() if (match := _ROW.match(line)) and match[1] != name]
    order = names()
    ordered = sorted([*others, *rows], key=lambda line: _place(line, order))
    head = [machine(), "", HEAD, re.sub(r"[^|]+", "---", HEAD)]
    return "\n".join([before + BEGIN, *head, *ordered, END + after])


def _place(line: str, order: list[str]) -> int:
    match = _ROW.match(line)
    return order.index(match[1]) if match and match[1] in order else len(order)


def machine() -> str:
    """This machine, in one sentence."""
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()})", f"{memory:.0f} GiB"]
    parts += [f"Linux {'.'.join(platform.release().split('.')[:2])}", f"Python {platform.python_version()}"]
    return f"Newest run on: {', '.join(parts)}."


if __name__ == "__main__":
    main(sys.argv[1:])
