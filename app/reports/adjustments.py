"""Adjustments: what closed periods count more or less by now than when they were closed.

The period of the same kind that is closed next has them below its hamlets and in the figures of the commune.
So for each kind the figures of the closed periods and the open one are together all that is counted
(docs/decisions/0098).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from app.accounts.access import Actor
from app.accounts.commune import services_by_code
from app.calendar.period import Period, PeriodKind
from app.periods.models import AdjustmentValues, ClosedPeriod
from app.periods.queries import list_closed_of_kind
from app.reports.additive import AdditiveFigures, is_additive, read_additive
from app.teams.hamlets import list_hamlets
from app.visits.reach.counts import places_at

# What is counted as it was by snapshots that have no column of the households that were met.
_EARLIER_COLUMNS = frozenset({"visits", "sessions", "attended"})


@dataclass(frozen=True)
class Adjustment:
    """What a closed period counts more by now, fewer if negative, that no later one of its kind has printed:
    by column for the commune (`whole`), and for the hamlets that stood at the end of the adjusting period."""

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
    found = []
    for earlier in before:
        own = places_at(hamlets, earlier.last)
        counted = read_additive(session, actor, earlier.period, catalog, own)
        found.append(_adjustment(earlier, counted, printed[earlier.id], places))
    return [one for one in found if one]


@dataclass
class _Cells:
    """Figures of a closed period by column, of the commune and of hamlets."""

    whole: Counter[str] = field(default_factory=Counter)
    by_hamlet: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def _adjustment(
    earlier: ClosedPeriod, counted: AdditiveFigures, printed: _Cells, places: Mapping[str, str]
) -> Adjustment:
    """What is counted now, less the snapshot and less what was printed."""
    snapshot = _snapshot(earlier)
    codes = [code for code, _heading, _kind in earlier.columns]
    wanted = None if "met" in codes else _EARLIER_COLUMNS
    by_hamlet: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hamlet_id, counts in counted.by_hamlet.items():
        by_hamlet[places[hamlet_id]].update(counts)
    for cells in (snapshot, printed):
        for hamlet_id, counts in cells.by_hamlet.items():
            by_hamlet[places[hamlet_id]].subtract(counts)
    whole = Counter(counted.whole)
    whole.subtract(snapshot.whole)
    whole.subtract(printed.whole)
    hamlets = {id: _nonzero(counts, wanted) for id, counts in by_hamlet.items()}
    return Adjustment(earlier, _nonzero(whole, wanted), {id: cells for id, cells in hamlets.items() if cells})


def _nonzero(counts: Mapping[str, int], wanted: frozenset[str] | None) -> dict[str, int]:
    return {code: count for code, count in counts.items() if count and (wanted is None or code in wanted)}


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
