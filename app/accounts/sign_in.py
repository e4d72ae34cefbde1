"""Signing in: a phone by invite code and number, the desk by name and password; sessions and throttling."""

import hashlib
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import and_, bindparam, false, or_
from sqlmodel import Session, select

from app.accounts.access import Actor, hamlets_now
from app.accounts.ending import end_sessions
from app.accounts.models import Account, Device, Invite, SignedIn, SignInName
from app.core import desk_log
from app.core.errors import InviteInvalid, PasswordWrong, SignInRequired, TooManyAttempts
from app.core.prepared import Prepared

DEVICE_SESSION = timedelta(days=400)  # the longest a browser keeps a cookie
DESK_SESSION = timedelta(hours=12)
INVITE_LIFE = timedelta(days=14)
ASK_AGAIN = timedelta(minutes=15)

# argon2id, OWASP's second recommended setting: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when nobody is found, so that a wrong name takes as long as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_hex(8))

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


class Throttle:
    """Counts failures: 5 in 5 minutes for one name or number, 50 for one network address.

    `guard` is held while an attempt is judged, so parallel guesses cannot slip through between
    the test and the count.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_name = RateLimitItemPerMinute(5, 5)
        self._per_address = RateLimitItemPerMinute(50, 5)
        self.guard = threading.Lock()

    def admit(self, name: str, address: str) -> None:
        """Raises `TooManyAttempts` (seconds until the next try) once there were too many failures."""
        for limit, key in ((self._per_name, name), (self._per_address, address)):
            if not self._limiter.test(limit, key):
                reset = self._limiter.get_window_stats(limit, key).reset_time
                raise TooManyAttempts(max(1, round(reset - time.time())))

    def failed(self, name: str, address: str) -> None:
        """Count one failure against the name and the network address."""
        self._limiter.hit(self._per_name, name)
        self._limiter.hit(self._per_address, address)


@dataclass(frozen=True)
class Enrolment:
    """What a phone asks for when it signs in; `device_id` resumes a device of the same account."""

    invite: str
    phone: str
    name: str
    device_id: str | None = None
    life: str | None = None


def hash_secret(secret: str) -> str:
    """argon2id hash of a password or an invite code."""
    return _HASHER.hash(secret)


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


def redeem_invite(session: Session, asked: Enrolment, now: datetime, *, demo: bool) -> Account:
    """The account whose open invite fits code and phone number. Raises `InviteInvalid`.

    The code is used up here, unless it is one of the demo's in demo mode. The phone that used it may
    ask again for 15 minutes: its first answer may have been lost on the way.
    """
    code, phone = normal_code(asked.invite), normal_phone(asked.phone)
    open_invites = _open_invites(session, phone, asked.life, now, demo=demo) if phone else []
    for account, invite in open_invites:
        if _verifies(invite.code_hash, code):
            invite.used_at, invite.used_by = now, asked.life
            session.add(invite)
            return account
    if not open_invites:
        _verifies(_NOBODY, code)
    raise InviteInvalid


def _open_invites(
    session: Session, phone: str, life: str | None, now: datetime, *, demo: bool
) -> Sequence[tuple[Account, Invite]]:
    invite: Any = Invite
    account: Any = Account
    again = and_(invite.used_by == life, invite.used_at > now - ASK_AGAIN) if life else false()
    unused = or_(invite.used_at.is_(None), again) & ~invite.reusable
    rows = (
        select(Account, Invite)
        .where(account.commune_id == invite.commune_id, account.id == invite.account_id)
        .where(account.phone == phone, account.ended_at.is_(None))
        .where(invite.expires_at > now, or_(unused, invite.reusable) if demo else unused)
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


def check_password(session: Session, name: str, password: str) -> Account:
    """The desk account of a sign-in name. Raises `PasswordWrong`."""
    known = session.get(SignInName, name)
    if not _verifies(known.password_hash if known else _NOBODY, password) or known is None:
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


def _verifies(known_hash: str, secret: str) -> bool:
    try:
        return _HASHER.verify(known_hash, secret.encode("utf-8", "replace"))
    except VerifyMismatchError:
        return False
