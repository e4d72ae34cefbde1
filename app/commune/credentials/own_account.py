"""What supervisors do with their own account: change the password, see and end their sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.commune.accounts.deactivation import end_sessions
from app.commune.accounts.models import Account, SignInName, SignInSession
from app.commune.accounts.sessions import is_idle, session_key
from app.core.errors import PasswordWrong, PhoneInvalid
from app.core.feed import feed
from app.core.numbers.phone import normalize_phone


@dataclass(frozen=True)
class OwnSession:
    """An open session of one's own; `is_current`: the one that asks."""

    browser: str
    created_at: datetime
    last_used_at: datetime
    is_current: bool


def own_sign_in_name(session: Session, actor: Actor) -> str:
    """The actor's sign-in name."""
    return sign_in_name_of(session, actor.commune_id, actor.account_id)


def sign_in_name_of(session: Session, commune_id: str, account_id: str) -> str:
    """The sign-in name of a supervisor's account; empty if it has none."""
    wanted = select(SignInName.name).where(
        SignInName.commune_id == commune_id, SignInName.account_id == account_id
    )
    return session.exec(wanted.order_by(SignInName.name)).first() or ""


def list_sessions(session: Session, actor: Actor, cookie: str | None, now: datetime) -> list[OwnSession]:
    """The actor's open sessions: the current one first, then by last use."""
    rows = session.exec(
        select(SignInSession)
        .where(SignInSession.commune_id == actor.commune_id, SignInSession.account_id == actor.account_id)
        .where(SignInSession.expires_at > now, col(SignInSession.device_id).is_(None))
        .order_by(col(SignInSession.last_used_at).desc())
    )
    key = session_key(cookie)
    own = [
        OwnSession(
            row.browser,
            row.created_at,
            row.last_used_at or row.created_at,
            key is not None and row.token_hash == key["token_hash"],
        )
        for row in rows
        if not is_idle(row.created_at, row.expires_at, row.last_used_at, now)
    ]
    return sorted(own, key=lambda one: not one.is_current)


def change_password(
    session: Session, actor: Actor, verified_hash: str, new_hash: str, cookie: str | None, now: datetime
) -> None:
    """Store the new password's hash; every other session ends.

    Raises `PasswordWrong` if the old password is not the one of `verified_hash` any more.
    """
    name = session.get_one(SignInName, own_sign_in_name(session, actor))
    if name.password_hash != verified_hash:
        raise PasswordWrong
    people.set_password_hash(session, _account(session, actor), new_hash, now, keep=cookie)


def contact_phone(session: Session, actor: Actor) -> str:
    """The number that teams may call the actor at, in E.164; empty without one."""
    return _account(session, actor).contact_phone or ""


def change_contact_phone(session: Session, actor: Actor, number: str) -> None:
    """Show teams another number to call, on every phone of the commune; an empty one takes it back.

    Raises `PhoneInvalid`.
    """
    normalized = normalize_phone(number) if number.strip() else ""
    if normalized is None:
        raise PhoneInvalid
    account = _account(session, actor)
    if normalized != (account.contact_phone or ""):
        account.contact_phone = normalized
        feed(session, actor.commune_id, [account])
        session.add(account)


def sign_out_elsewhere(session: Session, actor: Actor, cookie: str | None) -> None:
    """*Đăng xuất nơi khác*: every session of the actor but this one ends."""
    end_sessions(session, _account(session, actor), keep=cookie)


def _account(session: Session, actor: Actor) -> Account:
    return session.get_one(Account, (actor.commune_id, actor.account_id))
