"""The rules about a person's day: what was recorded in the whole of it, in a window of minutes, or in a row.

The numbers are what people can do, and how honest days differ from invented ones (`tests/review/days`): on
foot an absence takes a minute and help a quarter of an hour, so that the longest of the times between two
visits are ten times as long as the shortest, and somebody is always out. What one honest day in a hundred
shows as well is a sign: a flag only beside another one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from app.core.clock import VIETNAM
from app.fieldwork.derived.flags.facts import FlagFact
from app.fieldwork.derived.flags.rules import (
    ABSENCES,
    ALIKE,
    ALL_MET,
    AT_SESSION,
    BURST,
    COPIED,
    COPIED_LENGTH,
    COPIED_NOTES,
    CROWDS,
    FEWEST_ALIKE,
    FLAG,
    HOUR,
    MANY,
    NIGHT,
    NOTICE,
    OFTEN,
    PACE,
    QUICK_ABSENCES,
    REGULAR,
    RULES,
    SIGNS,
    UNLINKED,
    UNLISTED,
    UNLISTED_HOUSEHOLDS,
    WRITE_UP,
    Day,
    Finding,
)

TEN_MINUTES, HALF_AN_HOUR, ONE_HOUR = (timedelta(minutes=minutes) for minutes in (10, 30, 60))
TYPED_IN_TEN_MINUTES, MET_IN_TEN_MINUTES = 14, 11
MET_IN_AN_HOUR, MET_IN_AN_EVENING_HOUR = 15, 30
TAPPED_IN_AN_HOUR = 40  # with *Ghi nhanh*: who hands out a leaflet needs a minute
MORE_THAN_ANYBODY = 1.5  # times the threshold of `many`
AT_NIGHT = 2
SENT_AT_NIGHT = timedelta(hours=12)  # a clock that was wrong is set right before a phone sends
ABSENCES_IN_A_ROW = 10
ROW_GAP = timedelta(minutes=30)
WALKED = 75  # seconds from one closed gate to the next, with the form
REGULAR_GAPS = 9
BY_THE_CLOCK, EXACT, EVEN = 1.3, 1.6, 4.0  # the longest tenth, as a multiple of the shortest
TYPED, ON_FOOT = 30, 200  # seconds between two visits: less is typing in one go
LINKED, OF_EACH = 1.25, 5
MET_IN_A_DAY, MET_BY_NOBODY = 16, 30
ALIKE_SHARE = 0.95
CROWD, CROWDED_VISITS = 5, 5
WRITTEN_UP = 10

Visits = Sequence[FlagFact]


def many(day: Day) -> Finding | None:
    """The visits of a person on a day with more than is usual. One tap says that nobody was in: of these
    there can be a street full."""
    most = day.thresholds.many
    if len(day.visits) <= most:
        return None
    ids = [
        visit.id
        for visit in day.visits
        if not visit.paper and not visit.is_oldest and not _is_quick_absence(visit)
    ]
    if len(ids) <= most:
        return None
    return Finding(ids, {"visits": len(ids)}, is_flag=len(ids) > most * MORE_THAN_ANYBODY)


def burst(day: Day) -> Finding | None:
    """Visits in a row, each saved shortly after the one before, outside *Ghi nhanh*.

    `seconds`: the median of the time between two.
    """
    if len(day.visits) < day.thresholds.burst_visits:
        return None
    saved = [visit for visit in day.visits if not visit.quick and not visit.paper]
    # Whether their times are known is looked at late, because it takes time: leaving out visits makes no row.
    if not _has_burst(saved, day):
        return None
    rows = list(_bursts(day.typed, day))
    if not rows:
        return None
    gaps = [after.happened_at - before.happened_at for row in rows for before, after in pairwise(row)]
    ids = [visit.id for row in rows for visit in row]
    return Finding(ids, {"visits": len(ids), "seconds": round(median(gap.total_seconds() for gap in gaps))})


def pace(day: Day) -> Finding | None:
    """More visits in ten minutes than can be typed, at any time of the day: an absence takes less."""
    if not _may_be_crowded(day.visits, MET_IN_TEN_MINUTES, TEN_MINUTES):
        return None
    if found := _found(_crowded(day.typed, TEN_MINUTES, lambda *_: TYPED_IN_TEN_MINUTES)):
        return found
    met = [visit for visit in day.typed if visit.result != "not_home"]
    return _found(_crowded(met, TEN_MINUTES, lambda *_: MET_IN_TEN_MINUTES))


def hour(day: Day) -> Finding | None:
    """More households met in an hour than can be."""
    if not _may_be_crowded(day.visits, MET_IN_AN_HOUR, ONE_HOUR):
        return None
    met = [visit for visit in day.timed if visit.result != "not_home"]
    if found := _found(_crowded([one for one in met if not one.quick], ONE_HOUR, _met_at_most)):
        return found
    return _found(_crowded(met, ONE_HOUR, lambda *_: TAPPED_IN_AN_HOUR))


def night(day: Day) -> Finding | None:
    """Visits when people sleep. A notice from 4:00 on, when boats come in and the market begins, and where
    the phone sent them long after: its clock may have been wrong and set right since."""
    if not (_is_night(day.visits[0]) or _is_night(day.visits[-1])):  # they are in the order of their times
        return None
    found = [visit for visit in day.timed if _is_night(visit)]
    if len(found) < AT_NIGHT:
        return None
    asleep = [visit for visit in found if _hour(visit) != 4 and _was_sent_soon(visit)]
    is_flag = len(asleep) >= AT_NIGHT
    return Finding([visit.id for visit in found], {"visits": len(found)}, is_flag=is_flag)


def absences(day: Day) -> Finding | None:
    """*Vắng nhà* in a row, typed into the form each time. A flag where that was faster than one walks from
    gate to gate."""
    return _absences_in_rows(day, is_quick=False)


def regular(day: Day) -> Finding | None:
    """About the same time between any two visits. A flag where it is the same, whatever else is said."""
    if len(day.visits) <= REGULAR_GAPS or len(day.gaps) < REGULAR_GAPS:
        return None
    gaps = sorted(gap for gap, _visit in day.gaps)
    least, usual, most = (gaps[int(len(gaps) * share)] for share in (0.1, 0.5, 0.9))
    spread = most / max(least, 1)
    if usual < TYPED or spread > EVEN or (usual < ON_FOOT and spread > EXACT):
        return None
    numbers = {"visits": len(gaps) + 1, "least": round(least), "most": round(most)}
    return Finding([visit.id for visit in day.timed], numbers, is_flag=spread <= BY_THE_CLOCK)


def unlinked(day: Day) -> Finding | None:
    """As long before an absence as before a visit with help."""
    if len(day.visits) <= 2 * OF_EACH:
        return None
    absent = [gap for gap, visit in day.gaps if visit.result == "not_home"]
    helped = [gap for gap, visit in day.gaps if visit.result == "helped"]
    if min(len(absent), len(helped)) < OF_EACH or median(helped) >= median(absent) * LINKED:
        return None
    numbers = {"absent": round(median(absent)), "helped": round(median(helped))}
    return Finding([visit.id for visit in day.timed], numbers)


def all_met(day: Day) -> Finding | None:
    """A day on which nobody was out."""
    if len(day.visits) < MET_IN_A_DAY or any(visit.result == "not_home" for visit in day.visits):
        return None
    ids = [visit.id for visit in day.visits if not visit.paper]
    return Finding(ids, {"visits": len(ids)}, is_flag=len(ids) >= MET_BY_NOBODY) if ids else None


def alike(day: Day) -> Finding | None:
    """Visits with help that all say the same: the services, their outcomes and the number of people."""
    helped = [visit for visit in day.visits if visit.result == "helped" and not visit.paper]
    if len(helped) < FEWEST_ALIKE:
        return None
    often, count = Counter(visit.services for visit in helped).most_common(1)[0]
    if count < len(helped) * ALIKE_SHARE:
        return None
    return _all(visit for visit in helped if visit.services == often)


def crowds(day: Day) -> Finding | None:
    """Many people at most of the visits with help."""
    found = [visit for visit in day.visits if visit.people >= CROWD]
    if len(found) < CROWDED_VISITS or 2 * len(found) <= sum(v.result == "helped" for v in day.visits):
        return None
    return Finding([visit.id for visit in found], {"visits": len(found), "people": CROWD})


def copied(day: Day) -> Finding | None:
    """Visits with help of which most have a note that others have as well, unless it is short. A note on
    another result says what many have in common: when to come again."""
    if len(day.visits) < COPIED_NOTES:
        return None
    helped = [visit for visit in day.visits if visit.result == "helped" and not visit.paper]
    notes = {visit.id: visit.note.lower() for visit in helped if len(visit.note) >= COPIED_LENGTH}
    if len(notes) < COPIED_NOTES:
        return None
    often = {note for note, count in Counter(notes.values()).items() if count >= COPIED_NOTES}
    ids = [id for id, note in notes.items() if note in often]
    return Finding(ids, {"visits": len(ids)}) if ids and 2 * len(ids) >= len(helped) else None


def unlisted(day: Day) -> Finding | None:
    """Visits at households that are not in the hamlet's list: their author added them, several that day."""
    found = [visit for visit in day.visits if visit.household_id in day.new_households and not visit.paper]
    households = len({visit.household_id for visit in found})
    if households < UNLISTED_HOUSEHOLDS:
        return None
    return Finding([visit.id for visit in found], {"households": households})


