"""Teams, members and invites: how people come into a commune."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from app.accounts.ending import begin_again, close_invites, end_sessions
from app.accounts.hashing import hash_secret
from app.accounts.models import Account, Assignment, Invite, Membership, SignInName, Team
from app.accounts.sign_in import INVITE_LIFE, normal_phone
from app.areas import Hamlet
from app.core import desk_log
from app.core.db import feed
from app.core.errors import NameTaken, PhoneInvalid
from app.core.ids import Ids
from app.core.text import nfc

# What the desk log calls a new password.
RESET = "password.set"
# Reusable codes are for the demo, which should still open in years.
DEMO_LIFE = timedelta(days=50 * 365)


def new_id() -> str:
    """An id made on the server."""
    return secrets.token_urlsafe(12)


def team_of(session: Session, hamlets: list[Hamlet], now: datetime) -> Team:
    """The team in charge of all these hamlets now, the one with the fewest others; a new one if there is
    none."""
    until: Any = Assignment.until
    commune_id = hamlets[0].commune_id
    in_charge: dict[str, set[str]] = {}
    for row in session.exec(select(Assignment).where(Assignment.commune_id == commune_id, until.is_(None))):
        in_charge.setdefault(row.team_id, set()).add(row.hamlet_id)
    wanted = {hamlet.id for hamlet in hamlets}
    able = [(len(held), team_id) for team_id, held in in_charge.items() if wanted <= held]
    if able:
        return session.get_one(Team, (commune_id, min(able)[1]))
    return add_team(session, hamlets, f"Tổ {', '.join(hamlet.name for hamlet in hamlets)}", now)


def add_team(session: Session, hamlets: list[Hamlet], name: str, now: datetime) -> Team:
    """A new team in charge of `hamlets` from `now` on."""
    team = Team(commune_id=hamlets[0].commune_id, id=new_id(), name=nfc(name))
    session.add(team)
    session.flush()
    for hamlet in hamlets:
        session.add(Assignment(commune_id=team.commune_id, team_id=team.id, hamlet_id=hamlet.id, since=now))
    session.flush()
    return team


def find_member(session: Session, commune_id: str, phone: str) -> Account | None:
    """The commune's account with this phone number. Raises `PhoneInvalid`."""
    number = _number(phone)
    return session.exec(
        select(Account).where(Account.commune_id == commune_id, Account.phone == number)
    ).first()


def add_member(
    session: Session, team: Team, name: str, phone: str, now: datetime, role: str = "volunteer"
) -> Account:
    """The team's member with this phone number. Who has it already joins the team under the name that old
    visits bear; a leader stays one.

    Raises `PhoneInvalid`, `TextRefused`.
    """
    account = find_member(session, team.commune_id, phone)
    if account is None:
        account = _new_account(session, team.commune_id, _number(phone), nfc(name), role)
    elif role == "leader":
        account.role = role
    begin_again(session, account)
    join_team(session, account, team, now)
    return account


def rename(session: Session, account: Account, name: str) -> None:
    """Call the person so from now on, in old visits too. Raises `TextRefused`."""
    account.name = nfc(name)
    feed(session, account.commune_id, [account])
    session.add(account)


def _new_account(session: Session, commune_id: str, number: str, name: str, role: str) -> Account:
    """Its id is made of the phone number; somebody who had the number before keeps the first one."""
    taken = set(session.exec(select(Account.id).where(Account.commune_id == commune_id)))
    id = Ids(session, "account", commune_id).token(number, taken=taken)
    return Account(commune_id=commune_id, id=id, phone=number, name=name, role=role, feed_seq=0)


def join_team(session: Session, account: Account, team: Team, now: datetime) -> None:
    """Put an account into a team; what it was in before stays in the history."""
    account.team_id = team.id
    feed(session, team.commune_id, [account])
    session.add(account)
    session.flush()
    still: Any = Membership.until
    open_ones = session.exec(
        select(Membership).where(
            Membership.commune_id == team.commune_id, Membership.account_id == account.id, still.is_(None)
        )
    ).all()
    for membership in open_ones:
        if membership.team_id != team.id:
            membership.until = now
            session.add(membership)
    if all(membership.team_id != team.id for membership in open_ones):
        session.add(Membership(commune_id=team.commune_id, account_id=account.id, team_id=team.id, since=now))
    session.flush()


def take_number(session: Session, account: Account) -> None:
    """The phone number is not this person's any more: another account may have it."""
    account.phone = None
    feed(session, account.commune_id, [account])
    session.add(account)
    session.flush()


def add_supervisor(session: Session, commune_id: str, name: str, sign_in_name: str, password: str) -> Account:
    """A supervisor of the commune and their way in at the desk. Raises `NameTaken`, `TextRefused`."""
    if session.get(SignInName, sign_in_name) is not None:
        raise NameTaken("sign_in_name")
    account = Account(commune_id=commune_id, id=new_id(), name=nfc(name), role="supervisor", feed_seq=0)
    feed(session, commune_id, [account])
    session.add(account)
    session.flush()
    session.add(
        SignInName(
            name=sign_in_name,
            commune_id=commune_id,
            account_id=account.id,
            password_hash=hash_secret(password),
        )
    )
    session.flush()
    return account


def find_supervisor(session: Session, sign_in_name: str) -> Account | None:
    """Whose sign-in name it is."""
    known = session.get(SignInName, sign_in_name)
    return session.get_one(Account, (known.commune_id, known.account_id)) if known else None


def set_password(session: Session, account: Account, password: str, now: datetime) -> None:
    """Give a supervisor a new password; every session of theirs ends."""
    wanted = select(SignInName).where(
        SignInName.commune_id == account.commune_id, SignInName.account_id == account.id
    )
    for known in session.exec(wanted):
        known.password_hash = hash_secret(password)
        session.add(known)
    end_sessions(session, account)
    desk_log.note(session, account.commune_id, RESET, now, account=account.id)
    session.flush()


def invite(
    session: Session, account: Account, now: datetime, code: str = "", *, reusable: bool = False
) -> str:
    """A new code for `account`, 8 digits, good for 14 days and one sign-in; earlier open ones end.

    `code` and `reusable` are for the demo, whose people no restore has to name.
    """
    if not reusable:
        desk_log.note(session, account.commune_id, "account.invited", now, account=account.id)
    close_invites(session, account.commune_id, account.id, now)
    code = code or f"{secrets.randbelow(10**8):08d}"
    session.add(
        Invite(
            commune_id=account.commune_id,
            id=new_id(),
            account_id=account.id,
            code_hash=hash_secret(code),
            created_at=now,
            expires_at=now + DEMO_LIFE if reusable else now + INVITE_LIFE,
            reusable=reusable,
        )
    )
    session.flush()
    return code


def _number(phone: str) -> str:
    number = normal_phone(phone)
    if number is None:
        raise PhoneInvalid("phone")
    return number
