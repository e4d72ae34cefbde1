"""The table of lost phones."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.LOST_PHONE, {rows.LOST_PHONE: "happened hamlets", rows.DECIDED: "reported_by"})
class LostPhone(SQLModel, table=True):
    """A phone that a supervisor has reported as lost, with what it had at its last contact.

    `detected_at`: when the loss was detected, from which the hours are counted. `happened`: what the
    supervisor wrote of it, may be empty. `households`, `visits`, `notes`, `numbers`, `members`, `contacts`:
    households of its hamlets, visits of the last 60 days, those of them with a note of its owner, telephone
    numbers of households, names of teammates, numbers of supervisors. `unsent`: what it had not sent, as it
    last said.
    """

    __tablename__ = "lost_phone"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        ForeignKeyConstraint(["commune_id", "reported_by"], ["account.commune_id", "account.id"]),
        Index("ix_lost_phone_device", "commune_id", "device_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    device_id: str
    reported_by: str
    reported_at: datetime = Field(sa_type=Instant)
    detected_at: datetime = Field(sa_type=Instant)
    happened: str = ""
    last_contact_at: datetime = Field(sa_type=Instant)
    hamlets: str = ""  # their names at that time, in one line
    households: int = Field(default=0, sa_type=BigInteger)
    visits: int = Field(default=0, sa_type=BigInteger)
    notes: int = Field(default=0, sa_type=BigInteger)
    numbers: int = Field(default=0, sa_type=BigInteger)
    members: int = Field(default=0, sa_type=BigInteger)
    contacts: int = Field(default=0, sa_type=BigInteger)
    unsent: int = Field(default=0, sa_type=BigInteger)
