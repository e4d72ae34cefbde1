"""Tables of totals: what the visits of a day add up to."""

from datetime import date

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11


class DailyTotalValues(TypedDict):
    commune_id: str
    hamlet_id: str
    day: date
    service: str
    outcome: str
    visits: int
    people: int
    households: int


class DailyTotal(SQLModel, table=True):
    """The number of visits, people and households of one hamlet on one day, for one outcome of one service.

    `service` is empty in the rows that count whole visits; there `outcome` is the visit's result and `people`
    is 0.
    """

    __tablename__ = "daily_total"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        Index("ix_daily_total_day", "commune_id", "service", "day"),
    )

    commune_id: str = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    service: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    visits: int = 0
    people: int = 0
    households: int = 0
