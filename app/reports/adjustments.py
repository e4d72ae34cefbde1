"""Adjustments: what closed periods count more or less by now than when they were closed.

The period of the same kind that is closed next has them below its hamlets and in the figures of the commune.
So for each kind the figures of the closed periods and the open one are together all that is counted
(docs/decisions/0052).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period, PeriodKind
from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.fieldwork.derived.household_days.counts import places_at
from app.fieldwork.outreach.queries import sessions_by_day
from app.fieldwork.periods.models import AdjustmentValues, ClosedPeriod
from app.fieldwork.periods.queries import list_closed_of_kind
from app.reports.additive import AdditiveFigures, is_additive, read_additive

# What is counted as it was by snapshots that have no column of the households that were met.
_EARLIER_COLUMNS = frozenset({"visits", "sessions", "attended"})
_SESSIONS = frozenset({"sessions", "attended"}).__contains__  # few rows: they are counted each time


@dataclass(frozen=True)
class Adjustment:
    """What a closed period counts more by now (fewer: negative) and no later one of its kind has printed, by
    column.

    `whole` is the commune; the hamlets are those that stand at the end of the adjusting period.
    """

    period: ClosedPeriod
    whole: dict[str, int]
    by_hamlet: dict[str, dict[str, int]]

    def __bool__(self) -> bool:
        return bool(self.whole or self.by_hamlet)

    @property
    def values(self) -> list[AdjustmentValues]:
        """As a closed period stores it; the commune has no hamlet's id."""
        cells = {"": self.whole, **self.by_hamlet}
        return [
            {"period": self.period.id, "hamlet": id, "cells": counts}
            for id, counts in cells.items()
            if counts
        ]


def find_adjustments(session: Session, actor: Actor, period: Period) -> list[Adjustment]:
    """The adjustments that a period has if it is closed now, of all earlier closed periods of its kind, the
    earliest first."""
    if period.kind is PeriodKind.DATES:
        return []
    closed = list_closed_of_kind(session, actor, period.kind)
    before = [one for one in closed if one.last < period.first]
    if not before:
        return []
    catalog = services_by_code(session, actor)
    hamlets = list_hamlets(session, actor, with_merged=True)
    places, printed = places_at(hamlets, period.last), _printed(closed)
    sessions = _sessions(session, actor, before)
    found = []
    for earlier in before:
        if earlier.is_stale:
            own = places_at(hamlets, earlier.last)
            counted, columns = read_additive(session, actor, earlier.period, catalog, own), _columns(earlier)
        else:
            counted, columns = sessions[earlier.id], _SESSIONS
        found.append(_adjustment(earlier, counted, printed[earlier.id], places, columns))
    return [one for one in found if one]


def changed_unseen(session: Session, actor: Actor) -> list[str]:
    """The codes of closed periods that count something else than when they were closed and adjusted, although
    nothing says that their visits have changed; none if all is well."""
    catalog = services_by_code(session, actor)
    hamlets = list_hamlets(session, actor, with_merged=True)
    codes = []
    for kind in (kind for kind in PeriodKind if kind is not PeriodKind.DATES):
        closed = list_closed_of_kind(session, actor, kind)
        printed = _printed(closed)
        for one in (one for one in closed if not one.is_stale):
            places = {hamlet.id: hamlet.merged_into or hamlet.id for hamlet in hamlets}
            counted = read_additive(session, actor, one.period, catalog, places_at(hamlets, one.last))
            found = _adjustment(one, counted, printed[one.id], places, _columns(one))
            if not found.whole.keys() <= {"sessions", "attended"}:
                codes.append(one.code)
    return codes


def _sessions(session: Session, actor: Actor, closed: list[ClosedPeriod]) -> dict[str, AdditiveFigures]:
    """The sessions of each of these periods, by its id: in one statement."""
    first, last = min(one.first for one in closed), max(one.last for one in closed)
    days = sessions_by_day(session, actor, first, last)
    found = {}
    for one in closed:
        by_hamlet: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (day, hamlet_id), (count, people) in days.items():
            if one.first <= day <= one.last:
                by_hamlet[hamlet_id].update(sessions=count, attended=people)
        found[one.id] = AdditiveFigures(by_hamlet, sum(by_hamlet.values(), Counter[str]()))
    return found


@dataclass
class _Cells:
    """Figures of a closed period by column, of the commune and of hamlets."""

    whole: Counter[str] = field(default_factory=Counter)
    by_hamlet: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def _adjustment(
    earlier: ClosedPeriod,
    counted: AdditiveFigures,
    printed: _Cells,
    places: Mapping[str, str],
    is_wanted: Callable[[str], bool],
) -> Adjustment:
    """What is counted now, less the snapshot and less what was printed, in the columns that are wanted."""
    snapshot = _snapshot(earlier)
    by_hamlet: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hamlet_id, counts in counted.by_hamlet.items():
        by_hamlet[places[hamlet_id]].update(counts)
    for cells in (snapshot, printed):
        for hamlet_id, counts in cells.by_hamlet.items():
            by_hamlet[places[hamlet_id]].subtract(counts)
    whole = Counter(counted.whole)
    whole.subtract(snapshot.whole)
    whole.subtract(printed.whole)
    hamlets = {id: _nonzero(counts, is_wanted) for id, counts in by_hamlet.items()}
    wanted = {id: cells for id, cells in hamlets.items() if cells}
    return Adjustment(earlier, _nonzero(whole, is_wanted), wanted)


def _nonzero(counts: Mapping[str, int], is_wanted: Callable[[str], bool]) -> dict[str, int]:
    return {code: count for code, count in counts.items() if count and is_wanted(code)}


def _columns(closed: ClosedPeriod) -> Callable[[str], bool]:
    """The columns of a snapshot that count what the report's columns of today count."""
    is_of_today = any(code == "met" for code, _heading, _kind in closed.columns)
    return is_additive if is_of_today else _EARLIER_COLUMNS.__contains__


def _snapshot(closed: ClosedPeriod) -> _Cells:
    """What the period was closed with, without the adjustments of others that it has."""
    cells = _Cells()
    codes = [code for code, _heading, _kind in closed.columns]
    for hamlet_id, *figures in closed.rows:
        counts = cells.whole if hamlet_id is None else cells.by_hamlet[hamlet_id]
        for code, figure in zip(codes, figures, strict=True):
            if is_additive(code):
                counts[code] += figure or 0
    for one in closed.adjustments:
        if not one["hamlet"]:
            cells.whole.subtract(one["cells"])
    return cells


def _printed(closed: Iterable[ClosedPeriod]) -> defaultdict[str, _Cells]:
    """The adjustments that closed periods have, by the id of the period that they adjust."""
    printed: defaultdict[str, _Cells] = defaultdict(_Cells)
    for one in closed:
        for values in one.adjustments:
            of_period = printed[values["period"]]
            counts = of_period.by_hamlet[values["hamlet"]] if values["hamlet"] else of_period.whole
            counts.update(values["cells"])
    return printed
