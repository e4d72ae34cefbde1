"""Signing in: a phone by invite code and number, the desk by name and password; sessions.

A secret is judged between two transactions, never within one: argon2 takes as long as a hundred pushes.
What it was judged by is looked at again in the second.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from sqlalchemy import and_, bindparam, false, or_
from sqlmodel import Session, select

from app.accounts import hashing
from app.accounts.access import Actor, hamlets_now
from app.accounts.ending import end_sessions
from app.accounts.models import Account, Device, Invite, SignedIn, SignInName
from app.core import desk_log
from app.core.errors import InviteInvalid, PasswordWrong, SignInRequired
from app.core.prepared import Prepared

DEVICE_SESSION = timedelta(days=400)  # the longest a browser keeps a cookie
DESK_SESSION = timedelta(hours=12)
INVITE_LIFE = timedelta(days=14)
ASK_AGAIN = timedelta(minutes=15)
MOST_FAILURES = 20  # of an invite: it is void then
# Of a number's open invites as many are judged, always: else the time tells how many it has.
JUDGED = 2

_SESSION: Any = SignedIn.__table__  # type: ignore[attr-defined]
_ACCOUNT: Any = Account.__table__  # type: ignore[attr-defined]
_DEVICE: Any = Device.__table__  # type: ignore[attr-defined]


def _same(table: Any, named: Any) -> Any:
    return (table.c.commune_id == _SESSION.c.commune_id) & (table.c.id == named)


_KNOWN_OF: list[Any] = [
    *(_SESSION.c[name] for name in ("commune_id", "device_id", "expires_at")),
    *(_ACCOUNT.c[name] for name in ("id", "name", "role", "team_id", "ended_at")),
    _DEVICE.c.revoked_at,
]
_WHO = Prepared(
    select(*_KNOWN_OF)
    .join(_ACCOUNT, _same(_ACCOUNT, _SESSION.c.account_id))
    .outerjoin(_DEVICE, _same(_DEVICE, _SESSION.c.device_id))
    .where(_SESSION.c.commune_id == bindparam("commune_id"), _SESSION.c.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True)
class Enrolment:
    """What a phone asks for when it signs in; `device_id` resumes a device of the same account."""

    invite: str
    phone: str
    name: str
    device_id: str | None = None
    life: str | None = None


@dataclass(frozen=True)
class OpenInvite:
    """An invite that a code may fit."""

    commune_id: str
    id: str
    code_hash: str


def normal_phone(text: str) -> str | None:
    """A Vietnamese number in E.164, or None. *0900 000 001* → *+84900000001*."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_code(text: str) -> str:
    """An invite code's digits: people type blanks, dots and hyphens between them."""
    return "".join(char for char in text if char not in " .-\u00a0\u2011\u2013")


def offered_invites(session: Session, asked: Enrolment, now: datetime, *, demo: bool) -> list[OpenInvite]:
    """The open invites of the phone number, one failure counted against each until its code has fitted.

    One with more than `MOST_FAILURES` is void: no code fits it any more.
    """
    found = []
    for _account, invite in _open_invites(session, asked, now, demo=demo):
        invite.failures += not invite.reusable
        session.add(invite)
        if invite.failures <= MOST_FAILURES:
            found.append(OpenInvite(invite.commune_id, invite.id, invite.code_hash))
    return found


def fitting_invite(offered: Sequence[OpenInvite], code: str) -> OpenInvite:
    """The one that the code fits. Takes as long for none as for `JUDGED`. Raises `InviteInvalid`."""
    typed = normal_code(code)
    fits = [one for one in offered if hashing.verifies(one.code_hash, typed)]
    for _missing in range(JUDGED - len(offered)):
        hashing.verifies(hashing.NOBODY, typed)
    if not fits:
        raise InviteInvalid
    return fits[0]


def redeem_invite(
    session: Session, asked: Enrolment, fitting: OpenInvite, now: datetime, *, demo: bool
) -> Account:
    """The account of an invite whose code fitted. Raises `InviteInvalid` if it is not open any more.

    The code is used up here, unless it is one of the demo's in demo mode. The phone that used it may
    ask again for 15 minutes: its first answer may have been lost on the way.
    """
    for account, invite in _open_invites(session, asked, now, demo=demo):
        if (invite.commune_id, invite.id) == (fitting.commune_id, fitting.id):
            invite.used_at, invite.used_by, invite.failures = now, asked.life, 0
            session.add(invite)
            return account
    raise InviteInvalid


