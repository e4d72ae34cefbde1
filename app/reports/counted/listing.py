"""The list behind a figure: what it counts, page by page, and the number that it comes to now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NotFound
from app.fieldwork.derived.household_days.counts import places_at

PAGE_SIZE = 50
Kind = Literal["visit", "household", "session", "team", "member"]


@dataclass(frozen=True)
class CountedRecord:
    """A record that a figure counts. `name`: of a team or member, the place of a session; of visits,
    households and needs the `household_id` says whose. `day`: of the visit, session or need; of a household's
    last visit. `amount`: what it adds: people (None if nobody counted them) or 1; of a household its visits,
    which add 1 together. `service`: of a need."""

    kind: Kind
    id: str
    name: str = ""
    household_id: str = ""
    hamlet_id: str = ""
    day: date | None = None
    amount: int | None = 1
    service: str = ""


@dataclass(frozen=True)
class CountedList:
    """A page of the records; `total`: what all of them come to, None if nobody counted; `rows`: how many they
    are."""

    total: int | None
    rows: int
    records: Sequence[CountedRecord]


@dataclass(frozen=True)
class Figure:
    """A figure of a report: the code of its column, its period, and the hamlets that count in it (None: all
    of the commune, also those that are merged). `hamlet_id`: the one that stands, empty for the commune."""

    column: str
    period: Period
    hamlet_ids: tuple[str, ...] | None
    hamlet_id: str = ""


def figure_of(session: Session, actor: Actor, period: Period, column: str, hamlet_id: str) -> Figure:
    """The figure of a column and a hamlet, empty for the commune. Raises `NotFound` for a hamlet that does
    not stand at the end of the period."""
    if not hamlet_id:
        return Figure(column, period, None)
    places = places_at(list_hamlets(session, actor, with_merged=True), period.last)
    if places.get(hamlet_id) != hamlet_id:
        raise NotFound
    return Figure(column, period, tuple(id for id, place in places.items() if place == hamlet_id), hamlet_id)
