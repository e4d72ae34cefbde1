"""Visits as the desk reads them: a filtered list with its count, one visit with what it held before."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, select

from app.accounts.access import FIELD_ROLES, Actor, visible_to
from app.accounts.models import Account
from app.areas import Hamlet
from app.catalog import Service
from app.core.db import feed_head
from app.core.errors import NotFound
from app.core.text import by_given_name
from app.households.models import Household
from app.visits.models import Visit, VisitService, VisitVersion

PAGE_SIZE = 50
WITHDRAWN = "withdrawn"
WAITING = "received"
REVIEW_STATES = (WAITING, "accepted", "returned")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing.

    `state` is a review state or `withdrawn`; visits that were withdrawn are listed only when asked for.
    `day` is the day that figures use (`counted_on`).
    """

    hamlet_id: str = ""
    volunteer_id: str = ""
    state: str = ""
    day: date | None = None

    @property
    def waiting(self) -> "Filters | None":
        """The same, narrowed to visits that wait for a decision; None where there can be none."""
        return replace(self, state=WAITING) if self.state in ("", WAITING) else None


@dataclass(frozen=True)
class Listed:
    """A visit with the names around it; `services` in the order in which they were given."""

    visit: Visit
    household: Household
    hamlet: str
    author: str
    services: list[tuple[VisitService, Service]] = field(default_factory=list)


@dataclass(frozen=True)
class Listing:
    """One page of a list, newest first; `page` counts from 1 and lies within the list. `head` is the feed's
    as the list was read: whatever has a later number is not what was looked at. `waiting` of the `total`
    visits wait for a decision."""

    visits: list[Listed]
    total: int
    waiting: int
    page: int
    head: int

    @property
    def pages(self) -> int:
        return pages_of(self.total)


@dataclass(frozen=True)
class Detail:
    """One visit with its superseded contents, oldest first, and the names that those mention."""

    listed: Listed
    versions: list[VisitVersion]
    households: dict[str, Household]
    catalog: dict[str, Service]


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to: hamlets in the commune's order, volunteers by given name."""

    hamlets: list[Hamlet]
    volunteers: list[Account]


def choices(session: Session, actor: Actor) -> Choices:
    """The hamlets and volunteers the actor may see."""
    columns: Any = Account
    hamlet: Any = Hamlet
    people = session.exec(visible_to(actor, Account).where(columns.role.in_(FIELD_ROLES))).all()
    return Choices(
        hamlets=list(session.exec(visible_to(actor, Hamlet).order_by(hamlet.position))),
        volunteers=sorted(people, key=lambda account: by_given_name(account.name)),
    )


def listing(session: Session, actor: Actor, filters: Filters, page: int) -> Listing:
    """One page of the visits the actor may see: five statements, however long the list is.

    Newest first by receipt, so that what a phone brings late is on top and not behind what was
    already looked through. A page beyond the last one is the last one.
    """
    wanted = narrowed(visible_to(actor, Visit), filters)
    total = _count(session, wanted)
    waiting = _count(session, narrowed(visible_to(actor, Visit), filters.waiting)) if filters.waiting else 0
    page = min(max(page, 1), pages_of(total))
    visit: Any = Visit
    newest = wanted.order_by(visit.received_at.desc(), visit.happened_at.desc(), visit.id)
    rows = _named(session, newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Listing(rows, total, waiting, page, feed_head(session, actor.commune_id))


def detail(session: Session, actor: Actor, visit_id: str) -> Detail:
    """One visit the actor may see, withdrawn or not. Raises `NotFound`."""
    named = _named(session, visible_to(actor, Visit).where(Visit.id == visit_id))
    if not named:
        raise NotFound
    number: Any = VisitVersion.version
    versions = session.exec(
        visible_to(actor, VisitVersion).where(VisitVersion.visit_id == visit_id).order_by(number)
    ).all()
    mentioned = {version.content["household_id"] for version in versions} | {named[0].household.id}
    id: Any = Household.id
    households = session.exec(visible_to(actor, Household).where(id.in_(mentioned)))
    return Detail(
        listed=named[0],
        versions=list(versions),
        households={household.id: household for household in households},
        catalog={service.code: service for service in session.exec(visible_to(actor, Service))},
    )


def pages_of(total: int) -> int:
    """How many pages a list of `total` visits has; an empty one has one."""
    return max(1, -(-total // PAGE_SIZE))


def narrowed(visits: Any, filters: Filters) -> Any:
    """A select of visits narrowed to what `filters` ask for."""
    visit: Any = Visit
    asked_withdrawn = filters.state == WITHDRAWN
    visits = visits.where(
        visit.withdrawn_at.is_not(None) if asked_withdrawn else visit.withdrawn_at.is_(None)
    )
    if filters.hamlet_id:
        visits = visits.where(visit.hamlet_id == filters.hamlet_id)
    if filters.volunteer_id:
        visits = visits.where(visit.recorded_by == filters.volunteer_id)
    if filters.state and not asked_withdrawn:
        visits = visits.where(visit.review_state == filters.state)
    if filters.day:
        visits = visits.where(visit.counted_on == filters.day)
    return visits


def _count(session: Session, visits: Any) -> int:
    total: int = session.execute(visits.with_only_columns(func.count())).scalar_one()
    return total


def _named(session: Session, visits: Any) -> list[Listed]:
    """These visits with household, hamlet, author and services, in two statements."""
    visit: Any = Visit
    around: list[tuple[Any, Any]] = [
        (Household, visit.household_id),
        (Hamlet, visit.hamlet_id),
        (Account, visit.recorded_by),
    ]
    for model, key in around:
        visits = visits.join(model, (model.commune_id == visit.commune_id) & (model.id == key))
    found = session.execute(visits.with_only_columns(Visit, Household, Hamlet.name, Account.name)).all()
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
