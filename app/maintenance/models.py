"""The table of what is done once a day."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant


class DailyJob(SQLModel, table=True):
    """Work that one process of all does once a day; `ran_at`: when its last run began."""

    __tablename__ = "daily_job"

    name: str = Field(primary_key=True)
    ran_at: datetime = Field(sa_type=Instant)
