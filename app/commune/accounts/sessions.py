"""Sessions: opened by a sign-in, found by a cookie."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.commune.accounts.access import Actor, with_hamlets
from app.commune.accounts.models import Account, DeskSession, Device, Role, SignInSession
from app.commune.areas import Commune, refuse_off, refuse_state
from app.core.db import table_of
from app.core.errors import SignInRequired
from app.core.sql.prepared import Prepared

DEVICE_SESSION_LIFETIME = timedelta(days=400)  # the longest that a browser keeps a cookie
DESK_SESSION_LIFETIME = timedelta(hours=12)  # and it ends with the browser
DESK_IDLE_TIME = timedelta(hours=8)
REMEMBERED_LIFETIME = timedelta(days=7)  # on a machine with *Ghi nhớ máy này*
LOCKED_AFTER = timedelta(minutes=15)  # a session that locks, when nobody uses it
CONFIRMED_FOR = timedelta(minutes=15)  # so long a factor that was shown counts
# `last_used_at` is written so seldom, because most requests at the desk only read.
USE_RECORDED_EVERY = timedelta(minutes=5)
USE_RECORDED_EVERY_MINUTE = timedelta(minutes=1)  # of a session that locks
CODE, SETUP, UNLOCK, CONFIRM = "code", "setup", "unlock", "confirm"  # steps

_SESSION, _ACCOUNT, _DEVICE = table_of(SignInSession), table_of(Account), table_of(Device)
_COMMUNE = table_of(Commune)


class SecondStepRequired(SignInRequired):
    """A session that opens nothing before something else is shown. `step`: `code` or `setup`, as
    `DeskSession.pending`; `unlock`, the password or a passkey; `confirm`, the factor once more."""

    code = "second_step"

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step


@dataclass(frozen=True)
class Guard:
    """How a session at the desk begins; see `DeskSession`."""

    pending: str = ""
    locks: bool = False


NO_GUARD = Guard()


class SessionKey(TypedDict):
    """The primary key of a session."""

    commune_id: str
    token_hash: str


class _SessionRow(TypedDict):
    """A session with its account and, for a phone, its device; `started_at` to `host`: of the commune."""

    commune_id: str
    device_id: str | None
    expires_at: datetime
    account_id: str
    name: str
    role: Role
    team_id: str | None
    ended_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    started_at: datetime | None
    off_at: datetime | None
    moved_at: datetime | None
    moved_to: str | None
    host: str | None
    pending: str
    locks: bool


_OF_SESSION = (
    "commune_id", "device_id", "expires_at", "account_id", "created_at", "last_used_at", "pending", "locks",
)  # fmt: skip
_OF_COMMUNE = ("started_at", "off_at", "moved_at", "moved_to", "host")
_FIND_SESSION = Prepared(
    select(
        *(_SESSION.c[name] for name in _OF_SESSION),
        *(_ACCOUNT.c[name] for name in ("name", "role", "team_id", "ended_at")),
        _DEVICE.c.revoked_at,
        *(_COMMUNE.c[name] for name in _OF_COMMUNE),
    )
    .select_from(_SESSION)
    .join(_COMMUNE, _COMMUNE.c.id == bindparam("commune_id"))
    .join(
        _ACCOUNT,
        (_ACCOUNT.c.commune_id == bindparam("commune_id")) & (_ACCOUNT.c.id == _SESSION.c.account_id),
    )
    .outerjoin(
        _DEVICE, (_DEVICE.c.commune_id == bindparam("commune_id")) & (_DEVICE.c.id == _SESSION.c.device_id)
    )
    .where(
        _SESSION.c.commune_id == bindparam("commune_id"), _SESSION.c.token_hash == bindparam("token_hash")
    ),
    _SessionRow,
)


def open_session(
    session: Session,
    account: Account,
    now: datetime,
    device_id: str | None = None,
    browser: str = "",
    *,
    remember: bool = False,
    guard: Guard = NO_GUARD,
) -> str:
    """Open a session of a phone, or without `device_id` of the desk in `browser`; the value of its cookie.

    `remember`: *Ghi nhớ máy này*. Raises `CommuneOff`.
    """
    refuse_off(session, account.commune_id)
    secret = secrets.token_urlsafe(32)
    lifetime = DEVICE_SESSION_LIFETIME if device_id else desk_lifetime(remember=remember)
    session.add(
        SignInSession(
            commune_id=account.commune_id,
            token_hash=hash_token(secret),
            account_id=account.id,
            device_id=device_id,
            created_at=now,
            expires_at=now + lifetime,
            browser=browser,
            last_used_at=None if device_id else now,
            pending=guard.pending,
            locks=guard.locks,
        )
    )
    return f"{account.commune_id}.{secret}"


def desk_lifetime(*, remember: bool) -> timedelta:
    """How long a session at the desk lasts at most."""
    return REMEMBERED_LIFETIME if remember else DESK_SESSION_LIFETIME


def is_remembered(created_at: datetime, expires_at: datetime) -> bool:
    """Whether a session at the desk is one of *Ghi nhớ máy này*."""
    return expires_at - created_at > DESK_SESSION_LIFETIME


def is_idle(created_at: datetime, expires_at: datetime, last_used_at: datetime | None, now: datetime) -> bool:
    """Whether nobody has used a session at the desk for so long that it has ended."""
    return not is_remembered(created_at, expires_at) and now - (last_used_at or created_at) >= DESK_IDLE_TIME


def authenticate(
    session: Session, cookie: str | None, now: datetime, *, device: bool, is_delivery: bool = False
) -> Actor:
    """The actor of a cookie, which must be a phone's if `device`, else the desk's. Raises `SignInRequired`,
    and `CommuneOff` for a session that goes on once the commune is switched on again.

    `is_delivery`: of a phone that delivers what it has. It may also do so at the address that its commune has
    left: there `Actor.moved_to` says where that is by now.

    A phone that was revoked, or whose account has ended, is a suspended actor: it may deliver its queue and
    sees nothing.
    """
    return _actor(session, _find_session(session, cookie, now, device=device, is_delivery=is_delivery))


def authenticate_desk(
    session: Session, cookie: str | None, now: datetime, *, is_read_only: bool = False
) -> tuple[Actor, bool]:
    """The actor of a desk cookie, and whether `record_use` is due. `is_read_only`: neither the use of a
    session nor its unlocking can be stored, so that it is not locked. Raises `SignInRequired`, `CommuneOff`.
    """
    row = _find_session(session, cookie, now, device=False, is_read_only=is_read_only)
    return _actor(session, row), is_use_due(row["last_used_at"], now, locks=row["locks"])


def is_use_due(last_used_at: datetime | None, now: datetime, *, locks: bool) -> bool:
    """Whether the use of a session is to be recorded again."""
    every = USE_RECORDED_EVERY_MINUTE if locks else USE_RECORDED_EVERY
    return last_used_at is None or now - last_used_at >= every


def step_of(pending: str, last_used_at: datetime | None, now: datetime, *, locks: bool) -> str:
    """What has to be shown before a session opens anything; empty if nothing."""
    if pending:
        return pending
    is_locked = locks and last_used_at is not None and now - last_used_at >= LOCKED_AFTER
    return UNLOCK if is_locked else ""


def is_confirmed(row: DeskSession, now: datetime) -> bool:
    """Whether the person of a session has shown the factor of late, or has none."""
    return row.confirmed_at is None or now - row.confirmed_at < CONFIRMED_FOR


def require_confirmed(row: DeskSession, now: datetime) -> None:
    """Raises `SecondStepRequired` if it is not confirmed (`is_confirmed`)."""
    if not is_confirmed(row, now):
        raise SecondStepRequired(CONFIRM)


def record_use(session: Session, cookie: str | None, now: datetime) -> None:
    """Record that the session of a desk cookie is in use."""
    key = session_key(cookie)
    if key:
        ours = (_SESSION.c.commune_id == key["commune_id"]) & (_SESSION.c.token_hash == key["token_hash"])
        session.execute(update(_SESSION).where(ours).values(last_used_at=now))


def _find_session(
    session: Session,
    cookie: str | None,
    now: datetime,
    *,
    device: bool,
    is_read_only: bool = False,
    is_delivery: bool = False,
) -> _SessionRow:
    key = session_key(cookie)
    row = _FIND_SESSION.first(session, **key) if key else None
    if row is None or row["expires_at"] <= now or (row["device_id"] is not None) != device:
        raise SignInRequired
    is_over = row["ended_at"] is not None or is_idle(
        row["created_at"], row["expires_at"], row["last_used_at"], now
    )
    if is_over and not device:
        raise SignInRequired
    if not (is_delivery and _has_left_address(row)):
        refuse_state(row["started_at"], row["off_at"], row["moved_at"], row["moved_to"])
    locks = row["locks"] and not is_read_only
    if step := step_of(row["pending"], row["last_used_at"], now, locks=locks):
        raise SecondStepRequired(step)
    return row


def find_desk_session(session: Session, cookie: str | None, now: datetime) -> SignInSession | None:
    """The row of a desk cookie's session, whatever has to be shown before it opens anything; None if it has
    ended or is a phone's."""
    key = session_key(cookie)
    row = session.get(SignInSession, key) if key else None
    if row is None or row.device_id is not None or row.expires_at <= now:
        return None
    return None if is_idle(row.created_at, row.expires_at, row.last_used_at, now) else row


