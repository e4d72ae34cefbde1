"""The table of monthly totals."""

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11


class MonthlyTotalValues(TypedDict):
    commune_id: str
    service: str
    month: int
    hamlet_id: str
    outcome: str
    visits: int
    people: int


class MonthlyTotal(SQLModel, table=True):
    """The sum of a calendar month's daily totals of one hamlet, service and outcome.

    `month`: year × 12 + month - 1. Households have no sum: one that was visited on two days counts once.
    """

    __tablename__ = "monthly_total"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),)

    commune_id: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    month: int = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    visits: int = 0
    people: int = 0
