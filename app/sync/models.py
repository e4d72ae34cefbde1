"""Tables of the exchange: the ledger of what was committed, and what was refused."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant


class LedgerEntry(SQLModel, table=True):
    """A committed operation: its repeat is answered from here and changes nothing."""

    __tablename__ = "ledger"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        Index("ix_ledger_device", "commune_id", "device_id", "seq"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    payload_hash: str
    kind: str
    record_id: str
    version: int
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class RefusedOperation(SQLModel, table=True):
    """A rejected operation as it was sent (canonical JSON, ASCII: a NUL or a lone surrogate stays an
    escape and can be stored), kept 90 days; `failures` counts how often it came."""

    __tablename__ = "refused_operation"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        Index("ix_refused_received", "received_at"),
    )

    commune_id: str = Field(primary_key=True)
    op_id: str = Field(primary_key=True)
    device_id: str
    code: str
    payload: str
    failures: int = 1
    received_at: datetime = Field(sa_type=Instant)