def write_up(day: Day) -> Finding | None:
    """Notice: visits that are typed in one go, as from a sheet of paper, at any hour."""
    if not _may_be_crowded(day.visits, WRITTEN_UP - 1, HALF_AN_HOUR):
        return None
    return _found(_crowded(day.typed, HALF_AN_HOUR, lambda *_: WRITTEN_UP - 1))


def quick_absences(day: Day) -> Finding | None:
    """A street where nobody was in, tapped with *Ghi nhanh*."""
    return _absences_in_rows(day, is_quick=True)


DAY_RULES: dict[str, Callable[[Day], Finding | None]] = {
    MANY: many, BURST: burst, PACE: pace, HOUR: hour, NIGHT: night, ABSENCES: absences, REGULAR: regular,
    UNLINKED: unlinked, ALL_MET: all_met, ALIKE: alike, CROWDS: crowds, COPIED: copied, UNLISTED: unlisted,
    WRITE_UP: write_up, QUICK_ABSENCES: quick_absences,
}  # fmt: skip


# Of visits that one of these says were typed faster than they can be, the rules after it say nothing.
_NARROW_TO_WIDE = (BURST, PACE, HOUR)
_OF_ONE_GO = (REGULAR, UNLINKED, ALL_MET, ALIKE, WRITE_UP)
# Signs that say the same: one beside the other is no second one.
_SAME = {UNLINKED: REGULAR, QUICK_ABSENCES: ABSENCES}
# Where many come to one place, visits are written in one go, and nobody is out.
_AS_AT_A_SESSION = (*_NARROW_TO_WIDE, *_OF_ONE_GO)
OF_A_SESSION = 1.2  # visits for each who came: a family has two now and then


