"""A visit as the tables that follow from visits read it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session

from app.commune.catalog.services import GUIDED, SCAM_WARNING
from app.core.batch import Batch
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import (
    COUNTED,
    NOT_HOME,
    Visit,
    VisitService,
    VisitServiceValues,
    VisitValues,
)

MET, GUIDED_ANY, WARNED = "met", "guided", "warned"
MEASURES = (MET, GUIDED_ANY, WARNED)
"""For what households are counted: somebody was met there; was guided in any service; was warned of scams."""


class ServiceOutcome(NamedTuple):
    """One service of a visit with its outcome; or the whole visit: no service, its result, and no people."""

    service: str
    outcome: str
    people: int


class Fact(NamedTuple):
    """What one counted visit adds to the figures; `outcomes`: the whole visit, then its services; `measures`:
    for what it counts its household."""

    household_id: str
    hamlet_id: str
    day: date
    outcomes: tuple[ServiceOutcome, ...]
    measures: frozenset[str]


class VisitState(NamedTuple):
    """One visit as it is at a moment. `fact`: None if it does not count. `household_hamlet_id`: where its
    household is, None if that is not known."""

    visit: VisitValues
    fact: Fact | None
    household_hamlet_id: str | None
    most_people: int
    """The most people who were helped with one of its services."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.visit["withdrawn_at"] is not None


States = dict[str, VisitState]


def states(batch: Batch) -> States:
    """The visits of a batch as they are now, by id."""
    households = {household["id"]: household["hamlet_id"] for household in batch.rows(Household)}
    visits = ((visit, households.get(visit["household_id"])) for visit in batch.rows(Visit))
    return _states(visits, batch.rows(VisitService))


def load_states(session: Session, commune_id: str, visit_ids: Iterable[str]) -> States:
    """The same for visits as the database has them."""
    ids = list(visit_ids)
    services = _FIND_SERVICES.rows(session, commune_id=commune_id, ids=ids)
    rows = _FIND_VISITS.rows(session, commune_id=commune_id, ids=ids)
    return _states(((cast(VisitValues, row), row.pop("household_hamlet_id")) for row in rows), services)


def measures_of(result: str, outcomes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """For what a counted visit counts its household; `outcomes`: the services with their outcomes."""
    guided = [service for service, outcome in outcomes if outcome in GUIDED]
    found = {MET: result != NOT_HOME, GUIDED_ANY: bool(guided), WARNED: SCAM_WARNING in guided}
    return frozenset(measure for measure in MEASURES if found[measure])


def is_counted(visit: VisitValues) -> bool:
    """Whether a visit is among the figures: neither withdrawn nor returned."""
    return visit["withdrawn_at"] is None and visit["review_state"] in COUNTED


def _states(
    visits: Iterable[tuple[VisitValues, str | None]], services: Iterable[VisitServiceValues]
) -> States:
    of_visit: defaultdict[str, list[ServiceOutcome]] = defaultdict(list)
    for row in services:
        of_visit[row["visit_id"]].append(ServiceOutcome(row["code"], row["outcome"], row["people"]))
    found: States = {}
    for visit, hamlet_id in visits:
        outcomes = of_visit.get(visit["id"], [])
        fact = _fact(visit, outcomes) if is_counted(visit) else None
        # A copy: commands change the rows of a batch in place.
        most = max((one.people for one in outcomes), default=0)
        found[visit["id"]] = VisitState(visit.copy(), fact, hamlet_id, most)
    return found


def _fact(visit: VisitValues, outcomes: list[ServiceOutcome]) -> Fact:
    whole = ServiceOutcome("", visit["result"], 0)
    place = (visit["household_id"], visit["hamlet_id"], visit["counted_on"])
    measures = measures_of(visit["result"], ((one.service, one.outcome) for one in outcomes))
    return Fact(*place, (whole, *sorted(outcomes)), measures)


_VISIT, _SERVICE, _HOUSEHOLD = table_of(Visit), table_of(VisitService), table_of(Household)
_FIND_VISITS = Prepared(
    select(_VISIT, _HOUSEHOLD.c.hamlet_id.label("household_hamlet_id"))
    .join(
        _HOUSEHOLD,
        and_(_HOUSEHOLD.c.commune_id == bindparam("commune_id"), _HOUSEHOLD.c.id == _VISIT.c.household_id),
    )
    .where(_VISIT.c.commune_id == bindparam("commune_id"), in_list(_VISIT.c.id, "ids"))
)
_FIND_SERVICES = Prepared(
    select(_SERVICE).where(
        _SERVICE.c.commune_id == bindparam("commune_id"), in_list(_SERVICE.c.visit_id, "ids")
    ),
    VisitServiceValues,
)
