"""The one door: what an actor may see, and where they may write.

Every read starts from `visible_to`; what an actor may not see does not exist for them.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import bindparam, false, or_, true
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.models import Account, Assignment, Membership
from app.areas import Hamlet
from app.catalog import Service
from app.core.clock import Instant
from app.core.db import COMMUNE_WIDE, Gone
from app.core.errors import NotFound
from app.core.prepared import Prepared, among

Row = TypeVar("Row", bound=SQLModel)

# A record made while the hamlet was assigned may arrive this much later (sync protocol, authority).
LATE = timedelta(days=90)
FIELD_ROLES = ("volunteer", "leader")

_CHARGE: Any = Assignment.__table__  # type: ignore[attr-defined]
_MEMBER: Any = Membership.__table__  # type: ignore[attr-defined]
_TIMES: list[Any] = [
    table.c[name].label(f"{kind}_{name}")
    for kind, table in (("charge", _CHARGE), ("member", _MEMBER))
    for name in ("since", "until")
]
_CHARGES = Prepared(
    select(_CHARGE.c.hamlet_id).where(
        _CHARGE.c.commune_id == bindparam("commune_id"),
        _CHARGE.c.team_id == bindparam("team_id"),
        _CHARGE.c.until.is_(None),
    )
)
_CHARGES_LATELY = Prepared(
    select(_CHARGE.c.hamlet_id, *_TIMES)
    .join(_MEMBER, (_MEMBER.c.commune_id == _CHARGE.c.commune_id) & (_MEMBER.c.team_id == _CHARGE.c.team_id))
    .where(_MEMBER.c.commune_id == bindparam("commune_id"), _MEMBER.c.account_id == bindparam("account_id"))
    .where(
        *(
            or_(table.c.until.is_(None), table.c.until > bindparam("since", type_=Instant))
            for table in (_CHARGE, _MEMBER)
        )
    )
)


@dataclass(frozen=True)
class Charge:
    """A hamlet that was somebody's to write in from `since` until `until`, or is (no `until`)."""

    hamlet_id: str
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether a record of that moment is within it. Of a hamlet that is theirs every record is: a phone's
        clock may have been set in between."""
        if self.until is None:
            return True
        return (self.since is None or self.since <= moment) and moment <= self.until


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
    """The actor an account is at this moment: a suspended one once it has ended."""
    actor = Actor(account.commune_id, account.id, account.name, account.role, device_id=device_id)
    if account.ended_at is not None:
        return replace(actor, suspended=True)
    return replace(actor, hamlet_ids=hamlets_now(session, actor, account.team_id))


def hamlets_now(session: Session, actor: Actor, team_id: str | None) -> tuple[str, ...]:
    """The hamlets a volunteer's or leader's team is in charge of, sorted."""
    if not actor.is_field or team_id is None:
        return ()
    rows = _CHARGES.rows(session, commune_id=actor.commune_id, team_id=team_id)
    return tuple(sorted({row["hamlet_id"] for row in rows}))


def charges(session: Session, actor: Actor, received_at: datetime) -> tuple[Charge, ...]:
    """What the actor was in charge of at some time within the 90 days before `received_at`, by the server's
    history of who was in which team and which team had which hamlet."""
    if not actor.is_field:
        return ()
    asked = {"commune_id": actor.commune_id, "account_id": actor.account_id}
    rows = _CHARGES_LATELY.rows(session, **asked, since=received_at - LATE)
    return tuple(_charge(row) for row in rows)


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
    return rows.where(_field_rule(model, actor.hamlet_ids, actor.account_id) if actor.is_field else false())


def visible_rows(model: type[SQLModel]) -> Any:
    """The same rule for a field actor as a select to prepare: parameters `commune_id`, `hamlet_ids`,
    `account_id`."""
    table: Any = model.__table__  # type: ignore[attr-defined]
    rule = _field_rule(model, "hamlet_ids", bindparam("account_id"))
    return select(table).where(table.c.commune_id == bindparam("commune_id"), rule)


def find(session: Session, actor: Actor, model: type[Row], record_id: str) -> Row:
    """The one row with `record_id` that the actor may see; raises `NotFound` otherwise."""
    columns: Any = model
    row = session.exec(visible_to(actor, model).where(columns.id == record_id)).first()
    if row is None:
        raise NotFound
    return row


def _charge(row: dict[str, Any]) -> Charge:
    """As long as both lasted: the person in the team, the team with the hamlet."""
    ends = [until for until in (row["charge_until"], row["member_until"]) if until is not None]
    since = max(row["charge_since"], row["member_since"])
    return Charge(row["hamlet_id"], since, min(ends, default=None))


def _field_rule(model: type[SQLModel], hamlets: tuple[str, ...] | str, account: Any) -> Any:
    """`hamlets`: their ids, or the name of the parameter that will hold them; `account`: the actor's id."""
    columns: Any = model
    if model is Service:
        return true()
    if model is Hamlet:
        return _one_of(columns.id, hamlets)
    if model is Account:
        return columns.team_id.in_(_teams_there(hamlets))
    if model is Gone:
        mine = or_(columns.account_id.is_(None), columns.account_id == account)
        return or_(_one_of(columns.hamlet_id, hamlets), (columns.hamlet_id == COMMUNE_WIDE) & mine)
    hamlet, merged = getattr(columns, "hamlet_id", None), getattr(columns, "merged_into", None)
    there = false() if hamlet is None else _one_of(hamlet, hamlets)
    # A household that was merged is no door of its own any more.
    return there if merged is None else there & merged.is_(None)


def _one_of(column: Any, hamlets: tuple[str, ...] | str) -> Any:
    return among(column, hamlets) if isinstance(hamlets, str) else column.in_(hamlets)


def _teams_there(hamlets: tuple[str, ...] | str) -> Any:
    until: Any = Assignment.until
    mine = Assignment.commune_id == Account.commune_id
    return select(Assignment.team_id).where(mine, _one_of(Assignment.hamlet_id, hamlets), until.is_(None))
