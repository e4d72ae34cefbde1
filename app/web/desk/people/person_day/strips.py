"""The day as strips: a mark for each visit at its time, above those of colleagues in the same hamlets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import VIETNAM
from app.review.person_day.queries import PersonDay

HOUR = 60  # minutes, the unit of a strip
LEAST_HOURS = 4
MOST_LABELS = 12


@dataclass(frozen=True)
class Mark:
    """A visit at `minute` of the strip; `flagged`: a rule says that somebody should look at it."""

    minute: int
    result: str
    flagged: bool


@dataclass(frozen=True)
class Strip:
    """The marks of one person; `summary`: what they come to, in words."""

    name: str
    summary: str
    marks: list[Mark]


@dataclass(frozen=True)
class Scale:
    """The hours that all strips have: `minutes` long, with the hour as a label every few."""

    start: datetime
    minutes: int
    labels: list[str]

    def minute(self, instant: datetime) -> int:
        """Where an instant is on the strip."""
        return int((instant - self.start).total_seconds() // 60)


def scale_of(found: PersonDay) -> Scale | None:
    """The whole hours from the first to the last visit of the day, at least `LEAST_HOURS`; None without a
    visit that has a time."""
    own = [one.visit.happened_at for one in found.visits if one.visit.entered_by is None]
    if not own:
        return None
    times = [*own, *(at for one in found.colleagues for at in one.times)]
    start = min(times).astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0)
    hours = max(LEAST_HOURS, int((max(times) - start).total_seconds() // 3600) + 1)
    every = -(-hours // MOST_LABELS)
    hours = -(-hours // every) * every
    labels = [str((start + timedelta(hours=one)).hour) for one in range(0, hours, every)]
    return Scale(start, hours * HOUR, labels)


def own_marks(found: PersonDay, scale: Scale) -> list[Mark]:
    """A mark for each visit of the person that has a time."""
    return [
        Mark(
            scale.minute(one.visit.happened_at),
            one.visit.result,
            any(not flag.is_notice for flag in found.flags.get(one.visit.id, [])),
        )
        for one in found.visits
        if one.visit.entered_by is None
    ]


def plain_marks(times: Iterable[datetime], scale: Scale) -> list[Mark]:
    """A mark for each of a colleague's visits."""
    return [Mark(scale.minute(at), "", flagged=False) for at in times]
