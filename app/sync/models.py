"""Tables of the exchange: the ledger of what was committed, what is kept apart, and what was refused."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.db import VersionNumber


class LedgerEntry(SQLModel, table=True):
    """A committed operation: its repeat is answered from here and changes nothing.

    `status` is what it came to: `applied`; `conflict` or `quarantined` while it is kept apart, and after
    that was decided. `version` is its record's, 0 for what was not applied.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        Index("ix_ledger_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    payload_hash: str
    status: str = "applied"
    kind: str
    record_id: str
    version: int = Field(sa_type=VersionNumber)
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class Quarantined(SQLModel, table=True):
    """An operation that is kept and not counted, as it was sent, until somebody decides.

    `reason`: `waiting` (for the record `missing`), `conflict` (over `fields`), `revoked`,
    `foreign_epoch`, `op_reused`, `unappliable`; `code` is the fault that kept it from being applied.
    `epoch` and `got` are the history it was made in and the version it had there, if it said so.
    `state`: `open`, then `applied` or `dropped`; `decided_by` is nobody when the missing record came.
    """

    __tablename__ = "quarantined"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_quarantined_open", "commune_id", "state", "missing"),
        Index("ix_quarantined_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    payload_hash: str = Field(primary_key=True)
    reason: str
    code: str = ""
    fields: list[str] = Field(default_factory=list, sa_type=JSON)
    missing: str = ""
    kind: str = ""
    record_id: str = ""
    payload: str
    account_id: str
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    epoch: str | None = None
    got: int | None = Field(default=None, sa_type=BigInteger)
    clock_offset_ms: int = Field(default=0, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)
    state: str = "open"
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class RefusedOperation(SQLModel, table=True):
    """A rejected operation as it was sent (canonical JSON, ASCII: a NUL or a lone surrogate stays an
    escape and can be stored), empty after 90 days (`keeping.ageing`); `failures` counts how often it came.

    `code` and `fields` are its refusal; `retry` is none: the database refused it, and it may come again.
    """

    __tablename__ = "refused_operation"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        Index("ix_refused_received", "received_at"),
        Index("ix_refused_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    device_id: str
    seq: int = Field(default=0, sa_type=BigInteger)
    code: str
    fields: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    payload: str
    failures: int = 1
    received_at: datetime = Field(sa_type=Instant)
