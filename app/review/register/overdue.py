"""Overdue follow-ups: appointments to return that no later visit has closed, and whose day has passed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Select, bindparam, func
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.models import Account
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import FollowUp, Visit

PAGE_SIZE = 100


@dataclass(frozen=True)
class OverdueGroup:
    """How many of one person's appointments are overdue in one hamlet, and since when the oldest is."""

    hamlet_id: str
    account_id: str
    person: str
    count: int
    oldest: date


@dataclass(frozen=True)
class OverdueFollowUp:
    """One overdue appointment; `follow_up.id` is the id of the visit that made it."""

    follow_up: FollowUp
    household: Household
    account_id: str
    person: str


def count_overdue(session: Session, actor: Actor, today: date) -> list[OverdueGroup]:
    """The overdue appointments by hamlet and person, most first."""
    return [OverdueGroup(**row) for row in _GROUPS.rows(session, actor, today=today)]


def list_overdue(
    session: Session, actor: Actor, today: date, *, hamlet_id: str = "", account_id: str = "", page: int = 1
) -> list[OverdueFollowUp]:
    """Page `page` (from 1) of the overdue appointments, the longest overdue first; of one hamlet or person if
    these are named."""
    wanted = _overdue(actor).params(today=today)
    if hamlet_id:
        wanted = wanted.where(Household.hamlet_id == hamlet_id)
    if account_id:
        wanted = wanted.where(Account.id == account_id)
    rows = session.execute(
        wanted.with_only_columns(FollowUp, Household, col(Account.id), col(Account.name))
        .order_by(col(FollowUp.due_on), col(FollowUp.id))
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return [OverdueFollowUp(*row) for row in rows]


def _overdue(actor: Actor) -> SelectOfScalar[FollowUp]:
    """The open appointments before the day `today` at households that live there, and who made them."""
    commune_id = actor.commune_id
    return (
        visible_to(actor, FollowUp)
        .join(
            Household,
            (col(Household.commune_id) == commune_id) & (col(Household.id) == FollowUp.household_id),
        )
        .join(Visit, (col(Visit.commune_id) == commune_id) & (col(Visit.id) == FollowUp.id))
        .join(Account, (col(Account.commune_id) == commune_id) & (col(Account.id) == Visit.recorded_by))
        .where(col(FollowUp.closed_by).is_(None), col(FollowUp.due_on) < bindparam("today", type_=Date()))
        .where(Household.state == "active", col(Household.merged_into).is_(None))
    )


def _groups(actor: Actor) -> Select[*tuple[str, str, str, int, date]]:
    hamlet_id, person = col(Household.hamlet_id), (col(Account.id), col(Account.name))
    count = func.count()
    groups: Select[*tuple[str, str, str, int, date]] = _overdue(actor).with_only_columns(
        hamlet_id,
        person[0].label("account_id"),
        person[1].label("person"),
        count.label("count"),
        func.min(col(FollowUp.due_on)).label("oldest"),
    )
    in_order = (count.desc(), col(Account.name), col(Account.id), hamlet_id)
    return groups.group_by(hamlet_id, *person).order_by(*in_order)


_GROUPS = ActorStatement(_groups)
