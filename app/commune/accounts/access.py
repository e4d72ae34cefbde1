"""Access: what an actor may see, and in which hamlets they may write.

Every read starts from `visible_to`; rows that the actor may not see are treated as if they did not exist.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypedDict, TypeVar, get_args

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, false, func, or_, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.models import Account, Assignment, FieldRole, Membership, Role
from app.commune.areas import Hamlet, ProvinceRow
from app.core.clock import Instant
from app.core.db import table_of
from app.core.errors import NotFound
from app.core.feed import COMMUNE_WIDE, AuthorRow, CommuneRow, Tombstone
from app.core.sql.prepared import Prepared, in_list

Row = TypeVar("Row", bound=SQLModel)
ActorRole = Literal[Role, "province_viewer"]

# A record made while its author was in charge of the hamlet may arrive this much later.
MAX_DELAY = timedelta(days=90)
FIELD_ROLES: tuple[FieldRole, ...] = get_args(FieldRole)

_ASSIGNMENT, _MEMBERSHIP, _HAMLET = table_of(Assignment), table_of(Membership), table_of(Hamlet)
# The hamlets in charge, and those that were merged into them: earlier visits stand there.
_CURRENT_HAMLETS = Prepared(
    select_columns(_HAMLET.c.id, _HAMLET.c.merged_into)
    .join(
        _ASSIGNMENT,
        _ASSIGNMENT.c.hamlet_id == func.coalesce(_HAMLET.c.merged_into, _HAMLET.c.id),
    )
    .where(
        _HAMLET.c.commune_id == bindparam("commune_id"),
        _ASSIGNMENT.c.commune_id == bindparam("commune_id"),
        _ASSIGNMENT.c.team_id == bindparam("team_id"),
        _ASSIGNMENT.c.until.is_(None),
    )
)


class _ChargeRow(TypedDict):
    """The times of an assignment of a hamlet to a team, and of an account's membership of that team."""

    hamlet_id: str
    merged_into: str | None
    assignment_since: datetime
    assignment_until: datetime | None
    membership_since: datetime
    membership_until: datetime | None


_CHARGES = (
    select_columns(
        _ASSIGNMENT.c.hamlet_id,
        _HAMLET.c.merged_into,
        *(
            table.c[name].label(f"{table.name}_{name}")
            for table in (_ASSIGNMENT, _MEMBERSHIP)
            for name in ("since", "until")
        ),
    )
    .join(_MEMBERSHIP, _MEMBERSHIP.c.team_id == _ASSIGNMENT.c.team_id)
    .join(_HAMLET, _HAMLET.c.id == _ASSIGNMENT.c.hamlet_id)
    .where(
        *(table.c.commune_id == bindparam("commune_id") for table in (_ASSIGNMENT, _MEMBERSHIP, _HAMLET)),
        _MEMBERSHIP.c.account_id == bindparam("account_id"),
        *(
            or_(table.c.until.is_(None), table.c.until > bindparam("since", type_=Instant))
            for table in (_ASSIGNMENT, _MEMBERSHIP)
        ),
    )
)
_RECENT_CHARGES = Prepared(_CHARGES, _ChargeRow)
# A merge of hamlets waits until transactions end that may add a household by these rows, and they for it.
_LOCKED_CHARGES = Prepared(_CHARGES.with_for_update(read=True, key_share=True, of=_HAMLET), _ChargeRow)


@dataclass(frozen=True)
class AccessPeriod:
    """A hamlet in which an account may write records made from `since` until `until` (None: still).

    `merged_into`: the hamlet in which its households are by now, if it was merged; what was recorded in the
    period is written there.
    """

    hamlet_id: str
    since: datetime | None = None
    until: datetime | None = None
    merged_into: str | None = None

    @property
    def hamlet_ids(self) -> tuple[str, ...]:
        """The hamlet, and the one that it was merged into."""
        return (self.hamlet_id, self.merged_into) if self.merged_into else (self.hamlet_id,)

    def covers(self, moment: datetime) -> bool:
        """Whether a record made at `moment` is within the period. One that still lasts covers every moment,
        because a phone's clock may have been set since."""
        if self.until is None:
            return True
        return (self.since is None or self.since <= moment) and moment <= self.until


