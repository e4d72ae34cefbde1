"""How large a machine has to be: a nation of communes, a campaign day, and what measured costs make of them.

`benchmarks/nation.py` measures the costs, `benchmarks/scale_tables.py` writes what follows from them.
"""

import csv
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from app.commune.areas import AREAS_FILE

HAMLETS, MEMBERS, HOUSEHOLDS = 90_000, 450_000, 28_000_000  # of the nation, as the ministry counts them
# Of a hamlet: 80 to 500, most of them near the nation's mean.
FEWEST, MOST = 80, 500
_UNEQUAL = 0.5  # standard deviation of the logarithm of a commune's hamlets: most have 10 to 70
MINUTE = 60  # seconds


@dataclass(frozen=True)
class Place:
    """What a commune has."""

    code: str
    province: str
    hamlets: int
    members: int
    households: int


@dataclass(frozen=True)
class Campaign:
    """A campaign day. Shares are from 0 to 1, hours are of the day."""

    active: float = 0.6  # of all members walk on this day
    visits: int = 16  # of each
    at_once: float = 0.5  # of their phones have a signal at the door: each visit is sent alone
    openings: int = 6  # times that a phone asks without having anything to send
    # When the others are back and send what they have, and how far from each other.
    back: float = 17.5
    spread: float = 0.75
    walking: tuple[tuple[float, float], ...] = ((8, 11), (14, 17))
    days: int = 60  # such days in a year
    kept_years: int = 5


@dataclass(frozen=True)
class Cost:
    """CPU seconds of app and database, bytes of the write-ahead log and on the wire."""

    app: float
    database: float
    log: float
    wire: float

    def __sub__(self, other: "Cost") -> "Cost":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Cost(*(mine - theirs for mine, theirs in pairs))

    def through(self, count: int) -> "Cost":
        """Of one of `count`."""
        return Cost(*(value / count for value in astuple(self)))


@dataclass(frozen=True)
class Costs:
    """What was measured, with one core's seconds."""

    single: Cost  # of an exchange with one visit
    queued: Cost  # of a visit in a queue that is sent at once
    idle: Cost  # of an exchange that sends nothing, and gets what others have sent
    stored: float  # bytes of a visit in the database
    worker_memory: float  # bytes of a server process after the run
    start: float  # seconds that the server took to start, with all communes begun


@dataclass(frozen=True)
class Minute:
    """How many exchanges a minute of the day has: with one visit, with none, with an evening's queue."""

    singles: float
    idles: float
    queues: float

    def cpu(self, costs: Costs, day: Campaign) -> tuple[float, float]:
        """Cores of the app and of the database that are busy."""
        visits = self.queues * day.visits
        parts = ((self.singles, costs.single), (self.idles, costs.idle), (visits, costs.queued))
        app = sum(count * cost.app for count, cost in parts)
        return app / MINUTE, sum(count * cost.database for count, cost in parts) / MINUTE


@dataclass(frozen=True)
class Load:
    """What communes need together: in the busiest minute (cores, exchanges and bytes of the write-ahead log a
    second), on a campaign day and in a year (bytes)."""

    app: float
    database: float
    exchanges: float
    log_rate: float
    log_day: float
    wire_day: float
    stored_year: float
    phones: int


def nation(seed: int = 1) -> list[Place]:
    """The communes of the official list, with numbers that add up to the nation's."""
    dice = random.Random(seed)
    with AREAS_FILE.open(encoding="utf-8", newline="") as lines:
        communes = [(row["commune_code"], row["province_code"]) for row in csv.DictReader(lines)]
    hamlets = _shares(HAMLETS, [dice.lognormvariate(0, _UNEQUAL) for _ in communes])
    sizes = [sum(_households(dice) for _ in range(count)) for count in hamlets]
    members = _shares(MEMBERS, hamlets)
    households = _shares(HOUSEHOLDS, sizes)
    return [
        Place(*commune, *numbers)
        for commune, *numbers in zip(communes, hamlets, members, households, strict=True)
    ]


def _households(dice: random.Random) -> float:
    """Of a hamlet; the mean is the nation's."""
    share = (HOUSEHOLDS / HAMLETS - FEWEST) / (MOST - FEWEST)
    return FEWEST + (MOST - FEWEST) * dice.betavariate(4 * share, 4 * (1 - share))


def _shares(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total`, as large as their weights, each at least 1."""
    ends, sum_of = [0], 0.0
    whole, free = sum(weights), total - len(weights)
    for weight in weights:
        sum_of += weight
        ends.append(round(free * sum_of / whole))
    return [1 + end - start for start, end in pairwise(ends)]


def provinces(places: Iterable[Place]) -> list[list[Place]]:
    """The communes of each province, the one with the most members first."""
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.province, []).append(place)
    return sorted(found.values(), key=members_of, reverse=True)


def members_of(places: Iterable[Place]) -> int:
    """How many members these communes have together."""
    return sum(place.members for place in places)


def load(members: int, costs: Costs, day: Campaign) -> Load:
    """What the phones of so many members need, who are back one after the other."""
    phones = members * day.active
    busiest = max(minutes(phones, day), key=lambda minute: sum(minute.cpu(costs, day)))
    app, database = busiest.cpu(costs, day)
    visits = phones * day.visits
    return Load(
        app=app,
        database=database,
        exchanges=(busiest.singles + busiest.idles + busiest.queues) / MINUTE,
        log_rate=(busiest.singles * costs.single.log + busiest.queues * day.visits * costs.queued.log)
        / MINUTE,
        log_day=visits * _mixed(costs.single.log, costs.queued.log, day),
        wire_day=visits * _mixed(costs.single.wire, costs.queued.wire, day),
        stored_year=visits * costs.stored * day.days,
        phones=round(phones),
    )


def minutes(phones: float, day: Campaign) -> list[Minute]:
    """Every minute of a campaign day."""
    hours = sum(end - start for start, end in day.walking)
    found = []
    for minute in range(24 * 60):
        at, until = minute / 60, (minute + 1) / 60
        walk = 1 / hours / 60 if any(start <= at < end for start, end in day.walking) else 0.0
        arriving = _back_by(until, day) - _back_by(at, day)
        found.append(
            Minute(
                singles=phones * day.at_once * day.visits * walk,
                idles=phones * day.openings * walk,
                queues=phones * (1 - day.at_once) * arriving,
            )
        )
    return found


def last_answer(members: int, costs: Costs, day: Campaign, cores: float, factor: float = 1.0) -> float:
    """Seconds until the last phone is answered if all that bring a queue send it at once, and so many cores
    of app and database do nothing else. `factor`: of the CPU on PostgreSQL."""
    app, database = Minute(0, 0, members * day.active * (1 - day.at_once)).cpu(costs, day)
    return (app + database) * factor * MINUTE / cores


def _mixed(single: float, queued: float, day: Campaign) -> float:
    """The mean of a visit that is sent alone and one in a queue, as often as they are."""
    return day.at_once * single + (1 - day.at_once) * queued


def _back_by(at: float, day: Campaign) -> float:
    """The share of those without a signal who are back by an hour of the day."""
    return 0.5 * (1 + math.erf((at - day.back) / day.spread / math.sqrt(2)))
