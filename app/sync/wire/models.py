"""Tables of sync: the ledger of committed operations, the quarantine, and the refused operations."""

from datetime import datetime
from typing import Literal, NotRequired, TypedDict

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

LedgerStatus = Literal["applied", "conflict", "quarantined"]
QuarantineState = Literal["open", "applied", "dropped"]
Withheld = Literal["revoked", "unsigned", "moved"]  # reasons for which nothing of a push is applied
QuarantineReason = Literal[
    "waiting", "conflict", Withheld, "too_many", "erased_label", "foreign_epoch", "newer", "op_reused",
    "unappliable",
]  # fmt: skip
ERASED_HASH = ""
"""In place of the hash of an operation on a household that was erased: whatever has its id is a duplicate."""


class LedgerEntryValues(TypedDict):
    """A row of `ledger`; a batch sets `commune_id`."""

    commune_id: NotRequired[str]
    op_id: str
    payload_hash: str
    status: LedgerStatus
    kind: str
    record_id: str
    version: int
    device_id: str
    seq: int
    received_at: datetime


@stores(rows.SENDER, {rows.SENDER: "payload_hash", rows.TECHNICAL: "status kind"})
class LedgerEntry(SQLModel, RowOf[LedgerEntryValues], table=True):
    """A committed operation. If it is sent again, it is answered from its entry and changes nothing.

    `status`: `applied`; `conflict` or `quarantined` for a quarantined operation, until it is applied.
    `version` is the version of the record that it wrote, 0 if it was not applied.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        Index("ix_ledger_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    payload_hash: str
    status: LedgerStatus = Field(default="applied", sa_type=AutoString)
    kind: str
    record_id: str
    version: int = Field(sa_type=VersionNumber)
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class QuarantinedOperationValues(TypedDict):
    """A row of `quarantined`; a batch sets `commune_id`."""

    commune_id: NotRequired[str]
    op_id: str
    payload_hash: str
    reason: QuarantineReason
    code: str
    fields: list[str]
    missing_id: str
    kind: str
    record_id: str
    payload: str
    account_id: str
    device_id: str
    seq: int
    epoch: str | None
    acked_version: int | None
    clock_offset_ms: int
    received_at: datetime
    state: QuarantineState
    decided_by: str | None
    decided_at: datetime | None


@stores(
    rows.TECHNICAL,
    {
        rows.TECHNICAL: "payload_hash reason code fields kind epoch state",
        rows.QUARANTINED: "payload",
        rows.SENDER: "account_id device_id",
        rows.DECIDED: "decided_by",
    },
)
class QuarantinedOperation(SQLModel, RowOf[QuarantinedOperationValues], table=True):
    """An operation that is stored as it was sent and not counted until it is applied or dropped.

    `reason`: `waiting` is for the record `missing_id`, `conflict` over `fields`; `code` is that of the error
    with which it failed, if any.
    `epoch`: the server's epoch in which it was made; `acked_version`: the version that the server
    acknowledged for it in an earlier epoch. Both are None if the phone did not send them.
    `state`: `open`, then `applied` or `dropped`; `decided_by` is None if it was applied because the missing
    record arrived.
    """

    __tablename__ = "quarantined"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        Index("ix_quarantined_open", "commune_id", "state", "missing_id"),
        Index("ix_quarantined_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    payload_hash: str = Field(primary_key=True)
    reason: QuarantineReason = Field(sa_type=AutoString)
    code: str = ""
    fields: list[str] = Field(default_factory=list, sa_type=JSON)
    missing_id: str = ""
    kind: str = ""
    record_id: str = ""
    payload: str
    account_id: str
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    epoch: str | None = None
    acked_version: int | None = Field(default=None, sa_type=BigInteger)
    clock_offset_ms: int = Field(default=0, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)
    state: QuarantineState = Field(default="open", sa_type=AutoString)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class RefusedOperationValues(TypedDict):
    """A row of `refused_operation`."""

    commune_id: str
    op_id: str
    device_id: str
    seq: int
    code: str
    fields: list[str]
    payload: str
    failures: int
    received_at: datetime


@stores(rows.TECHNICAL, {rows.TECHNICAL: "code fields", rows.REFUSED: "payload", rows.SENDER: "device_id"})
class RefusedOperation(SQLModel, table=True):
    """An operation that was answered `rejected` or `retry`, as it was sent; `failures` counts how often.

    `payload` is canonical JSON in ASCII, so that a NUL or a lone surrogate stays an escape and can be stored;
    it is emptied after 90 days (`app/upkeep/retention`). `code` and `fields` are those of the rejection;
    `code` is `retry` if the database refused to store it: then it may be sent again.
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
    fields: list[str] = Field(default_factory=list, sa_type=JSON)
    payload: str
    failures: int = 1
    received_at: datetime = Field(sa_type=Instant)