@dataclass(frozen=True)
class Actor:
    """An account that makes a request. `hamlet_ids`: for volunteers and leaders, the current hamlets of their
    team and the `merged_ids`, those that were merged into these. A `province_viewer` is no account: it is an
    actor in the commune that it looks at (`app/commune/province_access.py`).

    `suspended`: the account has ended, or its device was revoked; its phone may still deliver its queue.
    `moved_to`: the address at which its commune is by now; its phone may still deliver its queue here.
    `loss_id`: of a supervisor, that somebody has reported their second factor as lost.
    """

    commune_id: str
    account_id: str
    name: str
    role: ActorRole
    hamlet_ids: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()
    device_id: str | None = None
    suspended: bool = False
    moved_to: str = ""
    loss_id: str = ""

    @property
    def is_field(self) -> bool:
        """Whether the actor is a volunteer or leader."""
        return self.role in FIELD_ROLES

    @property
    def scope(self) -> str:
        """Opaque name of the rows that the actor's phone may hold; changes with account, role and hamlets,
        and when one of these is merged into another."""
        merged = [f"merged {hamlet_id}" for hamlet_id in self.merged_ids]
        parts = "|".join([self.commune_id, self.account_id, self.role, *self.hamlet_ids, *merged])
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


def actor_for(session: Session, account: Account, device_id: str | None = None) -> Actor:
    """The account as an actor, suspended if it has ended."""
    actor = Actor(account.commune_id, account.id, account.name, account.role, device_id=device_id)
    if account.ended_at is not None:
        return replace(actor, suspended=True)
    return with_hamlets(session, actor, account.team_id)


def with_hamlets(session: Session, actor: Actor, team_id: str | None) -> Actor:
    """The actor with the hamlets that a volunteer's or leader's team is in charge of, sorted."""
    if not actor.is_field or team_id is None:
        return actor
    rows = _CURRENT_HAMLETS.rows(session, commune_id=actor.commune_id, team_id=team_id)
    merged = {row["id"] for row in rows if row["merged_into"]}
    ids = {row["id"] for row in rows}
    return replace(actor, hamlet_ids=tuple(sorted(ids)), merged_ids=tuple(sorted(merged)))


def access_periods(
    session: Session, actor: Actor, received_at: datetime, *, lock: bool = False
) -> tuple[AccessPeriod, ...]:
    """The hamlets of which the actor's teams were in charge within `MAX_DELAY` before `received_at`.

    Read from the server's history of memberships and assignments. `lock`: no hamlet of them is merged until
    the transaction ends.
    """
    if not actor.is_field:
        return ()
    ids = {"commune_id": actor.commune_id, "account_id": actor.account_id}
    charges = _LOCKED_CHARGES if lock else _RECENT_CHARGES
    rows = charges.rows(session, **ids, since=received_at - MAX_DELAY)
    return tuple(_access_period(row) for row in rows)


def _access_period(row: _ChargeRow) -> AccessPeriod:
    """The time in which the account was in the team and the team in charge of the hamlet."""
    ends = [until for until in (row["assignment_until"], row["membership_until"]) if until is not None]
    since = max(row["assignment_since"], row["membership_since"])
    return AccessPeriod(row["hamlet_id"], since, min(ends, default=None), row["merged_into"])


def visible_to(actor: Actor, model: type[Row]) -> SelectOfScalar[Row]:
    """A select of the rows of `model` that `actor` may see.

    A supervisor sees the commune's. A volunteer or leader sees the rows of the team's hamlets, the commune's
    catalog and guides, the names of teammates, their own remarks, and nothing of a model without a hamlet or
    a rule here. A province viewer sees what the commune has closed or shared, and nothing else.
    """
    rows = select(model).where(table_of(model).c.commune_id == actor.commune_id)
    if actor.suspended:
        return rows.where(false())
    if actor.role == "supervisor":
        return rows
    if actor.role == "province_viewer":
        return rows.where(_province_rule(model))
    if not actor.is_field:
        return rows.where(false())
    return rows.where(_field_rule(model, actor.commune_id, actor.hamlet_ids, actor.account_id))


