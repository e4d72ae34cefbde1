"""The columns of a report that add up over periods: what is counted in a period, by hamlet and in all."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.commune.catalog.services import Service
from app.fieldwork.derived.household_days.counts import DistinctHouseholds, count_households
from app.fieldwork.derived.sums import sum_totals
from app.fieldwork.outreach.queries import count_sessions

SERVICE_PREFIX = "service."
APPLICATIONS = "applications"  # the unit of services that count applications, and the code of their column
HOUSEHOLDS = ("guided", "met", "warned")
"""The columns that count households without repeats within the period."""
_OTHERS = ("visits", "not_home", APPLICATIONS, "sessions", "attended")


def is_additive(code: str) -> bool:
    """Whether a column has a place in adjustments; shares and cumulative figures have none."""
    return code in HOUSEHOLDS or code in _OTHERS or code.startswith(SERVICE_PREFIX)


def column_of(service: Service) -> str:
    """The code of the column in which the people of a service are counted."""
    return APPLICATIONS if service.unit == APPLICATIONS else f"{SERVICE_PREFIX}{service.code}"


@dataclass(frozen=True)
class AdditiveFigures:
    """Figures by the code of their column, without those that are zero: of each hamlet, by its id, and of the
    commune. A household that was met in two hamlets which were merged later counts in both, and in all once.
    """

    by_hamlet: Mapping[str, Counter[str]]
    whole: Counter[str]


def read_additive(
    session: Session,
    actor: Actor,
    period: Period,
    catalog: Mapping[str, Service],
    places: Mapping[str, str],
    households: DistinctHouseholds | None = None,
) -> AdditiveFigures:
    """The figures of the period as they are now, by `places` (`places_at`); `catalog`: the commune's services
    by code; `households`: those of the period, if they were counted before."""
    by_hamlet: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in sum_totals(session, actor, period.first, period.last, ["", *catalog]):
        counts = by_hamlet[places[one.hamlet_id]]
        if one.service:
            counts[column_of(catalog[one.service])] += one.people
        else:
            counts.update(visits=one.visits, not_home=one.not_home)
    for hamlet_id, (count, people) in count_sessions(session, actor, period).items():
        by_hamlet[places[hamlet_id]].update(sessions=count, attended=people)
    whole = sum(by_hamlet.values(), Counter[str]())
    households = households or count_households(session, actor, period, places)
    for code in HOUSEHOLDS:
        counted = getattr(households, code)
        whole[code] = counted.total
        for hamlet_id, count in counted.by_hamlet.items():
            by_hamlet[hamlet_id][code] = count
    return AdditiveFigures({id: +counts for id, counts in by_hamlet.items()}, +whole)
