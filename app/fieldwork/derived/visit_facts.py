"""What a visit counts for, as every table that follows from visits reads it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.commune.catalog.services import GUIDED, SCAM_WARNING
from app.core.batch import Batch
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
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
    """What one counted visit adds to the totals; `outcomes`: the whole visit, then its services."""

    household_id: str
    hamlet_id: str
    day: date
    outcomes: tuple[ServiceOutcome, ...]

    @property
    def measures(self) -> set[str]:
        """For what the visit counts its household."""
        whole, *services = self.outcomes
        return measures_of(whole.outcome, ((one.service, one.outcome) for one in services))


Facts = dict[str, Fact]


def facts(batch: Batch) -> Facts:
    """What the visits of a batch count for as they are now, by id; without those that are not counted."""
    return _facts(batch.rows(Visit), batch.rows(VisitService))


def load_facts(session: Session, commune_id: str, visit_ids: Iterable[str]) -> Facts:
    """The same for visits as the database has them."""
    ids = list(visit_ids)
    services = _FIND_SERVICES.rows(session, commune_id=commune_id, ids=ids)
    return _facts(_FIND_VISITS.rows(session, commune_id=commune_id, ids=ids), services)


def measures_of(result: str, outcomes: Iterable[tuple[str, str]]) -> set[str]:
    """For what a counted visit counts its household; `outcomes`: the services with their outcomes."""
    guided = [service for service, outcome in outcomes if outcome in GUIDED]
    found = {MET: result != NOT_HOME, GUIDED_ANY: bool(guided), WARNED: SCAM_WARNING in guided}
    return {measure for measure in MEASURES if found[measure]}


def _facts(visits: Iterable[VisitValues], services: Iterable[VisitServiceValues]) -> Facts:
    outcomes: defaultdict[str, list[ServiceOutcome]] = defaultdict(list)
    for row in services:
        outcomes[row["visit_id"]].append(ServiceOutcome(row["code"], row["outcome"], row["people"]))
    return {visit["id"]: _fact(visit, outcomes[visit["id"]]) for visit in visits if is_counted(visit)}


def is_counted(visit: VisitValues) -> bool:
    """Whether a visit is among the figures: neither withdrawn nor returned."""
    return visit["withdrawn_at"] is None and visit["review_state"] in COUNTED


def _fact(visit: VisitValues, outcomes: list[ServiceOutcome]) -> Fact:
    whole = ServiceOutcome("", visit["result"], 0)
    return Fact(visit["household_id"], visit["hamlet_id"], visit["counted_on"], (whole, *sorted(outcomes)))


_VISIT, _SERVICE = table_of(Visit), table_of(VisitService)
_IN_COMMUNE = _VISIT.c.commune_id == bindparam("commune_id")
_FIND_VISITS = Prepared(select(_VISIT).where(_IN_COMMUNE, in_list(_VISIT.c.id, "ids")), VisitValues)
_FIND_SERVICES = Prepared(
    select(_SERVICE).where(
        _SERVICE.c.commune_id == bindparam("commune_id"), in_list(_SERVICE.c.visit_id, "ids")
    ),
    VisitServiceValues,
)
