"""The rules of flags: each finds visits, and the numbers of its sentence, and says how far it looks.

Rules about how visits were recorded leave out those that a supervisor entered from paper: somebody read them
when they were typed, and paper has no time of day. Rules about what a visit says hold for all. Only visits
that count are looked at: a returned or withdrawn one has no flags. A *notice* says what a supervisor should
know of visits that are as honest as others: it holds up no decision. A *sign* is a notice where it stands
alone, and a flag beside another sign on the same day.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from app.commune.settings import CommuneSettings
from app.core.numbers.id_numbers import POINT
from app.fieldwork.derived.flags.facts import FlagFact

Numbers = dict[str, int]
_TIME = attrgetter("happened_at", "id")

CLOCK, PEOPLE, DIGITS = "clock", "people", "digits"
REPEATED, TOGETHER = "repeated", "together"
MANY, BURST, COPIED, UNLISTED = "many", "burst", "copied", "unlisted"
PACE, HOUR, NIGHT, ABSENCES, REGULAR = "pace", "hour", "night", "absences", "regular"
WRITE_UP, QUICK_ABSENCES = "write_up", "quick_absences"
UNLINKED, ALL_MET, ALIKE, CROWDS = "unlinked", "all_met", "alike", "crowds"
AT_SESSION = "at_session"

# The version of the rules with which a commune's flags were computed: higher whenever one is changed.
VERSION = 4

# A shorter note says what many visits have in common: "Đã cài xong", "Vắng nhà, hẹn mai".
COPIED_LENGTH = 20
COPIED_NOTES = 3
# Families move in, and lists miss some: one or two households a day that no list has are no surprise.
UNLISTED_HOUSEHOLDS = 3
FEWEST = 2  # visits of a day for which any rule about days can hold
FEWEST_ALIKE = 8  # for which one that compares services can
TOGETHER_WITHIN = timedelta(minutes=30)
BREAK = timedelta(minutes=45)
# A sign that a person's days have shown so often in these days before is a flag.
LOOK_BACK, OFTEN = timedelta(days=14), 2

# What `mask_id_numbers` leaves of the number of an identity card.
_MASKED = re.compile(f"(?<!{POINT})(?:{POINT}{{9}}|{POINT}{{12}})(?!{POINT})")


class Rule(NamedTuple):
    """How far a rule looks: at one visit, a household's or a person's day; `window`: how far within it.
    `strength`: what it is where it stands alone."""

    looks_at: str
    window: str
    strength: str


VISIT, HOUSEHOLD, DAY = "visit", "household's day", "person's day"
FLAG, SIGN, NOTICE = "flag", "sign", "notice"
_ROW = "visits in a row, 30 minutes from each to the next"
RULES: dict[str, Rule] = {
    MANY: Rule(DAY, "the whole day", SIGN),
    BURST: Rule(DAY, "visits in a row, from each to the next", FLAG),
    PACE: Rule(DAY, "10 minutes", FLAG),
    HOUR: Rule(DAY, "60 minutes", SIGN),
    NIGHT: Rule(DAY, "from 23:00 to 5:00", NOTICE),
    ABSENCES: Rule(DAY, _ROW, SIGN),
    REGULAR: Rule(DAY, "the whole day, without breaks of 45 minutes", SIGN),
    UNLINKED: Rule(DAY, "the whole day, without breaks of 45 minutes", SIGN),
    ALL_MET: Rule(DAY, "the whole day", SIGN),
    ALIKE: Rule(DAY, "the whole day", SIGN),
    CROWDS: Rule(DAY, "the whole day", FLAG),
    COPIED: Rule(DAY, "the whole day", FLAG),
    REPEATED: Rule(HOUSEHOLD, "the whole day", FLAG),
    UNLISTED: Rule(DAY, "the whole day", FLAG),
    PEOPLE: Rule(VISIT, "the visit", NOTICE),
    DIGITS: Rule(VISIT, "the visit", FLAG),
    TOGETHER: Rule(HOUSEHOLD, "30 minutes", NOTICE),
    WRITE_UP: Rule(DAY, "30 minutes", NOTICE),
    QUICK_ABSENCES: Rule(DAY, _ROW, SIGN),
    AT_SESSION: Rule(DAY, "the whole day", NOTICE),
    CLOCK: Rule(VISIT, "the visit", NOTICE),
}
OF_DAYS = frozenset(rule for rule, about in RULES.items() if about.looks_at == DAY)
SIGNS = frozenset(rule for rule, about in RULES.items() if about.strength == SIGN)
ORDER = {rule: number for number, rule in enumerate(RULES)}


@dataclass(frozen=True)
class Thresholds:
    """The numbers above (`many`, `people`, `clock`) or from (`burst_visits`) which a rule holds, and the gap
    below which visits are a burst."""

    many: int
    burst_visits: int
    burst_gap: timedelta
    clock: timedelta
    people: int


class Finding(NamedTuple):
    """The visits for which a rule about several holds, and the numbers of its sentence. `first_id`: the visit
    that was there before them. `is_flag`: it is one, and no notice."""

    visit_ids: list[str]
    numbers: Numbers
    first_id: str | None = None
    is_flag: bool = False


@dataclass(frozen=True)
class Day:
    """A person's visits of one day in the order of their times. `new_households`: the ids of those households
    that this person added on that day or later, in hamlets that had a list; `sessions`: how many came to the
    outreach sessions of that day, by hamlet; `earlier`: on how many of the person's days of `LOOK_BACK`
    before each sign was found."""

    visits: list[FlagFact]
    thresholds: Thresholds
    new_households: Set[str] = frozenset()
    sessions: Mapping[str, int] = field(default_factory=dict)
    earlier: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def timed(self) -> list[FlagFact]:
        """Those of a phone whose time is known: the server chose that of a visit that the phone dated in the
        future."""
        return [visit for visit in self.visits if not visit.paper and _is_timed(visit, self.thresholds)]

    @cached_property
    def gaps(self) -> list[tuple[float, FlagFact]]:
        """The seconds before each of `timed` that follows another one after no break."""
        pairs = ((after.happened_at - before.happened_at, after) for before, after in pairwise(self.timed))
        return [(gap.total_seconds(), visit) for gap, visit in pairs if gap < BREAK]

    @cached_property
    def typed(self) -> list[FlagFact]:
        """Those of `timed` that were typed into the form, outside *Ghi nhanh*."""
        return [visit for visit in self.timed if not visit.quick]


def thresholds_of(settings: CommuneSettings) -> Thresholds:
    """The thresholds that a commune has set."""
    return Thresholds(
        many=settings.flag_daily_visits,
        burst_visits=settings.flag_burst_visits,
        burst_gap=timedelta(seconds=settings.flag_burst_seconds),
        clock=timedelta(minutes=settings.flag_clock_minutes),
        people=settings.flag_people,
    )


def flags_of_visit(visit: FlagFact, thresholds: Thresholds) -> dict[str, Numbers]:
    """The rules about one visit that hold for it."""
    found: dict[str, Numbers] = {}
    if numbers := clock(visit, thresholds):
        found[CLOCK] = numbers
    if visit.people > thresholds.people:
        found[PEOPLE] = {"people": visit.people}
    if POINT in visit.note and _MASKED.search(visit.note):
        found[DIGITS] = {}
    return found


def clock(visit: FlagFact, thresholds: Thresholds) -> Numbers:
    """The minutes by which the phone's clock was wrong, if too many."""
    off = abs(visit.happened_at - visit.occurred_at)
    if off <= thresholds.clock or visit.paper or visit.is_oldest:
        return {}
    return {"minutes": round(off.total_seconds() / 60)}


