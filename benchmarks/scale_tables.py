"""The tables of `docs/scale.md`, from the costs that `benchmarks/nation.py` has measured and stored."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.sizing import Campaign, Cost, Costs, Place, last_answer, load, members_of, nation, provinces

COSTS = Path(__file__).with_name("costs.json")
PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- tables -->", "<!-- /tables -->"
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


def stored() -> Costs:
    """The costs of the last measured run."""
    content: dict[str, Any] = json.loads(COSTS.read_text("utf-8"))
    single, queued, idle = (Cost(**content.pop(kind)) for kind in ("single", "queued", "idle"))
    return Costs(single=single, queued=queued, idle=idle, **content)


def write(costs: Costs) -> None:
    """Store the costs, and write the tables anew."""
    COSTS.write_text(json.dumps(asdict(costs), indent=1) + "\n", "utf-8")
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), costs), "utf-8")


def with_tables(page: str, costs: Costs) -> str:
    """The page with these costs and what follows from them between its marks."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    parts = [before + BEGIN, *_costs(costs), "", *_assumptions(Campaign()), "", *_sizes(costs), END + after]
    return "\n".join(parts)


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
        *_table(("Measured", "CPU of the app", "CPU of PostgreSQL", "write-ahead log", "on the wire"), rows),
        "",
        f"A visit takes {costs.stored / KB:.2f} kB of the database, with all that follows from it. A server"
        f" process has {costs.worker_memory / MB:.0f} MB. With {len(nation()):,} communes begun the server"
        f" starts in {costs.start:.1f} s.",
    ]


def _assumptions(day: Campaign) -> list[str]:
    hours = " and ".join(f"{start} to {end}" for start, end in day.walking)
    return _table(
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
    return _table(head, [_size(deployment, costs, Campaign()) for deployment in deployments()])


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


def _table(head: Sequence[str], rows: Iterable[str]) -> list[str]:
    return [f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *(f"| {row} |" for row in rows)]


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
