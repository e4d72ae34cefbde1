"""Endings: the sessions and invite codes that end with a phone, a password or an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, literal, or_, update
from sqlmodel import Session

from app.accounts.models import Account, Device, Invite, SignedIn
from app.core.clock import Instant


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
