"""Whose session a desk cookie is, whatever has to be shown before it opens anything."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.deactivation import end_sessions
from app.commune.accounts.models import Account, SignInSession
from app.commune.accounts.sessions import (
    find_desk_session,
    hash_token,
    is_remembered,
    step_of,
)
from app.commune.areas import refuse_off
from app.commune.credentials.choosing import Pages
from app.commune.credentials.models import InstanceSession
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.own_account import sign_in_name_of
from app.commune.credentials.viewers import VIEWERS
from app.core import desk_log
from app.core.errors import SignInRequired


@dataclass(frozen=True)
class Holder:
    """Whose session it is, whatever has to be shown before it opens anything. `kind`: the detail of the desk
    log that has the `id`; `commune_id`: empty for those without a commune; `row`: the session's."""

    pages: Pages
    kind: str
    id: str
    commune_id: str
    name: str
    sign_in_name: str
    row: SignInSession | InstanceSession

    def step(self, now: datetime) -> str:
        """What has to be shown before the session opens anything; empty if nothing."""
        return step_of(self.row.pending, self.row.last_used_at, now, locks=self.row.locks)

    def note(self, session: Session, what: str, now: datetime, **details: str) -> None:
        """Add an entry to the desk log."""
        desk_log.note(session, self.commune_id, what, now, **{self.kind: self.id}, **details)


def find_holder(session: Session, cookie: str | None, now: datetime) -> Holder:
    """Whose session a desk cookie is. Raises `SignInRequired`, `CommuneOff`."""
    if operator := OPERATORS.find_row(session, cookie, now):
        one, row = operator
        return Holder("operator", "operator", one.id, "", one.name, one.sign_in_name, row)
    if viewer := VIEWERS.find_row(session, cookie, now):
        other, its = viewer
        return Holder("province", "viewer", other.id, "", other.name, other.sign_in_name, its)
    found = find_desk_session(session, cookie, now)
    account = session.get(Account, (found.commune_id, found.account_id)) if found else None
    if found is None or account is None or account.ended_at is not None or account.role != "supervisor":
        raise SignInRequired
    refuse_off(session, account.commune_id)
    name = sign_in_name_of(session, account.commune_id, account.id)
    return Holder("desk", "account", account.id, account.commune_id, account.name, name, found)


@dataclass(frozen=True)
class NewCookie:
    """What the cookie of a session is from now on. `is_remembered`: as in `SignedIn`."""

    value: str
    is_remembered: bool


def opened(session: Session, holder: Holder, now: datetime) -> NewCookie | None:
    """The session opens everything from now on: its person has shown a factor. It gets another cookie if the
    one of before has opened less, so that whoever knew that one has nothing."""
    row, is_first = holder.row, bool(holder.row.pending) or holder.row.confirmed_at is None
    row.pending, row.confirmed_at, row.last_used_at = "", now, now
    secret = secrets.token_urlsafe(32)
    if is_first:
        row.token_hash = hash_token(secret)
    session.add(row)
    remembered = is_remembered(row.created_at, row.expires_at)
    return NewCookie(f"{holder.commune_id}.{secret}", remembered) if is_first else None


def end_other_sessions(session: Session, holder: Holder, cookie: str | None) -> None:
    """Every other session of the person ends: it was opened by the password alone."""
    if holder.pages == "desk":
        account = session.get_one(Account, (holder.commune_id, holder.id))
        end_sessions(session, account, keep=cookie)
    elif operator := OPERATORS.find(session, holder.sign_in_name):
        OPERATORS.sign_out_elsewhere(session, operator, cookie)
    elif viewer := VIEWERS.find(session, holder.sign_in_name):
        VIEWERS.sign_out_elsewhere(session, viewer, cookie)
