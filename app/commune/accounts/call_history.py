"""The calls that were made, and the losses that were settled, with who did so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, CallRecord, Device, SettledLoss
from app.core.sql.snapshot import once_in_a_read

MOST = 50  # entries of a person's history


def latest_calls(session: Session, actor: Actor, since: datetime) -> dict[str, CallRecord]:
    """The latest call about each device that was made after `since`, by the device's id."""
    calls = _calls_since(session, actor, since)
    return {call.device_id: call for call in calls if call.device_id is not None}


def latest_invite_calls(session: Session, actor: Actor, since: datetime) -> dict[str, CallRecord]:
    """The latest call about each unused invite that was made after `since`, by the person's id."""
    return {call.account_id: call for call in _calls_since(session, actor, since) if call.device_id is None}


def calls_of(session: Session, actor: Actor, account_id: str) -> list[tuple[CallRecord, str]]:
    """The latest `MOST` calls of a person with the supervisor's name, newest first."""
    is_caller = and_(
        col(Account.commune_id) == actor.commune_id, col(Account.id) == col(CallRecord.called_by)
    )
    rows = session.execute(
        visible_to(actor, CallRecord)
        .join(Account, is_caller)
        .where(CallRecord.account_id == account_id)
        .with_only_columns(CallRecord, col(Account.name))
        .order_by(col(CallRecord.called_at).desc(), col(CallRecord.id))
        .limit(MOST)
    )
    return [(call, name) for call, name in rows]


def settled_losses(session: Session, actor: Actor, account_id: str) -> list[tuple[SettledLoss, str]]:
    """The latest `MOST` settled losses of a person's devices with the supervisor's name, newest first."""
    is_device = and_(
        col(Device.commune_id) == actor.commune_id,
        col(Device.id) == col(SettledLoss.device_id),
        col(Device.account_id) == account_id,
    )
    is_author = and_(
        col(Account.commune_id) == actor.commune_id, col(Account.id) == col(SettledLoss.settled_by)
    )
    rows = session.execute(
        visible_to(actor, SettledLoss)
        .join(Device, is_device)
        .join(Account, is_author)
        .with_only_columns(SettledLoss, col(Account.name))
        .order_by(col(SettledLoss.settled_at).desc(), col(SettledLoss.id))
        .limit(MOST)
    )
    return [(loss, name) for loss, name in rows]


@once_in_a_read
def _calls_since(session: Session, actor: Actor, since: datetime) -> Sequence[CallRecord]:
    """The calls after `since`, the latest last."""
    calls = visible_to(actor, CallRecord).where(CallRecord.called_at > since)
    return session.exec(calls.order_by(col(CallRecord.called_at), col(CallRecord.id))).all()
