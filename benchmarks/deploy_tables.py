"""The figures of `docs/deploy.md`: what a server takes, and how large a machine is for how many communes."""

from pathlib import Path

from benchmarks.figures import amount
from benchmarks.results import Run, table
from benchmarks.scale_tables import costs_of

PAGE = Path(__file__).parents[1] / "docs" / "deploy.md"
NEEDS = ("deployment", "fleet", "imports", "nation")
VISITS, DAYS, EVENING = 360, 250, 95  # of a commune on a busy day; busy days a year; communes of the example
# For whom, on which machine and database, how many communes.
_MACHINES = (
    ("a commune", "1 GB, 2 cores, SQLite", 1),
    (f"{EVENING} communes", "4 GB, 2 cores, PostgreSQL on the same machine", EVENING),
    ("a province of 170 communes", "8 GB, 4 cores, PostgreSQL", 170),
)


def lines(run: Run) -> list[str]:
    """The tables, and what a day of many communes is in work."""
    figures = [
        *run.figures["deployment"],
        run.find("fleet", "settled server CPU for 1,000 visits, SQLite"),
        run.find("imports", "SQLite, memory"),
    ]
    queued = costs_of(run).queued
    visits = VISITS * EVENING
    work = visits * (queued.app + queued.database)
    return [
        f"Measured at commit {run.commit} ([all figures](../benchmarks/RESULTS.md)):",
        "",
        *table(("What", "Measured"), [f"{one.what} | {amount(one.value, one.unit)}" for one in figures]),
        "",
        f"From these, with {VISITS} visits on a busy day in each commune and {DAYS} such days a year:",
        "",
        *table(("For", "Machine", "Visits a year", "Disk a year"), [_size(run, *one) for one in _MACHINES]),
        "",
        f"The {visits:,} visits of a day in {EVENING} communes are {work:.0f} s of work for server and"
        " database; what a machine has to bear is the evening, when all phones find a network within an"
        " hour.",
    ]


def _size(run: Run, whom: str, machine: str, communes: int) -> str:
    visits = communes * VISITS * DAYS
    sqlite = run.find("deployment", "disk for 1,000 visits").value * 1e6 / 1_000
    stored = visits * (sqlite if communes == 1 else costs_of(run).stored) / 1e9
    return f"{whom} | {machine} | {visits:,} | {stored:.1f} GB"
