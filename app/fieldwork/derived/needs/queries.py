"""Reading needs: how many are open, and the desk's list of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit

PAGE_SIZE = 100


@dataclass(frozen=True)
class NeedFilter:
    """Which needs a list has; empty: all."""

    hamlet_id: str = ""
    service: str = ""


@dataclass(frozen=True)
class ListedNeed:
    """An open need, its household, and who wrote it down."""

    need: HouseholdNeed
    household: Household
    account_id: str
    person: str


def count_open_needs(session: Session, actor: Actor, day: date) -> dict[str, int]:
    """The needs that were open at the end of `day`, by the hamlet in which they were asked for."""
    hamlet_id = col(HouseholdNeed.hamlet_id)
    counts = needs_open_at(actor, day).with_only_columns(hamlet_id, func.count()).group_by(hamlet_id)
    return {hamlet_id: int(count) for hamlet_id, count in session.execute(counts)}


def needs_open_at(actor: Actor, day: date) -> SelectOfScalar[HouseholdNeed]:
    """The needs that were open at the end of `day`."""
    need = HouseholdNeed
    is_open = or_(col(need.closed_on).is_(None), col(need.closed_on) > day)
    return _needs(actor, col(need.asked_on) <= day, is_open)


def count_by_service(session: Session, actor: Actor, wanted: NeedFilter) -> dict[str, int]:
    """How many needs of each service are open now, most first."""
    code, count = col(HouseholdNeed.service), func.count()
    counts = _listed(actor, wanted).with_only_columns(code, count).group_by(code).order_by(count.desc(), code)
    return {service: int(number) for service, number in session.execute(counts)}


def list_open_needs(session: Session, actor: Actor, wanted: NeedFilter, page: int) -> list[ListedNeed]:
    """One page of the needs that are open now, the oldest first; `page` counts from 1."""
    need = HouseholdNeed
    of_visit = and_(col(Visit.commune_id) == actor.commune_id, col(Visit.id) == need.visit_id)
    by_author = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == Visit.recorded_by)
    rows = session.execute(
        _listed(actor, wanted)
        .join(Visit, of_visit)
        .join(Account, by_author)
        .with_only_columns(need, Household, col(Account.id), col(Account.name))
        .order_by(col(need.asked_on), col(need.household_id), col(need.service), col(need.visit_id))
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return [ListedNeed(*row) for row in rows]


def find_open_needs(session: Session, actor: Actor, household_id: str, day: date) -> list[str]:
    """The services that a household had asked for by the end of `day` and still wants, in their order."""
    need = HouseholdNeed
    found = _needs(
        actor,
        col(need.household_id) == household_id,
        col(need.asked_on) <= day,
        col(need.closed_on).is_(None),
    )
    asked = found.with_only_columns(col(need.service)).order_by(col(need.asked_on), col(need.service))
    return list(dict.fromkeys(session.execute(asked).scalars()))


def _listed(actor: Actor, wanted: NeedFilter) -> SelectOfScalar[HouseholdNeed]:
    found = _needs(actor, col(HouseholdNeed.closed_on).is_(None))
    if wanted.hamlet_id:
        found = found.where(Household.hamlet_id == wanted.hamlet_id)
    if wanted.service:
        found = found.where(HouseholdNeed.service == wanted.service)
    return found


def _needs(actor: Actor, *conditions: ColumnElement[bool]) -> SelectOfScalar[HouseholdNeed]:
    """Needs of households that still live there."""
    of_household = and_(
        col(Household.commune_id) == actor.commune_id,
        col(Household.id) == col(HouseholdNeed.household_id),
    )
    is_there = (col(Household.state) == "active", col(Household.merged_into).is_(None))
    return visible_to(actor, HouseholdNeed).join(Household, of_household).where(*conditions, *is_there)
