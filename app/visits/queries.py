"""Visits as the desk reads them: with the names around them, and one with what it held before."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, select

from app.accounts.access import FIELD_ROLES, Actor, visible_to
from app.accounts.models import Account
from app.areas import Hamlet
from app.catalog import Service
from app.core.errors import NotFound
from app.core.text import by_given_name, fold
from app.households.models import Household
from app.households.search import matching
from app.visits.models import Visit, VisitService, VisitVersion


@dataclass(frozen=True)
class Listed:
    """A visit with the names around it; `services` in the order in which they were given."""

    visit: Visit
    household: Household
    hamlet: str
    author: str
    services: list[tuple[VisitService, Service]] = field(default_factory=list)


@dataclass(frozen=True)
class Detail:
    """One visit with its superseded contents, oldest first, and the names that those mention."""

    listed: Listed
    versions: list[VisitVersion]
    households: dict[str, Household]
    catalog: dict[str, Service]


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to: hamlets in the commune's order, volunteers by given name, and the ids
    of `homes` that were searched for."""

    hamlets: list[Hamlet]
    volunteers: list[Account]
    homes: tuple[str, ...] | None = None


def choices(session: Session, actor: Actor, words: str = "") -> Choices:
    """The hamlets and volunteers the actor may see, and the households that `words` name."""
    columns: Any = Account
    hamlet: Any = Hamlet
    people = session.exec(visible_to(actor, Account).where(columns.role.in_(FIELD_ROLES))).all()
    return Choices(
        hamlets=list(session.exec(visible_to(actor, Hamlet).order_by(hamlet.position))),
        volunteers=sorted(people, key=lambda account: by_given_name(account.name)),
        homes=matching(session, actor, words) if fold(words) else None,
    )


def detail(session: Session, actor: Actor, visit_id: str) -> Detail:
    """One visit the actor may see, withdrawn or not. Raises `NotFound`."""
    found = named(session, visible_to(actor, Visit).where(Visit.id == visit_id))
    if not found:
        raise NotFound
    number: Any = VisitVersion.version
    versions = session.exec(
        visible_to(actor, VisitVersion).where(VisitVersion.visit_id == visit_id).order_by(number)
    ).all()
    mentioned = {version.content["household_id"] for version in versions} | {found[0].household.id}
    id: Any = Household.id
    households = session.exec(visible_to(actor, Household).where(id.in_(mentioned)))
    return Detail(
        listed=found[0],
        versions=list(versions),
        households={household.id: household for household in households},
        catalog={service.code: service for service in session.exec(visible_to(actor, Service))},
    )


def named(session: Session, visits: Any, visit: Any = Visit) -> list[Listed]:
    """These visits with household, hamlet, author and services, in two statements. `visit`: what is selected,
    where that is not the table itself."""
    around: list[tuple[Any, Any]] = [
        (Household, visit.household_id),
        (Hamlet, visit.hamlet_id),
        (Account, visit.recorded_by),
    ]
    for model, key in around:
        visits = visits.join(model, (model.commune_id == visit.commune_id) & (model.id == key))
    found = session.execute(visits.with_only_columns(visit, Household, Hamlet.name, Account.name)).all()
    rows = [Listed(*row) for row in found]
    given = _services(session, [row.visit for row in rows])
    for row in rows:
        row.services.extend(given.get(row.visit.id, []))
    return rows


def _services(session: Session, visits: list[Visit]) -> dict[str, list[tuple[VisitService, Service]]]:
    if not visits:
        return {}
    given: Any = VisitService
    same: Any = (Service.commune_id == given.commune_id) & (Service.code == given.code)
    statement = (
        select(VisitService, Service)
        .join(Service, same)
        .where(
            given.commune_id == visits[0].commune_id,
            given.visit_id.in_([visit.id for visit in visits]),
        )
        .order_by(given.visit_id, given.position)
    )
    by_visit: dict[str, list[tuple[VisitService, Service]]] = {}
    for service, entry in session.exec(statement):
        by_visit.setdefault(service.visit_id, []).append((service, entry))
    return by_visit
