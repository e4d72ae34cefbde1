"""The members of the commune's teams as the desk lists them: team, phone, whether they use the app."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select
from sqlmodel import Session, col, select

from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.calls import silent_since
from app.commune.accounts.models import Account, Assignment, Device, Invite, Membership, Team
from app.commune.accounts.sign_in import MAX_INVITE_FAILURES
from app.commune.areas import Hamlet
from app.core.text import by_given_name, fold

# The states of a person: no phone has signed in; in use; silent (`accounts/calls.py`); all phones revoked;
# left.
NEVER, ACTIVE, SILENT, REVOKED, ENDED = "never", "active", "silent", "revoked", "ended"


@dataclass
class TeamInCharge:
    """A team with its hamlets' names and ids in the commune's order."""

    team: Team
    hamlets: list[str] = field(default_factory=list)
    hamlet_ids: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """*Tổ Thôn Đông (Thôn Đông, Thôn Bắc)*."""
        return f"{self.team.name} ({', '.join(self.hamlets)})" if self.hamlets else self.team.name


@dataclass(frozen=True)
class Member:
    """A member with their team, phones (the latest contact first) and open invite.

    `invited_at`: when the code that is still open was made; None if there is none. `silent_since`: whose last
    contact is not later is silent.
    """

    account: Account
    team: TeamInCharge | None
    devices: list[Device]
    invited_at: datetime | None
    now: datetime
    silent_since: datetime

    @property
    def team_label(self) -> str:
        """That of the team; empty without one."""
        return self.team.label if self.team else ""

    @property
    def last_contact_at(self) -> datetime | None:
        """The latest contact of a phone that is not revoked."""
        return next((device.last_contact_at for device in self.devices if device.revoked_at is None), None)

    @property
    def silence(self) -> timedelta:
        """How long nothing has been heard; 0 for somebody who never signed in."""
        return self.now - (self.last_contact_at or self.now)

    @property
    def unsent(self) -> int:
        """How many records wait on the person's phones, as the phones last reported."""
        return sum(device.queue_count for device in self.devices)

    @property
    def state(self) -> str:
        """One of `NEVER`, `ACTIVE`, `SILENT`, `REVOKED`, `ENDED`."""
        if self.account.ended_at is not None:
            return ENDED
        if self.last_contact_at is None:
            return REVOKED if self.devices else NEVER
        return SILENT if self.last_contact_at <= self.silent_since else ACTIVE


def list_teams(session: Session, actor: Actor) -> list[TeamInCharge]:
    """The teams in charge of hamlets, in the order of their first hamlet, then those without any."""
    teams = {team.id: TeamInCharge(team) for team in session.exec(visible_to(actor, Team))}
    ordered: dict[str, TeamInCharge] = {}
    for row in _IN_CHARGE.rows(session, actor):
        entry = ordered.setdefault(row["team_id"], teams[row["team_id"]])
        entry.hamlets.append(row["name"])
        entry.hamlet_ids.append(row["id"])
    return list((ordered | teams).values())


def _in_charge(actor: Actor) -> Select[*tuple[str, str, str]]:
    """The hamlets with the team in charge, in the commune's order."""
    is_of_hamlet = (col(Assignment.commune_id) == actor.commune_id) & (col(Assignment.hamlet_id) == Hamlet.id)
    hamlets = visible_to(actor, Hamlet).join(Assignment, is_of_hamlet).where(col(Assignment.until).is_(None))
    columns = (col(Assignment.team_id), col(Hamlet.name), col(Hamlet.id))
    return hamlets.order_by(col(Hamlet.position)).with_only_columns(*columns)


_IN_CHARGE = ActorStatement(_in_charge)


def list_members(session: Session, actor: Actor, now: datetime, account_id: str = "") -> list[Member]:
    """The members, also those who left, by given name; with `account_id` only that one."""
    wanted = visible_to(actor, Account).where(col(Account.role).in_(FIELD_ROLES))
    devices = visible_to(actor, Device).where(col(Device.last_contact_at).is_not(None))
    if account_id:
        wanted = wanted.where(Account.id == account_id)
        devices = devices.where(Device.account_id == account_id)
    teams = {entry.team.id: entry for entry in list_teams(session, actor)}
    phones = defaultdict(list)
    for device in session.exec(devices.order_by(col(Device.last_contact_at).desc(), col(Device.id))):
        phones[device.account_id].append(device)
    invited, silent = _open_invites(session, actor, now), silent_since(session, actor, now)
    members = [
        Member(
            account,
            teams.get(account.team_id or ""),
            phones[account.id],
            invited.get(account.id),
            now,
            silent,
        )
        for account in session.exec(wanted)
    ]
    return sorted(members, key=lambda member: (by_given_name(member.account.name), member.account.id))


def search(members: list[Member], words: str) -> list[Member]:
    """The members whose name, number or team has all the words, without regard to accents."""
    wanted = fold(words).split()
    return [member for member in members if all(word in _searched(member) for word in wanted)]


def memberships(session: Session, actor: Actor, account_id: str) -> list[tuple[str, Membership]]:
    """The name of each team that the person has been in, with the time, the latest first."""
    rows = session.execute(
        visible_to(actor, Membership)
        .join(Team, (col(Team.commune_id) == actor.commune_id) & (col(Team.id) == Membership.team_id))
        .where(Membership.account_id == account_id)
        .order_by(col(Membership.since).desc(), col(Membership.until).desc().nulls_first())
        .with_only_columns(col(Team.name), Membership)
    )
    return [(name, membership) for name, membership in rows]


def _searched(member: Member) -> str:
    digits = (member.account.phone or "").replace("+84", "0")
    return fold(f"{member.account.name} {digits} {member.team.team.name if member.team else ''}")


def _open_invites(session: Session, actor: Actor, now: datetime) -> dict[str, datetime]:
    """When the open code of each account was made."""
    wanted = (
        select(Invite.account_id, Invite.created_at)
        .where(Invite.commune_id == actor.commune_id, col(Invite.used_at).is_(None), Invite.expires_at > now)
        .where(Invite.failures <= MAX_INVITE_FAILURES)
        .order_by(col(Invite.created_at))
    )
    return dict(session.exec(wanted).all())
