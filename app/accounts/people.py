"""Teams, members and invites: how people come into a commune."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from app.accounts.models import Account, Assignment, Invite, Membership, SignInName, Team
from app.accounts.sign_in import INVITE_LIFE, hash_secret, normal_phone
from app.areas import Hamlet
from app.core import desk_log
from app.core.db import feed
from app.core.errors import NameTaken, PhoneInvalid
from app.core.ids import Ids
from app.core.text import nfc

# Reusable codes are for the demo, which should still open in years.
DEMO_LIFE = timedelta(days=50 * 365)


def new_id() -> str:
    """An id made on the server."""
    return secrets.token_urlsafe(12)


def team_of(session: Session, hamlet: Hamlet, now: datetime) -> Team:
    """The team in charge of a hamlet now; a new one if there is none."""
    until: Any = Assignment.until
    same_commune: Any = Team.commune_id == Assignment.commune_id
    query = select(Team).join(Assignment, same_commune & (Team.id == Assignment.team_id)).where(
        Assignment.commune_id == hamlet.commune_id, Assignment.hamlet_id == hamlet.id, until.is_(None)
    )  # fmt: skip
    return session.exec(query).first() or add_team(session, [hamlet], f"Tổ {hamlet.name}", now)


def add_team(session: Session, hamlets: list[Hamlet], name: str, now: datetime) -> Team:
    """A new team in charge of `hamlets` from `now` on."""
    team = Team(commune_id=hamlets[0].commune_id, id=new_id(), name=nfc(name))
    session.add(team)
    session.flush()
    for hamlet in hamlets:
        session.add(Assignment(commune_id=team.commune_id, team_id=team.id, hamlet_id=hamlet.id, since=now))
    session.flush()
    return team


def add_member(
    session: Session, team: Team, name: str, phone: str, now: datetime, role: str = "volunteer"
) -> Account:
    """The team's member with this phone number; an account of the commune that has it joins the team.

    Raises `PhoneInvalid`, `TextRefused`.
    """
    number = normal_phone(phone)
    if number is None:
        raise PhoneInvalid("phone")
    known = session.exec(
        select(Account).where(Account.commune_id == team.commune_id, Account.phone == number)
    ).first()
    account = known or _new_account(session, team.commune_id, number)
    account.name, account.phone = nfc(name), number
    account.role, account.ended_at = role, None
    join_team(session, account, team, now)
    return account


def _new_account(session: Session, commune_id: str, number: str) -> Account:
    """Its id is made of the phone number; somebody who had the number before keeps the first one."""
    taken = set(session.exec(select(Account.id).where(Account.commune_id == commune_id)))
    id = Ids(session, "account", commune_id).token(number, taken=taken)
    return Account(commune_id=commune_id, id=id, name="", role="", feed_seq=0)


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


def add_supervisor(session: Session, commune_id: str, name: str, sign_in_name: str, password: str) -> Account:
    """A supervisor of the commune and their way in at the desk; a known sign-in name gets a new password.

    Raises `NameTaken` where another commune has the sign-in name, `TextRefused`.
    """
    known = session.get(SignInName, sign_in_name)
    if known is not None and known.commune_id != commune_id:
        raise NameTaken("sign_in_name")
    if known is not None:
        known.password_hash = hash_secret(password)
        session.add(known)
        return session.exec(
            select(Account).where(Account.commune_id == commune_id, Account.id == known.account_id)
        ).one()
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


def invite(
    session: Session, account: Account, now: datetime, code: str = "", *, reusable: bool = False
) -> str:
    """A new code for `account`, 8 digits, good for 14 days and one sign-in; earlier open ones end.

    `code` and `reusable` are for the demo, whose people no restore has to name.
    """
    if not reusable:
        desk_log.note(session, account.commune_id, "account.invited", now, account=account.id)
    used: Any = Invite.used_at
    earlier = select(Invite).where(
        Invite.commune_id == account.commune_id, Invite.account_id == account.id, used.is_(None)
    )
    for old in session.exec(earlier):
        old.used_at, old.used_by = now, None
        session.add(old)
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