def visible_rows(model: type[SQLModel]) -> Select[*tuple[object, ...]]:
    """What `visible_to` selects for a volunteer or leader, as a select of columns to prepare.

    Its parameters are `commune_id`, `hamlet_ids` and `account_id`.
    """
    table = table_of(model)
    rule = _field_rule(model, bindparam("commune_id"), "hamlet_ids", bindparam("account_id"))
    return select_columns(table).where(table.c.commune_id == bindparam("commune_id"), rule)


def find(session: Session, actor: Actor, model: type[Row], record_id: str) -> Row:
    """The row with this id that the actor may see. Raises `NotFound`."""
    row = session.exec(visible_to(actor, model).where(table_of(model).c.id == record_id)).first()
    if row is None:
        raise NotFound
    return row


def lock_account(session: Session, actor: Actor) -> None:
    """Let this account's requests wait for each other until the transaction ends: a double click finds what
    the first click wrote."""
    own = select(Account.id).where(Account.commune_id == actor.commune_id, Account.id == actor.account_id)
    session.exec(own.with_for_update(key_share=True))


# The ids of hamlets, or the name of the parameter that will hold them.
_Hamlets = Sequence[str] | str


def _province_rule(model: type[SQLModel]) -> ColumnElement[bool]:
    """Whether a viewer of the commune's province may see a row of `model`."""
    columns = table_of(model).c
    if not issubclass(model, ProvinceRow):
        return false()
    return columns.reopened_at.is_(None) if "reopened_at" in columns else true()


def _field_rule(
    model: type[SQLModel],
    commune_id: str | BindParameter[str],
    hamlets: _Hamlets,
    account_id: str | BindParameter[str],
) -> ColumnElement[bool]:
    """Whether a volunteer or leader with this account and these hamlets may see a row of `model`, which is of
    their commune."""
    columns = table_of(model).c
    if issubclass(model, CommuneRow):
        return true()
    if model is Hamlet:
        return _is_in(columns.id, hamlets) & columns.merged_into.is_(None)
    if model is Account:  # teammates, and supervisors who may be called
        return or_(
            columns.team_id.in_(_teams_in_charge(commune_id, hamlets)), columns.contact_phone.is_not(None)
        )
    if model is Tombstone:
        is_own = or_(columns.account_id.is_(None), columns.account_id == account_id)
        return or_(_is_in(columns.hamlet_id, hamlets), (columns.hamlet_id == COMMUNE_WIDE) & is_own)
    if "hamlet_id" not in columns:
        return columns.written_by == account_id if issubclass(model, AuthorRow) else false()
    in_hamlet = _is_in(columns.hamlet_id, hamlets)
    if "erased_at" in columns:
        in_hamlet &= columns.erased_at.is_(None)
    # The household that a merged one was merged into is sent in its place.
    return in_hamlet & columns.merged_into.is_(None) if "merged_into" in columns else in_hamlet


def _is_in(column: ColumnElement[str], hamlets: _Hamlets) -> ColumnElement[bool]:
    return in_list(column, hamlets) if isinstance(hamlets, str) else column.in_(hamlets)


def _teams_in_charge(commune_id: str | BindParameter[str], hamlets: _Hamlets) -> Select[str]:
    """The teams in charge of one of the hamlets."""
    return select_columns(_ASSIGNMENT.c.team_id).where(
        _ASSIGNMENT.c.commune_id == commune_id,
        _is_in(_ASSIGNMENT.c.hamlet_id, hamlets),
        _ASSIGNMENT.c.until.is_(None),
    )