def _open_invites(
    session: Session, asked: Enrolment, now: datetime, *, demo: bool
) -> Sequence[tuple[Account, Invite]]:
    phone, life = normal_phone(asked.phone) or "", asked.life
    invite: Any = Invite
    account: Any = Account
    again = and_(invite.used_by == life, invite.used_at > now - ASK_AGAIN) if life else false()
    unused = or_(invite.used_at.is_(None), again) & ~invite.reusable
    rows = (
        select(Account, Invite)
        .where(account.commune_id == invite.commune_id, account.id == invite.account_id)
        .where(account.phone == phone, account.ended_at.is_(None))
        .where(invite.expires_at > now, or_(unused, invite.reusable) if demo else unused)
        .order_by(invite.created_at.desc(), invite.id)
        .limit(JUDGED)
        .with_for_update(of=Invite)
    )
    return session.exec(rows).all()


def enrol(session: Session, account: Account, asked: Enrolment, now: datetime) -> tuple[Device, str]:
    """The account's device (resumed where it is its own, whose earlier sessions end) and a new session's
    cookie value."""
    known = _own_device(session, account, asked.device_id)
    device = known or Device(
        commune_id=account.commune_id,
        id=secrets.token_urlsafe(12),
        account_id=account.id,
        name=asked.name,
        enrolled_at=now,
    )
    if device.life and asked.life and asked.life != device.life:
        device.new_life_at = now  # its storage was emptied: what it had not sent is gone
    device.life = asked.life or device.life
    device.last_contact_at = now
    session.add(device)
    session.flush()
    end_sessions(session, device)
    what = "device.resumed" if known else "device.enrolled"
    desk_log.note(session, account.commune_id, what, now, device=device.id, account=account.id)
    return device, _open_session(session, account, now, DEVICE_SESSION, device.id)


def password_hash(session: Session, name: str) -> str:
    """The hash to judge a password by; nothing fits it where nobody has the sign-in name."""
    known = session.get(SignInName, name)
    return known.password_hash if known else hashing.NOBODY


def check_password(known_hash: str, password: str) -> None:
    """Raises `PasswordWrong`."""
    if not hashing.verifies(known_hash, password):
        raise PasswordWrong


def desk_account(session: Session, name: str, known_hash: str) -> Account:
    """The account of a sign-in name whose password fitted `known_hash`.

    Raises `PasswordWrong` if there is none, it has ended, or its password changed meanwhile.
    """
    known = session.get(SignInName, name)
    if known is None or known.password_hash != known_hash:
        raise PasswordWrong
    account = session.get(Account, (known.commune_id, known.account_id))
    if account is None or account.ended_at is not None:
        raise PasswordWrong
    return account


def open_desk(session: Session, account: Account, now: datetime) -> str:
    """A new desk session's cookie value."""
    return _open_session(session, account, now, DESK_SESSION, None)


def who(session: Session, cookie: str | None, now: datetime, *, device: bool) -> Actor:
    """The actor of a cookie; `device` says which of the two kinds it must be. Raises `SignInRequired`.

    A phone whose account ended, or that was revoked, is a suspended actor: it sees nothing, and what still
    waits on it can be delivered.
    """
    named = _named_by(cookie)
    known = _WHO.first(session, **named) if named else None
    if known is None or known["expires_at"] <= now or (known["device_id"] is not None) != device:
        raise SignInRequired
    if known["ended_at"] is not None and not device:
        raise SignInRequired
    actor = Actor(
        known["commune_id"], known["id"], known["name"], known["role"], device_id=known["device_id"]
    )
    if known["ended_at"] is not None or known["revoked_at"] is not None:
        return replace(actor, suspended=True)
    return replace(actor, hamlet_ids=hamlets_now(session, actor, known["team_id"]))


def sign_out(session: Session, cookie: str | None) -> None:
    """End the session of a cookie; an unknown one is already ended."""
    named = _named_by(cookie)
    signed_in = session.get(SignedIn, named) if named else None
    if signed_in is not None:
        session.delete(signed_in)


def _open_session(
    session: Session, account: Account, now: datetime, life: timedelta, device_id: str | None
) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        SignedIn(
            commune_id=account.commune_id,
            token_hash=_token_hash(secret),
            account_id=account.id,
            device_id=device_id,
            created_at=now,
            expires_at=now + life,
        )
    )
    return f"{account.commune_id}.{secret}"


def _named_by(cookie: str | None) -> dict[str, str] | None:
    """The key of the session a cookie names."""
    commune_id, _, secret = (cookie or "").partition(".")
    if not secret or "\x00" in commune_id:
        return None
    return {"commune_id": commune_id, "token_hash": _token_hash(secret)}


def _own_device(session: Session, account: Account, device_id: str | None) -> Device | None:
    device = session.get(Device, (account.commune_id, device_id)) if device_id else None
    fits = device is not None and device.account_id == account.id and device.revoked_at is None
    return device if fits else None


def _token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