def _has_left_address(row: _SessionRow) -> bool:
    """Whether the commune has moved without the name under which its phones know it: none of them follows."""
    return row["moved_at"] is not None and row["host"] is None


def _actor(session: Session, row: _SessionRow) -> Actor:
    actor = Actor(
        row["commune_id"],
        row["account_id"],
        row["name"],
        row["role"],
        device_id=row["device_id"],
        moved_to=row["moved_to"] or "",
    )
    if row["ended_at"] is not None or row["revoked_at"] is not None:
        return replace(actor, suspended=True)
    return with_hamlets(session, actor, row["team_id"])


def sign_out(session: Session, cookie: str | None) -> None:
    """End the session of a cookie, if there is one."""
    key = session_key(cookie)
    sign_in_session = session.get(SignInSession, key) if key else None
    if sign_in_session is not None:
        session.delete(sign_in_session)


def session_key(cookie: str | None) -> SessionKey | None:
    """The key of the session that a cookie belongs to; None if it cannot be a cookie of ours."""
    commune_id, _, secret = (cookie or "").partition(".")
    if not secret or "\x00" in commune_id:
        return None
    return {"commune_id": commune_id, "token_hash": hash_token(secret)}


def hash_token(secret: str) -> str:
    """SHA-256 of a random token of 256 bits, which needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
