"""Endings: the sessions and invite codes that end with a phone, a password or an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, literal, or_, update
from sqlmodel import Session

from app.accounts.models import Account, Device, Invite, Membership, SignedIn
from app.core import desk_log
from app.core.clock import Instant
from app.core.db import feed

# What the desk log calls it.
ENDED = "account.ended"


def end_account(session: Session, account: Account, now: datetime) -> None:
    """The person has left. At the desk they are out at once; their phones deliver what waits on them into the
    quarantine, are given nothing, and erase their copy. Ended twice is ended once."""
    if account.ended_at is not None:
        return
    account.ended_at = now
    feed(session, account.commune_id, [account])
    session.add(account)
    _end_memberships(session, account, now)
    close_invites(session, account.commune_id, account.id, now)
    if account.role == "supervisor":
        end_sessions(session, account)
    desk_log.note(session, account.commune_id, ENDED, now, account=account.id)
    session.flush()


def begin_again(session: Session, account: Account) -> None:
    """The person has come back: they sign in anew, and no cookie of before opens anything. The caller numbers
    the account for the feed."""
    if account.ended_at is not None:
        account.ended_at = None
        end_sessions(session, account)


def end_sessions(session: Session, of: Account | Device) -> None:
    """Delete the sessions of an account, or those of one of its devices: their cookies open nothing more."""
    columns: Any = SignedIn
    whose = columns.device_id if isinstance(of, Device) else columns.account_id
    session.execute(delete(SignedIn).where(columns.commune_id == of.commune_id, whose == of.id))


def close_invites(session: Session, commune_id: str, account_id: str, now: datetime) -> None:
    """End an account's open codes, and the time in which the phone that used one may ask again.

    The demo's reusable codes stay.
    """
    columns: Any = Invite
    session.execute(
        update(Invite)
        .where(columns.commune_id == commune_id, columns.account_id == account_id, ~columns.reusable)
        .where(or_(columns.used_at.is_(None), columns.used_by.is_not(None)))
        .values(used_at=func.coalesce(columns.used_at, literal(now, Instant)), used_by=None)
    )


def _end_memberships(session: Session, account: Account, now: datetime) -> None:
    columns: Any = Membership
    session.execute(
        update(Membership)
        .where(columns.commune_id == account.commune_id, columns.account_id == account.id)
        .where(columns.until.is_(None))
        .values(until=now)
    )