def flags_of_day(day: Day) -> dict[str, Finding]:
    """The rules about a person's day that hold. A window says nothing of visits that are all in a narrower
    one. A sign is a flag beside a flag or another sign, and where the person's earlier days have shown it as
    well; those that an outreach session of that day explains are neither."""
    found = {name: finding for name, rule in DAY_RULES.items() if (finding := rule(day))}
    _delete_said(found)
    at_session = _at_session(day, found)
    beside = {
        _SAME.get(name, name) for name in found if RULES[name].strength != NOTICE and name not in at_session
    }
    judged = {
        name: _judged(name, finding, day, are_joined=len(beside) > 1)
        if name not in at_session
        else finding._replace(is_flag=False)
        for name, finding in found.items()
    }
    if at_session:
        ids = {id for name in at_session for id in found[name].visit_ids}
        there = [visit.id for visit in day.visits if visit.id in ids and visit.hamlet_id in day.sessions]
        judged[AT_SESSION] = Finding(there, {"people": sum(day.sessions.values())})
    return judged


def _delete_said(found: dict[str, Finding]) -> None:
    said: set[str] = set()
    for name in (*_NARROW_TO_WIDE, *_OF_ONE_GO):
        if said and name in found and said.issuperset(found[name].visit_ids):
            del found[name]
        elif name in _NARROW_TO_WIDE[:-1] and name in found:
            said |= set(found[name].visit_ids)


def may_be_of_session(found: Iterable[str]) -> bool:
    """Whether an outreach session may explain one of these rules."""
    return not set(_AS_AT_A_SESSION).isdisjoint(found)


def _at_session(day: Day, found: Mapping[str, Finding]) -> set[str]:
    """The rules that hold because of an outreach session: for visits of its hamlet, no more than came."""
    if not day.sessions:
        return set()
    at, came = (
        {visit.id for visit in day.visits if visit.hamlet_id in day.sessions},
        sum(day.sessions.values()),
    )
    return {
        name
        for name in _AS_AT_A_SESSION
        if name in found and at.issuperset(ids := found[name].visit_ids) and len(ids) <= came * OF_A_SESSION
    }


def signs_of(rules: Iterable[str]) -> frozenset[str]:
    """The signs among the rules that hold on a day, without those that an outreach session may explain."""
    found = set(rules)
    explained = set(_AS_AT_A_SESSION) if AT_SESSION in found else set()
    return frozenset(_SAME.get(name, name) for name in (found & SIGNS) - explained)


