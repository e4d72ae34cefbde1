"""One household with all its visits, for its sheet."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.catalog.services import Service
from app.fieldwork.visits.models import Visit, VisitVersion
from app.review.register.detail import HouseholdDetail, household_detail
from app.review.visit_list.queries import VisitSummary, visit_summaries


@dataclass(frozen=True)
class HouseholdData:
    """A household with all its visits, oldest first; `earlier`: what visits said before they were amended, by
    visit; `catalog`: the names of services by code."""

    detail: HouseholdDetail
    visits: list[VisitSummary]
    earlier: dict[str, list[VisitVersion]]
    catalog: dict[str, str]


def household_data(session: Session, actor: Actor, household_id: str) -> HouseholdData:
    """What is stored of one household that the supervisor may see. Raises `NotFound`."""
    detail = household_detail(session, actor, household_id)
    of_household = visible_to(actor, Visit).where(Visit.household_id == household_id)
    visits = visit_summaries(session, actor, of_household.order_by(col(Visit.happened_at), col(Visit.id)))
    of_visits = visible_to(actor, VisitVersion).join(
        Visit, (col(Visit.commune_id) == actor.commune_id) & (col(Visit.id) == col(VisitVersion.visit_id))
    )
    versions = of_visits.where(Visit.household_id == household_id)
    earlier: defaultdict[str, list[VisitVersion]] = defaultdict(list)
    in_order = versions.order_by(col(VisitVersion.visit_id), col(VisitVersion.version), col(VisitVersion.seq))
    for version in session.exec(in_order):
        earlier[version.visit_id].append(version)
    services = session.exec(visible_to(actor, Service)).all()
    return HouseholdData(detail, visits, dict(earlier), {one.code: one.label for one in services})
