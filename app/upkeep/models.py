"""The tables of what is done once a day."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.TECHNICAL, {rows.TECHNICAL: "name"})
class DailyJob(SQLModel, table=True):
    """Work that one process of all does once a day; `ran_at`: when its last run began."""

    __tablename__ = "daily_job"

    name: str = Field(primary_key=True)
    ran_at: datetime = Field(sa_type=Instant)


@stores(rows.TECHNICAL, {rows.TECHNICAL: "outcome file reason"})
class BackupRun(SQLModel, table=True):
    """The newest nightly backup of each `outcome`, *good* or *failed*: its file and size, or the reason. The
    newest archive likewise: *archived*, *archive_failed*."""

    __tablename__ = "backup_run"

    outcome: str = Field(primary_key=True)
    begun_at: datetime = Field(sa_type=Instant)
    file: str = ""
    size: int = Field(default=0, sa_type=BigInteger)
    reason: str = ""
