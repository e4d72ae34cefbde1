"""The figures of `docs/scale.md`, from the costs that `benchmarks/nation.py` has measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import Run, table
from benchmarks.sizing import Campaign, Cost, Costs, Place, last_answer, load, members_of, nation, provinces

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
NEEDS = ("nation", "fleet", "desk", "pages")
PAGES_A_SECOND = 50  # of the desk
BUSY = 0.6  # of the cores, in the busiest minute: the others are for the desk, and for a worse day
COPY_RATE = 100e6  # bytes a second at which a backup is copied back
CITUS = 2.4  # × the CPU of app and PostgreSQL together (benchmarks/NOTES.md)
KB, MB, GB = 1e3, 1e6, 1e9


@dataclass(frozen=True)
class Deployment:
    """A way to run communes: what one of it has, and the CPU of app and database × that on PostgreSQL."""

    name: str
    places: Sequence[Place]
    factor: float = 1.0


def lines(run: Run) -> list[str]:
    """The costs, and what follows from them."""
    costs = costs_of(run)
    return [f"Measured at commit {run.commit}:", "", *_costs(costs), "", _beside(run), "", *tables(costs)]


def tables(costs: Costs) -> list[str]:
    """What is assumed, and what follows from these costs."""
    return [*_assumptions(Campaign()), "", *_sizes(costs)]


def costs_of(run: Run) -> Costs:
    """What the nation cost in this run."""
    content = dict(run.find("nation", "start of the server").data)
    single, queued, idle = (Cost(**content.pop(kind)) for kind in ("single", "queued", "idle"))
    return Costs(single=single, queued=queued, idle=idle, **content)


def deployments() -> list[Deployment]:
    """From one commune's own box to the nation on several machines."""
    places = sorted(nation(), key=lambda place: place.members)
    regions = provinces(places)
    return [
        Deployment("A box for a commune, the median", [places[len(places) // 2]]),
        Deployment("A box for a commune, the largest", [places[-1]]),
        Deployment("An instance for a province, the median", regions[len(regions) // 2]),
        Deployment("An instance for a province, the largest", regions[0]),
        Deployment("One national primary", places),
        Deployment("The nation on Citus", places, CITUS),
    ]


def _costs(costs: Costs) -> list[str]:
    measured = {
        "A visit that is sent alone": costs.single,
        "A visit in a queue of 16": costs.queued,
        "An exchange that sends nothing": costs.idle,
    }
    rows = [
        f"{name} | {cost.app * 1000:.1f} ms | {cost.database * 1000:.1f} ms | {cost.log / KB:.1f} kB"
        f" | {cost.wire:.0f} B"
        for name, cost in measured.items()
    ]
    return [
        *table(("Measured", "CPU of the app", "CPU of PostgreSQL", "write-ahead log", "on the wire"), rows),
        "",
        f"A visit takes {costs.stored / KB:.2f} kB of the database, with all that follows from it. A server"
        f" process has {costs.worker_memory / MB:.0f} MB. With {len(nation()):,} communes begun the server"
        f" starts in {costs.start:.1f} s.",
    ]


def _beside(run: Run) -> str:
    """Pages of the desk, and the one writer that SQLite has."""
    pages = [figure.data["cpu"] for name in ("desk", "pages") for figure in run.figures[name]]
    least, most = min(pages), max(pages)
    cores = (f"{ms * PAGES_A_SECOND / 1000:.1f}" for ms in (least, most))
    speed = run.find("fleet", "16 a person-day, SQLite FULL, 1 worker").value
    return (
        f"A page of the desk takes {least:.0f} to {most:.0f} ms of CPU: {PAGES_A_SECOND} a second need"
        f" {' to '.join(cores)} cores more. SQLite, which has one writer, takes {speed:,.0f} visits a second."
    )


def _assumptions(day: Campaign) -> list[str]:
    hours = " and ".join(f"{start} to {end}" for start, end in day.walking)
    return table(
        ("Assumed", "of a campaign day"),
        [
            f"Members who walk | {day.active:.0%} of all, {day.visits} visits each, {hours} o'clock",
            f"Phones with a signal at the door | {day.at_once:.0%}: each visit is sent alone",
            f"The others | are back at {_clock(day.back)}, two thirds of them within {day.spread * 60:.0f}"
            " minutes before or after; each sends its day at once",
            f"Exchanges that send nothing | {day.openings} a phone",
            f"Campaign days | {day.days} a year, stored for {day.kept_years} years",
        ],
    )


def _sizes(costs: Costs) -> list[str]:
    head = (
        "One of them",
        "people who walk",
        "exchanges a second, busiest minute",
        "cores busy: app, database",
        "cores to have",
        "all at once: the last is answered after",
        "log a day, busiest",
        "stored a year, in all",
        "copied back in",
    )
    return table(head, [_size(deployment, costs, Campaign()) for deployment in deployments()])


def _size(deployment: Deployment, costs: Costs, day: Campaign) -> str:
    members = members_of(deployment.places)
    found = load(members, costs, day)
    database = (found.app + found.database) * deployment.factor - found.app
    cores = math.ceil((found.app + database) / BUSY)
    wait = last_answer(members, costs, day, cores, deployment.factor)
    in_all = found.stored_year * day.kept_years
    cells = [
        deployment.name,
        f"{found.phones:,}",
        f"{found.exchanges:,.1f}",
        f"{_cores(found.app)}, {_cores(database)}",
        f"{cores}",
        _time(wait),
        f"{_size_of(found.log_day)}, {_size_of(found.log_rate)}/s",
        f"{_size_of(found.stored_year)}, {_size_of(in_all)}",
        _time(in_all / COPY_RATE),
    ]
    return " | ".join(cells)


def _cores(value: float) -> str:
    return f"{value:.1f}" if value >= 0.1 else f"{value:.4f}".rstrip("0")


def _clock(hour: float) -> str:
    return f"{int(hour)}:{round(hour % 1 * 60):02d}"


def _time(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"


def _size_of(size: float) -> str:
    for unit, least in (("TB", 1e12), ("GB", GB), ("MB", MB)):
        if size >= least:
            return f"{size / least:,.1f} {unit}"
    return f"{size / KB:,.1f} kB"
