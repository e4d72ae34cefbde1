"""The rules about a person's day: what was recorded in the whole of it, in a window of minutes, or in a row.

The numbers are what people can do. Nobody meets more than fifteen households in an hour, or types more than
fourteen visits in ten minutes; in the evening a day on foot is typed from a sheet of paper, and that is work
as honest as another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from app.core.clock import VIETNAM
from app.fieldwork.derived.flags.facts import FlagFact
from app.fieldwork.derived.flags.rules import (
    ABSENCES,
    BURST,
    COPIED,
    COPIED_LENGTH,
    COPIED_NOTES,
    HOUR,
    MANY,
    NIGHT,
    PACE,
    QUICK_ABSENCES,
    REGULAR,
    UNLISTED,
    UNLISTED_HOUSEHOLDS,
    WRITE_UP,
    Day,
    Finding,
)

TEN_MINUTES, ONE_HOUR = timedelta(minutes=10), timedelta(hours=1)
TYPED_IN_TEN_MINUTES = 14
MET_IN_AN_HOUR, MET_IN_AN_EVENING_HOUR = 15, 30
TAPPED_IN_AN_HOUR = 40  # with *Ghi nhanh*: who hands out a leaflet needs a minute
AT_NIGHT = 3
ABSENCES_IN_A_ROW = 12
ROW_GAP = timedelta(minutes=30)
REGULAR_VISITS, REGULAR_GAP = 10, timedelta(seconds=60)
REGULAR_WITHIN = timedelta(seconds=10)
WRITTEN_UP = 10

Visits = Sequence[FlagFact]


def many(day: Day) -> Finding | None:
    """The visits of a person on a day with more than can be made. One tap says that nobody was in: of these
    there can be a street full."""
    if len(day.visits) <= day.thresholds.many:
        return None
    ids = [
        visit.id
        for visit in day.visits
        if not visit.paper and not visit.is_oldest and not _is_quick_absence(visit)
    ]
    return Finding(ids, {"visits": len(ids)}) if len(ids) > day.thresholds.many else None


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
    """More visits in ten minutes than can be typed, whatever they say and at any time of the day."""
    if not _may_be_crowded(day.visits, TYPED_IN_TEN_MINUTES, TEN_MINUTES):
        return None
    return _found(_crowded(day.typed, TEN_MINUTES, lambda *_: TYPED_IN_TEN_MINUTES))


def hour(day: Day) -> Finding | None:
    """More households met in an hour than can be."""
    if not _may_be_crowded(day.visits, MET_IN_AN_HOUR, ONE_HOUR):
        return None
    met = [visit for visit in day.timed if visit.result != "not_home"]
    if found := _found(_crowded([one for one in met if not one.quick], ONE_HOUR, _met_at_most)):
        return found
    return _found(_crowded(met, ONE_HOUR, lambda *_: TAPPED_IN_AN_HOUR))


def night(day: Day) -> Finding | None:
    """Visits in the small hours, several."""
    if not (_is_night(day.visits[0]) or _is_night(day.visits[-1])):  # they are in the order of their times
        return None
    ids = [visit.id for visit in day.timed if _is_night(visit)]
    return Finding(ids, {"visits": len(ids)}) if len(ids) >= AT_NIGHT else None


def absences(day: Day) -> Finding | None:
    """*Vắng nhà* in a row, typed into the form each time: who walks a street where nobody is in taps."""
    return _absences_in_rows(day, is_quick=False)


def regular(day: Day) -> Finding | None:
    """Visits in a row with the same time between two, to a few seconds."""
    if len(day.visits) < REGULAR_VISITS:
        return None
    # Times that the server chose are the same for all: they make no row.
    typed = [visit for visit in day.visits if not visit.quick and not visit.paper]
    if not _may_be_regular(typed):
        return None
    rows = [row for row in _regular_rows(typed) if len(row) >= REGULAR_VISITS]
    if not rows:
        return None
    gaps = [after.happened_at - before.happened_at for row in rows for before, after in pairwise(row)]
    ids = [visit.id for row in rows for visit in row]
    return Finding(ids, {"visits": len(ids), "seconds": round(median(gap.total_seconds() for gap in gaps))})


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


def write_up(day: Day) -> Finding | None:
    """Notice: a day on foot that is typed in the evening."""
    if not _may_be_crowded(day.visits, WRITTEN_UP - 1, ONE_HOUR) or not _is_evening(day.visits[-1]):
        return None
    evening = [visit for visit in day.timed if _is_evening(visit) and not _is_quick_absence(visit)]
    return _found(_crowded(evening, ONE_HOUR, lambda *_: WRITTEN_UP - 1))


def quick_absences(day: Day) -> Finding | None:
    """Notice: a street where nobody was in, tapped with *Ghi nhanh*."""
    return _absences_in_rows(day, is_quick=True)


DAY_RULES: dict[str, Callable[[Day], Finding | None]] = {
    MANY: many, BURST: burst, PACE: pace, HOUR: hour, NIGHT: night, ABSENCES: absences, REGULAR: regular,
    COPIED: copied, UNLISTED: unlisted, WRITE_UP: write_up, QUICK_ABSENCES: quick_absences,
}  # fmt: skip


_NARROW_TO_WIDE = (BURST, PACE, HOUR)


def flags_of_day(day: Day) -> dict[str, Finding]:
    """The rules about a person's day that hold. A window says nothing of visits that are all in a narrower
    one."""
    found = {name: finding for name, rule in DAY_RULES.items() if (finding := rule(day))}
    for number, name in enumerate(_NARROW_TO_WIDE):
        said = {id for other in _NARROW_TO_WIDE[:number] if other in found for id in found[other].visit_ids}
        if said and name in found and said.issuperset(found[name].visit_ids):
            del found[name]
    return found


def _is_quick_absence(visit: FlagFact) -> bool:
    return visit.quick and visit.result == "not_home"


def _is_night(visit: FlagFact) -> bool:
    return not 5 <= visit.happened_at.astimezone(VIETNAM).hour < 23


def _is_evening(visit: FlagFact) -> bool:
    return 17 <= visit.happened_at.astimezone(VIETNAM).hour < 23


def _met_at_most(first: FlagFact, last: FlagFact) -> int:
    return MET_IN_AN_EVENING_HOUR if _is_evening(first) and _is_evening(last) else MET_IN_AN_HOUR


def _may_be_crowded(visits: Visits, most: int, length: timedelta) -> bool:
    """Whether more than `most` visits lie within `length`: a quick look before it is known which of them a
    rule counts, because leaving some out makes no window fuller."""
    return any(
        after.happened_at - before.happened_at <= length
        for before, after in zip(visits, visits[most:], strict=False)
    )


def _may_be_regular(visits: Visits) -> bool:
    """Whether the time between two may be the same over a row: it is at its ends."""
    gaps = [after.happened_at - before.happened_at for before, after in pairwise(visits)]
    ends = zip(gaps, gaps[REGULAR_VISITS - 2 :], strict=False)
    return any(abs(last - first) <= REGULAR_WITHIN and first >= REGULAR_GAP for first, last in ends)


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
    ids: list[str] = []
    for row in _rows(day.timed, lambda before, after: after.happened_at - before.happened_at <= ROW_GAP):
        for alike in _alike(row, lambda visit: visit.result == "not_home" and visit.quick == is_quick):
            ids += [visit.id for visit in alike] if len(alike) >= ABSENCES_IN_A_ROW else []
    return Finding(ids, {"visits": len(ids)}) if ids else None


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


def _regular_rows(visits: Visits) -> Iterator[list[FlagFact]]:
    """The visits cut where the time between two is another than between those before."""
    row: list[FlagFact] = []
    for visit in visits:
        gap = visit.happened_at - row[-1].happened_at if row else REGULAR_GAP
        usual = row[1].happened_at - row[0].happened_at if len(row) > 1 else gap
        if row and (gap < REGULAR_GAP or abs(gap - usual) > REGULAR_WITHIN):
            yield row
            row = row[-1:] if gap >= REGULAR_GAP else []
        row.append(visit)
    if row:
        yield row
