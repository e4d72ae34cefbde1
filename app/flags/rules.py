"""The rules of flags: each finds visits, and the numbers of its sentence.

Rules about how visits were recorded leave out those that a supervisor entered from paper: somebody read them
when they were typed, and paper has no time of day. Rules about what a visit says hold for all. Only visits
that count are looked at: a returned or withdrawn one has no flags.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from app.commune_settings import CommuneSettings
from app.flags.facts import FlagFact

Numbers = dict[str, int]
_TIME = attrgetter("happened_at", "id")

CLOCK, PEOPLE, DIGITS, REPEATED = "clock", "people", "digits", "repeated"
MANY, BURST, COPIED, UNLISTED = "many", "burst", "copied", "unlisted"

# A shorter note says what many visits have in common: "Đã cài xong", "Vắng nhà, hẹn mai".
COPIED_LENGTH = 20
COPIED_NOTES = 3
# Families move in, and lists miss some: one or two households a day that no list has are no surprise.
UNLISTED_HOUSEHOLDS = 3
FEWEST = 3  # visits of a day for which any rule about days can hold: `FLAG_BOUNDS` has no lower threshold

# Identity cards have 12 digits, the older ones 9; a phone number has 10.
_NINE = re.compile("[0-9]{9}")  # four times as fast as the next, and most notes do not match
_DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{9}|[0-9]{12})(?![0-9])")


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
    """The visits for which a rule about several holds, and the numbers of its sentence."""

    visit_ids: list[str]
    numbers: Numbers


class Day(NamedTuple):
    """A person's visits of one day in the order of their times. `new_households`: the ids of those households
    that this person added on that day or later, in hamlets that had a list."""

    visits: list[FlagFact]
    thresholds: Thresholds
    new_households: Set[str] = frozenset()


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
    if _NINE.search(visit.note) and _DIGITS.search(visit.note):
        found[DIGITS] = {}
    return found


def clock(visit: FlagFact, thresholds: Thresholds) -> Numbers:
    """The minutes by which the phone's clock was wrong, if too many."""
    off = abs(visit.happened_at - visit.occurred_at)
    if off <= thresholds.clock or visit.paper or visit.is_oldest:
        return {}
    return {"minutes": round(off.total_seconds() / 60)}


def repeated(visits: Sequence[FlagFact]) -> Finding | None:
    """The visits of one household on one day, if they are two or more.

    Calls at which nobody was in are not counted: to come again the same day is what should be done.
    """
    met = [visit.id for visit in visits if visit.result != "not_home"]
    return Finding(met, {"visits": len(met)}) if len(met) > 1 else None


def many(day: Day) -> Finding | None:
    """The visits of a person on a day with more than can be made."""
    if len(day.visits) <= day.thresholds.many:
        return None
    ids = [visit.id for visit in day.visits if not visit.paper and not visit.is_oldest]
    return Finding(ids, {"visits": len(ids)}) if len(ids) > day.thresholds.many else None


def burst(day: Day) -> Finding | None:
    """Visits in a row, each saved shortly after the one before, outside *Ghi nhanh*.

    `seconds`: the median of the time between two.
    """
    if len(day.visits) < day.thresholds.burst_visits:
        return None
    saved = [visit for visit in day.visits if not visit.quick and not visit.paper]
    if not _has_run(saved, day.thresholds):
        return None
    # Looked at late, because it takes time: leaving out visits makes no run.
    saved = [visit for visit in saved if _is_timed(visit, day.thresholds)]
    ids: list[str] = []
    gaps: list[timedelta] = []
    for run in _runs(saved, day.thresholds.burst_gap):
        if len(run) >= day.thresholds.burst_visits:
            ids += [visit.id for visit in run]
            gaps += [after.happened_at - before.happened_at for before, after in pairwise(run)]
    if not ids:
        return None
    seconds = median(gap.total_seconds() for gap in gaps)
    return Finding(ids, {"visits": len(ids), "seconds": round(seconds)})


def copied(day: Day) -> Finding | None:
    """Visits with the same note, unless it is short."""
    if len(day.visits) < COPIED_NOTES:
        return None
    written = [visit for visit in day.visits if len(visit.note) >= COPIED_LENGTH and not visit.paper]
    if len(written) < COPIED_NOTES:
        return None
    notes = {visit.id: visit.note.lower() for visit in written}
    often = {note for note, count in Counter(notes.values()).items() if count >= COPIED_NOTES}
    ids = [id for id, note in notes.items() if note in often]
    return Finding(ids, {"visits": len(ids)}) if ids else None


def unlisted(day: Day) -> Finding | None:
    """Visits at households that are not in the hamlet's list: their author added them, several that day."""
    found = [visit for visit in day.visits if visit.household_id in day.new_households and not visit.paper]
    households = len({visit.household_id for visit in found})
    if households < UNLISTED_HOUSEHOLDS:
        return None
    return Finding([visit.id for visit in found], {"households": households})


DAY_RULES: dict[str, Callable[[Day], Finding | None]] = {
    MANY: many, BURST: burst, COPIED: copied, UNLISTED: unlisted,
}  # fmt: skip
RULES = (MANY, BURST, COPIED, REPEATED, UNLISTED, CLOCK, PEOPLE, DIGITS)


def flags_of_day(day: Day) -> dict[str, Finding]:
    """The rules about a person's day that hold."""
    return {name: found for name, rule in DAY_RULES.items() if (found := rule(day))}


def in_order(visits: Iterable[FlagFact]) -> list[FlagFact]:
    """Visits in the order of their times."""
    return sorted(visits, key=_TIME)


def _has_run(visits: Sequence[FlagFact], thresholds: Thresholds) -> bool:
    """Whether so many in a row are close to each other as make a burst."""
    gap, row, before = thresholds.burst_gap, 1, None
    for visit in visits:
        at = visit.happened_at
        row = row + 1 if before is not None and at - before < gap else 1
        if row >= thresholds.burst_visits:
            return True
        before = at
    return False


def _is_timed(visit: FlagFact, thresholds: Thresholds) -> bool:
    """Whether its time is known: the server chose that of a visit that the phone dated in the future."""
    if visit.is_oldest:
        return False
    return visit.happened_at != visit.received_at or not clock(visit, thresholds)


def _runs(visits: Sequence[FlagFact], gap: timedelta) -> Iterable[list[FlagFact]]:
    """The visits cut where the time between two is `gap` or more."""
    run: list[FlagFact] = []
    for visit in visits:
        if run and visit.happened_at - run[-1].happened_at >= gap:
            yield run
            run = []
        run.append(visit)
    if run:
        yield run
