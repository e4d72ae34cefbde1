"""What the rules of flags read of a visit."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from app.commune.accounts.author import MAX_AGE
from app.fieldwork.derived.visit_facts import VisitState, is_counted
from app.fieldwork.visits.models import VisitServiceValues, VisitValues


class FlagFact(NamedTuple):
    """One visit that counts, as the rules see it.

    `people`: the most helped with one of its services. `undecided`: it waits for a decision; no rule reads
    this, so it is last.
    """

    id: str
    household_id: str
    recorded_by: str
    day: date
    happened_at: datetime
    occurred_at: datetime
    received_at: datetime
    result: str
    note: str
    quick: bool
    paper: bool
    people: int
    undecided: bool

    @property
    def is_oldest(self) -> bool:
        """Whether it is older than visits can be, so the server chose its time (`Author.happened_at`)."""
        return self.happened_at == self.received_at - MAX_AGE


FlagFacts = dict[str, FlagFact]


def view(state: VisitState) -> FlagFact | None:
    """A visit, if it counts."""
    return fact_of(state.visit, {state.visit["id"]: state.most_people}) if state.fact else None


def facts_of(visits: Iterable[VisitValues], services: Iterable[VisitServiceValues]) -> FlagFacts:
    """Those of `visits` that count, by id, with their `services`."""
    people: dict[str, int] = {}
    for service in services:
        id = service["visit_id"]
        if service["people"] > people.get(id, 0):
            people[id] = service["people"]
    return {visit["id"]: fact_of(visit, people) for visit in visits if is_counted(visit)}


def fact_of(visit: VisitValues, people: Mapping[str, int]) -> FlagFact:
    """One visit; `people`: the most helped with one service, by visit."""
    id = visit["id"]
    return FlagFact(
        id,
        visit["household_id"],
        visit["recorded_by"],
        visit["counted_on"],
        visit["happened_at"],
        visit["occurred_at"],
        visit["received_at"],
        visit["result"],
        visit["note"],
        visit["quick"],
        visit["entered_by"] is not None,
        people.get(id, 0),
        visit["review_state"] == "received",
    )
