"""Operators: adding and listing them, their sessions and passwords.

An operator is no `Actor` and has no commune: nothing that starts from what an actor may see can be asked for
them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from app.commune.accounts import hashing
from app.commune.accounts.models import OneTimeLink, SignInName
from app.commune.accounts.people import new_id
from app.commune.accounts.sessions import DESK_SESSION_LIFETIME, authenticate, hash_token, is_idle, is_use_due
from app.commune.credentials import links
from app.commune.credentials.models import Operator, OperatorSession
from app.commune.credentials.own_account import OwnSession
from app.core import desk_log
from app.core.errors import NameTaken, NotFound, PasswordWrong
from app.core.text import nfc

SET_EVENT = "operator.password"  # of the desk log: added, or given another password
# Operators have no commune: their entries of the desk log are under this one.
_NO_COMMUNE = ""


def add_operator(
    session: Session, name: str, sign_in_name: str, password_hash: str, now: datetime
) -> Operator:
    """A new operator. Raises `NameTaken`, `TextRefused`."""
    if session.get(SignInName, sign_in_name) is not None:
        raise NameTaken("sign_in_name")
    session.add(SignInName(name=sign_in_name, password_hash=password_hash))
    session.flush()
    operator = Operator(id=new_id(), name=nfc(name), sign_in_name=sign_in_name, created_at=now)
    session.add(operator)
    session.flush()
    _note(session, operator, now)
    return operator


@dataclass(frozen=True)
class OperatorEntry:
    """An operator, and in how many browsers they are signed in."""

    operator: Operator
    sessions: int


def list_operators(session: Session, now: datetime) -> list[OperatorEntry]:
    """All operators by sign-in name, also those whose password opens nothing."""
    open_sessions = (
        select(func.count())
        .where(col(OperatorSession.operator_id) == col(Operator.id), OperatorSession.expires_at > now)
        .scalar_subquery()
    )
    rows = session.exec(select(Operator, open_sessions).order_by(Operator.sign_in_name))
    return [OperatorEntry(operator, count) for operator, count in rows]


def find_operator(session: Session, sign_in_name: str) -> Operator | None:
    """The operator with this sign-in name."""
    return session.exec(select(Operator).where(Operator.sign_in_name == sign_in_name)).first()


def find_verified(session: Session, sign_in_name: str, verified_hash: str) -> Operator | None:
    """The operator with this sign-in name, if the password is still the one of `verified_hash`."""
    row = session.get(SignInName, sign_in_name)
    return find_operator(session, sign_in_name) if row and row.password_hash == verified_hash else None


def set_password_hash(session: Session, operator: Operator, password_hash: str, now: datetime) -> None:
    """Store the hash of a new password; all the operator's sessions and open links end."""
    row = session.get_one(SignInName, operator.sign_in_name)
    row.password_hash = password_hash
    operator.disabled_at = None
    session.add_all([row, operator])
    session.execute(delete(OperatorSession).where(col(OperatorSession.operator_id) == operator.id))
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.sign_in_name) == operator.sign_in_name))
    _note(session, operator, now)
    session.flush()


def disable_password(session: Session, operator_id: str, now: datetime) -> None:
    """Have the password of an operator open nothing, if there is one of this id; their sessions end."""
    operator = session.get(Operator, operator_id)
    if operator is not None:
        set_password_hash(session, operator, hashing.UNKNOWN_NAME_HASH, now)
        operator.disabled_at = now
        session.add(operator)
        session.flush()


def open_session(session: Session, operator: Operator, now: datetime, browser: str = "") -> str:
    """Open a session; the value of its cookie, which is no supervisor's because it names no commune."""
    secret = secrets.token_urlsafe(32)
    session.add(
        OperatorSession(
            token_hash=hash_token(secret),
            operator_id=operator.id,
            created_at=now,
            expires_at=now + DESK_SESSION_LIFETIME,
            browser=browser,
            last_used_at=now,
        )
    )
    return f"{_NO_COMMUNE}.{secret}"


