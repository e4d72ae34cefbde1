"""What the rules of flags read of a visit."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from app.commune.accounts.author import MAX_AGE
from app.fieldwork.derived.visit_facts import ServiceOutcome, VisitState, is_counted
from app.fieldwork.visits.models import VisitServiceValues, VisitValues


class FlagFact(NamedTuple):
    """One visit that counts, as the rules see it.

    `services`: in the order of their codes; of a day with few visits only those of several people.
    `undecided`: it waits for a decision; no rule reads this, so it is last.
    """

    id: str
    household_id: str
    hamlet_id: str
    recorded_by: str
    day: date
    happened_at: datetime
    occurred_at: datetime
    received_at: datetime
    result: str
    note: str
    quick: bool
    paper: bool
    services: tuple[ServiceOutcome, ...]
    undecided: bool

    @property
    def people(self) -> int:
        """The most helped with one of its services."""
        return max((service.people for service in self.services), default=0)

    @property
    def is_oldest(self) -> bool:
        """Whether it is older than visits can be, so the server chose its time (`Author.happened_at`)."""
        return self.happened_at == self.received_at - MAX_AGE


FlagFacts = dict[str, FlagFact]


def view(state: VisitState) -> FlagFact | None:
    """A visit, if it counts."""
    return fact_of(state.visit, state.fact.outcomes[1:]) if state.fact else None


def facts_of(visits: Iterable[VisitValues], services: Iterable[VisitServiceValues]) -> FlagFacts:
    """Those of `visits` that count, by id, with their `services`."""
    of_visit: defaultdict[str, list[ServiceOutcome]] = defaultdict(list)
    for service in services:
        one = ServiceOutcome(service["code"], service["outcome"], service["people"])
        of_visit[service["visit_id"]].append(one)
    return {
        visit["id"]: fact_of(visit, tuple(sorted(of_visit[visit["id"]])))
        for visit in visits
        if is_counted(visit)
    }


def fact_of(visit: VisitValues, services: tuple[ServiceOutcome, ...]) -> FlagFact:
    """One visit."""
    return FlagFact(
        visit["id"],
        visit["household_id"],
        visit["hamlet_id"],
        visit["recorded_by"],
        visit["counted_on"],
        visit["happened_at"],
        visit["occurred_at"],
        visit["received_at"],
        visit["result"],
        visit["note"],
        visit["quick"],
        visit["entered_by"] is not None,
        services,
        visit["review_state"] == "received",
    )