def _judged(name: str, finding: Finding, day: Day, *, are_joined: bool) -> Finding:
    is_sign, strength = name in SIGNS, RULES[name].strength
    if is_sign and (earlier := day.earlier.get(_SAME.get(name, name), 0)) >= OFTEN:
        return finding._replace(is_flag=True, numbers=finding.numbers | {"days": earlier + 1})
    return finding._replace(is_flag=finding.is_flag or strength == FLAG or (is_sign and are_joined))


def _all(visits: Iterable[FlagFact]) -> Finding:
    ids = [visit.id for visit in visits]
    return Finding(ids, {"visits": len(ids)})


def _hour(visit: FlagFact) -> int:
    return visit.happened_at.astimezone(VIETNAM).hour


def _was_sent_soon(visit: FlagFact) -> bool:
    return visit.received_at - visit.happened_at < SENT_AT_NIGHT


def _is_quick_absence(visit: FlagFact) -> bool:
    return visit.quick and visit.result == "not_home"


def _is_night(visit: FlagFact) -> bool:
    return not 5 <= _hour(visit) < 23


def _is_evening(visit: FlagFact) -> bool:
    return 17 <= _hour(visit) < 23


def _met_at_most(first: FlagFact, last: FlagFact) -> int:
    return MET_IN_AN_EVENING_HOUR if _is_evening(first) and _is_evening(last) else MET_IN_AN_HOUR


def _may_be_crowded(visits: Visits, most: int, length: timedelta) -> bool:
    """Whether more than `most` visits lie within `length`: a quick look before it is known which of them a
    rule counts, because leaving some out makes no window fuller."""
    return any(
        after.happened_at - before.happened_at <= length
        for before, after in zip(visits, visits[most:], strict=False)
    )


def _has_burst(visits: Visits, day: Day) -> bool:
    gap, row = day.thresholds.burst_gap, 1
    for before, after in pairwise(visits):
        row = row + 1 if after.happened_at - before.happened_at < gap else 1
        if row >= day.thresholds.burst_visits:
            return True
    return False


def _crowded(
    visits: Visits, length: timedelta, most: Callable[[FlagFact, FlagFact], int]
) -> tuple[list[str], int]:
    """The ids of the visits in windows of this length with more than `most` visits, and the highest number in
    one window. `most` may depend on the window's first and last visit."""
    ids: list[str] = []
    start, known, greatest = 0, 0, 0
    for end, last in enumerate(visits, start=1):
        while last.happened_at - visits[start].happened_at > length:
            start += 1
        if end - start > most(visits[start], last):
            ids += [visit.id for visit in visits[max(start, known) : end]]
            known, greatest = end, max(greatest, end - start)
    return ids, greatest


def _found(crowded: tuple[list[str], int]) -> Finding | None:
    ids, greatest = crowded
    return Finding(ids, {"visits": greatest}) if ids else None


def _absences_in_rows(day: Day, *, is_quick: bool) -> Finding | None:
    if len(day.visits) < ABSENCES_IN_A_ROW:
        return None
    if sum(visit.result == "not_home" for visit in day.visits) < ABSENCES_IN_A_ROW:
        return None
    found: list[list[FlagFact]] = []
    for row in _rows(day.timed, lambda before, after: after.happened_at - before.happened_at <= ROW_GAP):
        alike = _alike(row, lambda visit: visit.result == "not_home" and visit.quick == is_quick)
        found += [one for one in alike if len(one) >= ABSENCES_IN_A_ROW]
    if not found:
        return None
    ids = [visit.id for row in found for visit in row]
    return Finding(ids, {"visits": len(ids)}, is_flag=not is_quick and any(map(_is_too_fast, found)))


def _is_too_fast(row: Visits) -> bool:
    gaps = (after.happened_at - before.happened_at for before, after in pairwise(row))
    return median(gap.total_seconds() for gap in gaps) < WALKED


def _alike(visits: Visits, is_meant: Callable[[FlagFact], bool]) -> Iterator[list[FlagFact]]:
    """The visits that are meant, cut where another one lies between two."""
    row: list[FlagFact] = []
    for visit in visits:
        if is_meant(visit):
            row.append(visit)
        elif row:
            yield row
            row = []
    if row:
        yield row


def _bursts(visits: Visits, day: Day) -> Iterable[list[FlagFact]]:
    gap = day.thresholds.burst_gap
    rows = _rows(visits, lambda before, after: after.happened_at - before.happened_at < gap)
    return (row for row in rows if len(row) >= day.thresholds.burst_visits)


def _rows(visits: Visits, is_next: Callable[[FlagFact, FlagFact], bool]) -> Iterator[list[FlagFact]]:
    """The visits cut where one does not follow the one before."""
    row: list[FlagFact] = []
    for visit in visits:
        if row and not is_next(row[-1], visit):
            yield row
            row = []
        row.append(visit)
    if row:
        yield row
