"""*Ngày đầu*: how far a commune is on the way to its first visit, read from its data; nothing is stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.models import Account, Device
from app.commune.teams.hamlets import list_hamlets
from app.commune.teams.missing_teams import hamlets_without_team
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit


@dataclass(frozen=True)
class FirstDay:
    """What a commune without visits has. `without_team`: the names of hamlets that no team is in charge of;
    `members`: who is in a team now, of whom `signed_in` have used a phone."""

    households: int
    hamlets: int
    without_team: list[str]
    members: int
    signed_in: int


@once_in_a_read
def first_visit_at(session: Session, actor: Actor) -> datetime | None:
    """When the first of the commune's visits arrived; None before. One that was withdrawn is none."""
    found = _FIRST_VISIT.rows(session, actor)
    return found[0]["received_at"] if found else None


def load_first_day(session: Session, actor: Actor) -> FirstDay:
    """What there is so far."""
    members = {row["id"] for row in _MEMBERS.rows(session, actor)}
    with_phone = {row["account_id"] for row in _WITH_PHONE.rows(session, actor)}
    return FirstDay(
        households=_HOUSEHOLDS.one(session, actor)["households"],
        hamlets=len(list_hamlets(session, actor)),
        without_team=[hamlet.name for hamlet in hamlets_without_team(session, actor)],
        members=len(members),
        signed_in=len(members & with_phone),
    )


def _first_visit(actor: Actor) -> Select[*tuple[datetime]]:
    """The first entry of the index `ix_visit_newest`."""
    visits = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None))
    return visits.with_only_columns(col(Visit.received_at)).order_by(col(Visit.received_at)).limit(1)


def _members(actor: Actor) -> Select[*tuple[str]]:
    people = visible_to(actor, Account).where(
        col(Account.ended_at).is_(None), col(Account.team_id).is_not(None)
    )
    return people.with_only_columns(col(Account.id))


def _households(actor: Actor) -> Select[*tuple[int]]:
    active = visible_to(actor, Household).where(Household.state == "active")
    return active.with_only_columns(func.count().label("households"))


_FIRST_VISIT = ActorStatement(_first_visit)
_MEMBERS = ActorStatement(_members)
_HOUSEHOLDS = ActorStatement(_households)
_WITH_PHONE = ActorStatement(
    lambda actor: visible_to(actor, Device).with_only_columns(col(Device.account_id)).distinct()
)
