"""What a day comes to in time: its stretches, its pause from each visit to the next, and its pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from app.fieldwork.visits.models import Visit

# From so long a pause on, a day has two stretches: people eat and sleep at noon.
BREAK = timedelta(hours=1)


@dataclass(frozen=True)
class DayFigures:
    """`visits`: all of the day, of which `absent` met nobody, at `households` households. `stretches`: from
    the first to the last visit between two breaks. `pace`: the median of the pauses within stretches, None
    with fewer than two visits in each. Visits from paper have no time and are in the first three only."""

    visits: int
    absent: int
    households: int
    stretches: list[tuple[datetime, datetime]]
    pace: timedelta | None


def day_figures(visits: Sequence[Visit]) -> DayFigures:
    """The figures of one person's visits of one day, in the order of their times."""
    times = [visit.happened_at for visit in visits if visit.entered_by is None]
    pauses = [after - before for before, after in pairwise(times)]
    starts = [0, *(place for place, pause in enumerate(pauses, 1) if pause >= BREAK)] if times else []
    ends = [*(start - 1 for start in starts[1:]), len(times) - 1]
    within = [pause.total_seconds() for pause in pauses if pause < BREAK]
    return DayFigures(
        visits=len(visits),
        absent=sum(visit.result == "not_home" for visit in visits),
        households=len({visit.household_id for visit in visits}),
        stretches=[(times[start], times[end]) for start, end in zip(starts, ends, strict=False)],
        pace=timedelta(seconds=median(within)) if within else None,
    )