def authenticate_operator(session: Session, cookie: str | None, now: datetime) -> Operator:
    """The operator of a desk cookie. Raises `SignInRequired`, and `NotFound` if it is a supervisor's."""
    found = _find_session(session, cookie)
    if found is not None and _is_open(found, now):
        return session.get_one(Operator, found.operator_id)
    authenticate(session, cookie, now, device=False)
    raise NotFound


def record_use(session: Session, cookie: str | None, now: datetime) -> None:
    """Record that the operator's session of a cookie is in use, every few minutes."""
    found = _find_session(session, cookie)
    if found is not None and is_use_due(found.last_used_at, now):
        found.last_used_at = now
        session.add(found)


def is_use_recorded(session: Session, cookie: str | None, now: datetime) -> bool:
    """Whether `record_use` has nothing to do."""
    found = _find_session(session, cookie)
    return found is None or not is_use_due(found.last_used_at, now)


def refuse_operator(session: Session, cookie: str | None, now: datetime) -> None:
    """Raises `NotFound` if the desk cookie is an operator's, for whom the desk does not exist."""
    found = _find_session(session, cookie)
    if found is not None and _is_open(found, now):
        raise NotFound


def sign_out(session: Session, cookie: str | None) -> None:
    """End the operator's session of a cookie, if there is one."""
    found = _find_session(session, cookie)
    if found is not None:
        session.delete(found)


def issue_link(session: Session, sign_in_name: str, now: datetime) -> str:
    """The token of the link of a new operator, or with `sign_in_name` of one who needs a new password.

    Raises `NotFound` if no operator has this name.
    """
    if sign_in_name and find_operator(session, sign_in_name) is None:
        raise NotFound
    return links.issue(session, sign_in_name or None, now, links.OPERATOR_LIFETIME)


def list_sessions(
    session: Session, operator: Operator, cookie: str | None, now: datetime
) -> list[OwnSession]:
    """The operator's open sessions: the current one first, then by last use."""
    current = _find_session(session, cookie)
    rows = session.exec(select(OperatorSession).where(OperatorSession.operator_id == operator.id))
    own = [
        OwnSession(one.browser, one.created_at, one.last_used_at or one.created_at, one is current)
        for one in rows
        if _is_open(one, now)
    ]
    own.sort(key=lambda one: one.last_used_at, reverse=True)
    return sorted(own, key=lambda one: not one.is_current)


def sign_out_elsewhere(session: Session, operator: Operator, cookie: str | None) -> None:
    """*Đăng xuất nơi khác*: every session of the operator but this one ends."""
    current = _find_session(session, cookie)
    others = col(OperatorSession.token_hash) != (current.token_hash if current else "")
    session.execute(delete(OperatorSession).where(col(OperatorSession.operator_id) == operator.id, others))


def change_password(
    session: Session, operator: Operator, verified_hash: str, new_hash: str, cookie: str | None, now: datetime
) -> None:
    """Store the hash of the operator's new password; open links and every other session end.

    Raises `PasswordWrong` if the old password is not the one of `verified_hash` any more.
    """
    row = session.get_one(SignInName, operator.sign_in_name)
    if row.password_hash != verified_hash:
        raise PasswordWrong
    row.password_hash = new_hash
    session.add(row)
    sign_out_elsewhere(session, operator, cookie)
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.sign_in_name) == operator.sign_in_name))
    _note(session, operator, now)


def _is_open(found: OperatorSession, now: datetime) -> bool:
    return found.expires_at > now and not is_idle(found.created_at, found.expires_at, found.last_used_at, now)


def _find_session(session: Session, cookie: str | None) -> OperatorSession | None:
    commune_id, _dot, secret = (cookie or "").partition(".")
    return session.get(OperatorSession, hash_token(secret)) if secret and commune_id == _NO_COMMUNE else None


def _note(session: Session, operator: Operator, now: datetime) -> None:
    desk_log.note(session, _NO_COMMUNE, SET_EVENT, now, operator=operator.id)
