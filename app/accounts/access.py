"""The one door: what an actor may see, and where they may write.

Every read starts from `visible_to`; what an actor may not see does not exist for them.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import false, or_, true
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.models import Account, Assignment, Membership
from app.areas import Hamlet
from app.catalog import Service
from app.core.db import COMMUNE_WIDE, Gone
from app.core.errors import NotFound

Row = TypeVar("Row", bound=SQLModel)

# A record made while the hamlet was assigned may arrive this much later (sync protocol, authority).
LATE = timedelta(days=90)
FIELD_ROLES = ("volunteer", "leader")


@dataclass(frozen=True)
class Actor:
    """Who is asking: an account and, for volunteers and leaders, the hamlets of their team now.

    `suspended`: the account has ended, or its device was revoked; its phone may still deliver its queue.
    """

    commune_id: str
    account_id: str
    name: str
    role: str
    hamlet_ids: tuple[str, ...] = ()
    device_id: str | None = None
    suspended: bool = False

    @property
    def is_field(self) -> bool:
        return self.role in FIELD_ROLES

    @property
    def scope(self) -> str:
        """Opaque name of what this actor's phone holds; it changes when account, role or hamlets do."""
        parts = "|".join([self.commune_id, self.account_id, self.role, *self.hamlet_ids])
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


def actor_for(session: Session, account: Account, device_id: str | None = None) -> Actor:
    """The actor an account is at this moment."""
    return Actor(
        commune_id=account.commune_id,
        account_id=account.id,
        name=account.name,
        role=account.role,
        hamlet_ids=tuple(sorted(_hamlets(session, account))) if account.role in FIELD_ROLES else (),
        device_id=device_id,
    )


def suspended_actor(account: Account, device_id: str | None) -> Actor:
    """An actor who sees nothing any more."""
    return Actor(
        account.commune_id, account.id, account.name, account.role, device_id=device_id, suspended=True
    )


def writable_hamlets(session: Session, actor: Actor, now: datetime) -> frozenset[str]:
    """Hamlets the actor was in charge of at some time within the last 90 days, by the server's history
    of who was in which team and which team had which hamlet."""
    left: Any = Membership.until
    ended: Any = Assignment.until
    same_commune: Any = Assignment.commune_id == Membership.commune_id
    rows = (
        select(Assignment.hamlet_id)
        .join(Membership, same_commune & (Membership.team_id == Assignment.team_id))
        .where(Membership.commune_id == actor.commune_id, Membership.account_id == actor.account_id)
        .where(or_(left.is_(None), left > now - LATE), or_(ended.is_(None), ended > now - LATE))
    )
    return frozenset(session.exec(rows)) if actor.is_field else frozenset()


def visible_to(actor: Actor, model: type[Row]) -> SelectOfScalar[Row]:
    """A select of the rows of `model` that `actor` may see: the commune's, or the team's hamlets'.

    A field actor also sees the commune's catalog and the names of teammates; of models without a
    rule here, nothing.
    """
    columns: Any = model
    rows = select(model).where(columns.commune_id == actor.commune_id)
    if actor.suspended:
        return rows.where(false())
    if actor.role == "supervisor":
        return rows
    return rows.where(_field_rule(actor, model) if actor.is_field else false())


def find(session: Session, actor: Actor, model: type[Row], record_id: str) -> Row:
    """The one row with `record_id` that the actor may see; raises `NotFound` otherwise."""
    columns: Any = model
    row = session.exec(visible_to(actor, model).where(columns.id == record_id)).first()
    if row is None:
        raise NotFound
    return row


def _field_rule(actor: Actor, model: type[SQLModel]) -> Any:
    columns: Any = model
    if model is Service:
        return true()
    if model is Hamlet:
        return columns.id.in_(actor.hamlet_ids)
    if model is Account:
        return columns.team_id.in_(_teams_there(actor))
    if model is Gone:
        return columns.hamlet_id.in_((*actor.hamlet_ids, COMMUNE_WIDE))
    hamlet = getattr(columns, "hamlet_id", None)
    return false() if hamlet is None else hamlet.in_(actor.hamlet_ids)


def _teams_there(actor: Actor) -> Any:
    until: Any = Assignment.until
    hamlet_id: Any = Assignment.hamlet_id
    return select(Assignment.team_id).where(
        Assignment.commune_id == actor.commune_id, hamlet_id.in_(actor.hamlet_ids), until.is_(None)
    )


def _hamlets(session: Session, account: Account) -> set[str]:
    until: Any = Assignment.until
    rows = select(Assignment.hamlet_id).where(
        Assignment.commune_id == account.commune_id, Assignment.team_id == account.team_id, until.is_(None)
    )
    return set(session.exec(rows))
