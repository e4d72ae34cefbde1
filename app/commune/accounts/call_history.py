"""The calls that were made, and the losses that were settled, with who did so: tables and queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, and_
from sqlmodel import Field, Session, SQLModel, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, Device
from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.snapshot import once_in_a_read

MOST = 50  # entries of a person's history


@stores(rows.DECIDED, {rows.DECIDED: "lost_seqs settled_by reason"})
class SettledLoss(SQLModel, table=True):
    """*Đã rõ, thôi nhắc*: what a supervisor has settled of a device. The columns of `Device` as they were."""

    __tablename__ = "settled_loss"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "settled_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device_id: str
    lost_seqs: list[list[int]] = Field(sa_type=JSON)
    lost_at: datetime | None = Field(default=None, sa_type=Instant)
    reinstalled_at: datetime | None = Field(default=None, sa_type=Instant)
    reused_count: int = Field(default=0, sa_type=BigInteger)
    settled_by: str
    settled_at: datetime = Field(sa_type=Instant)
    reason: str


@stores(rows.CALL, {rows.CALL: "called_by note"})
class CallRecord(SQLModel, table=True):
    """*Đã gọi*: a supervisor has called a person."""

    __tablename__ = "call_record"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "called_by"], ["account.commune_id", "account.id"]),
        Index("ix_call_record_device", "commune_id", "device_id", "called_at"),
        Index("ix_call_record_account", "commune_id", "account_id", "called_at"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    device_id: str | None = None  # what it was about; None: an invite that was not used
    called_by: str
    called_at: datetime = Field(sa_type=Instant)
    note: str  # may be empty


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
