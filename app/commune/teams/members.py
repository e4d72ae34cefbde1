"""What a supervisor does with the members of the commune's teams: invite, change, move, end, bring back.

Each command notes in the desk log who decided. Sessions and phones follow `deactivation` and `access`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts import access, people
from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.deactivation import deactivate_account, reactivate_account
from app.commune.accounts.hashing import code_salt, hash_code
from app.commune.accounts.models import Account, FieldRole, Team
from app.core import desk_log
from app.core.db import Database
from app.core.errors import NotFound, NumberKnown, NumberShared, PhoneInvalid
from app.core.feed import feed
from app.core.numbers.id_numbers import stored_text

MAX_SHARING = 2  # people of one commune with the same phone number


@dataclass(frozen=True)
class InviteCode:
    """A code and its hash, made before a transaction: argon2 takes as long as ten pushes."""

    code: str
    code_hash: str


def make_codes(database: Database, count: int = 1) -> list[InviteCode]:
    """New codes of 8 digits."""
    salt = database.read(code_salt)
    codes = [people.new_code() for _ in range(count)]
    return [InviteCode(code, hash_code(code, salt)) for code in codes]


@dataclass(frozen=True)
class NewMember:
    """Who is invited. `same_as`: the account with this phone number that is the same person; `other_than`:
    the first account with this phone number, if all of them are somebody else. Without either a known number
    is asked about."""

    name: str
    phone: str
    team_id: str
    role: FieldRole
    same_as: str = ""
    other_than: str = ""


def invite_member(
    session: Session, actor: Actor, member: NewMember, code: InviteCode, now: datetime
) -> Account:
    """The account of `member`, in the team and with a code.

    The same person keeps name and role. Another person gets an account of their own: they take over the
    number of somebody who has left, and share that of somebody who has not; each signs in with their own
    code. Raises `NumberKnown` if the number is in use and `member` does not say whose it is, `NumberShared`
    if two people use it, `NotFound`, `PhoneInvalid`, `TextRefused`.
    """
    team = access.find(session, actor, Team, member.team_id)
    owners = people.members_with_phone(session, actor.commune_id, member.phone)
    same = next((owner for owner in owners if owner.id == member.same_as), None)
    if owners and same is None and member.other_than != owners[0].id:
        raise NumberKnown([owner.id for owner in owners])
    account = same or _add_member(session, actor, member, owners)
    _put_into_team(session, account, team, now)
    _invite(session, actor, account, code, now)
    return account


def reissue_code(session: Session, actor: Actor, account_id: str, code: InviteCode, now: datetime) -> Account:
    """*Cấp lại mã*: a new code for a lost or wiped phone; the open codes of before end. Raises `NotFound`,
    also for somebody who has left."""
    account = find_member(session, actor, account_id)
    if account.ended_at is not None:
        raise NotFound
    _invite(session, actor, account, code, now)
    return account


def edit_member(
    session: Session, actor: Actor, account_id: str, name: str, phone: str, now: datetime
) -> None:
    """Correct name and number; old visits then show the new name too. Raises `NotFound`, `PhoneInvalid`,
    `TextRefused`, and `NumberKnown` if the number is another account's."""
    account = find_member(session, actor, account_id)
    number = people.e164(phone)
    if number != account.phone:
        owners = people.members_with_phone(session, actor.commune_id, phone)
        if owners:
            raise NumberKnown([owner.id for owner in owners])
    if (account.name, account.phone) == (stored_text(name), number):
        return
    account.phone = number
    people.rename(session, account, name)
    _note(session, actor, account, "account.edited", now)


def set_role(session: Session, actor: Actor, account_id: str, role: str, now: datetime) -> None:
    """Make a member the leader, or a volunteer again. Raises `NotFound`."""
    account = find_member(session, actor, account_id)
    if role not in FIELD_ROLES or account.ended_at is not None:
        raise NotFound
    if account.role != role:
        account.role = role
        feed(session, account.commune_id, [account])
        session.add(account)
        _note(session, actor, account, "account.role", now)


def move_member(
    session: Session, actor: Actor, account_id: str, team_id: str, since: datetime, now: datetime
) -> None:
    """Move a member to another team, in charge there since an instant that is not later than `now`. What
    they recorded until now for the team of before still counts. Raises `NotFound`."""
    account = find_member(session, actor, account_id)
    if account.ended_at is not None:
        raise NotFound
    team = access.find(session, actor, Team, team_id)
    if account.team_id != team.id:
        people.join_team(session, account, team, now, min(since, now))
        _note(session, actor, account, "account.moved", now)


def end_member(session: Session, actor: Actor, account_id: str, now: datetime) -> None:
    """*Cho nghỉ*: see `deactivate_account`. Raises `NotFound`."""
    deactivate_account(session, find_member(session, actor, account_id), now, actor.account_id)


def bring_back(
    session: Session, actor: Actor, account_id: str, team_id: str, code: InviteCode, now: datetime
) -> Account:
    """A person who left is back, in this team and with a code; sessions of before end.

    Raises `NotFound`, also for somebody who has not left, and `PhoneInvalid` for somebody whose number is
    another person's now: a code without a number opens nothing.
    """
    account = find_member(session, actor, account_id)
    if account.ended_at is None:
        raise NotFound
    if account.phone is None:
        raise PhoneInvalid("phone")
    team = access.find(session, actor, Team, team_id)
    _put_into_team(session, account, team, now)
    _invite(session, actor, account, code, now)
    return account


def find_member(session: Session, actor: Actor, account_id: str) -> Account:
    """A volunteer or leader of the supervisor's commune, also one who has left. Raises `NotFound`, also for
    one whose name was erased: nothing of such an account changes."""
    wanted = visible_to(actor, Account).where(Account.id == account_id, col(Account.role).in_(FIELD_ROLES))
    account = session.exec(wanted).first()
    if account is None or account.erased_at is not None:
        raise NotFound
    return account


def _add_member(session: Session, actor: Actor, member: NewMember, owners: list[Account]) -> Account:
    """A new account with the number of `owners`: those who have left lose it."""
    active = [owner for owner in owners if owner.ended_at is None]
    if len(active) >= MAX_SHARING:
        raise NumberShared("phone")
    for owner in owners:
        if owner.ended_at is not None:
            people.release_phone_number(session, owner)
    number, name = people.e164(member.phone), stored_text(member.name)
    return people.new_account(session, actor.commune_id, number, name, member.role)


def _put_into_team(session: Session, account: Account, team: Team, now: datetime) -> None:
    reactivate_account(session, account)
    people.join_team(session, account, team, now)


def _invite(session: Session, actor: Actor, account: Account, code: InviteCode, now: datetime) -> None:
    people.invite(session, account, now, code.code, code_hash=code.code_hash, by=actor.account_id)


def _note(session: Session, actor: Actor, account: Account, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, account=account.id, by=actor.account_id)