def flags_of_household(visits: Sequence[FlagFact]) -> list[tuple[str, Finding]]:
    """The rules about the visits of one household on one day.

    What stands is the visit that came second and those after it, not the first: who went there must not be
    asked about what somebody else wrote later. Paper has no time of day, so it comes last. Two people who go
    together write minutes from each other. Calls at which nobody was in are not counted: to come again the
    same day is what should be done.
    """
    met = [visit for visit in visits if visit.result != "not_home"]
    if len(met) < 2:
        return []
    met.sort(key=lambda visit: (visit.paper, visit.happened_at, visit.received_at, visit.id))
    first, found, again = met[0], [], []
    for number, visit in enumerate(met[1:], start=1):
        gap = _time_after_another(visit, met[:number])
        if gap is None:
            again.append(visit.id)
        else:
            found.append((TOGETHER, Finding([visit.id], {"minutes": round(gap.seconds / 60)}, first.id)))
    if again:
        found.append((REPEATED, Finding(again, {"visits": len(met)}, first.id)))
    return found


def _time_after_another(visit: FlagFact, earlier: Sequence[FlagFact]) -> timedelta | None:
    """How long after the visit of somebody who may have gone together with its author; None if nobody did."""
    if visit.paper or any(one.recorded_by == visit.recorded_by for one in earlier):
        return None
    gap = visit.happened_at - earlier[-1].happened_at
    return gap if not earlier[-1].paper and gap <= TOGETHER_WITHIN else None


def in_order(visits: Iterable[FlagFact]) -> list[FlagFact]:
    """Visits in the order of their times."""
    return sorted(visits, key=_TIME)


def _is_timed(visit: FlagFact, thresholds: Thresholds) -> bool:
    if visit.is_oldest:
        return False
    return visit.happened_at != visit.received_at or not clock(visit, thresholds)
