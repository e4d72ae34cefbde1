"""The tables of the days on which households were visited."""

from datetime import date
from typing import NotRequired

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.db import table_of
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


class HouseholdMonthValues(TypedDict):
    commune_id: NotRequired[str]
    household_id: str
    measure: str
    hamlet_id: str
    month: int
    days: int


@stores(rows.VISITED, {rows.VISITED: "measure"})
class HouseholdMonth(SQLModel, table=True):
    """The days of a calendar month on which a counted visit that was recorded in a hamlet counts a household.

    `measure`: for what, one of `household_days.days.Measure`. `month`: year × 12 + month - 1. `days`: the bit
    1 << day - 1 for each of them; a row has at least one.
    """

    __tablename__ = "household_month"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        # For the households of a month; without `days`, so that another day of a month does not change it.
        Index("ix_household_month_month", "commune_id", "measure", "month", "household_id", "hamlet_id"),
        {"sqlite_with_rowid": False},  # else SQLite stores the key twice
    )

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    month: int = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    days: int


class LastDays(TypedDict):
    """The columns of a `VisitedHousehold` that phones get with the household's row."""

    met_on: date | None
    guided_on: date | None
    last_counted_on: date | None
    last_result: str | None
    last_follow_up_on: date | None


class LastDaysOf(LastDays):
    household_id: str


class VisitedHouseholdValues(LastDaysOf):
    commune_id: NotRequired[str]
    first_on: date | None
    last_on: date


@stores(rows.VISITED, {rows.VISITED: "last_result"})
class VisitedHousehold(SQLModel, table=True):
    """A household with a visit that is not withdrawn. `last_on`: the day of the last one; `first_on`: of the
    first counted one that met somebody.

    `met_on`, `guided_on`: the last days on which a counted visit met and guided somebody. `last_counted_on`,
    `last_result`, `last_follow_up_on`: the day, result and agreed day of the newest counted visit; of those
    of one day that is the one which its phone wrote last, because phones know no other time of a visit.
    """

    __tablename__ = "visited_household"

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    first_on: date | None = None
    last_on: date
    met_on: date | None = None
    guided_on: date | None = None
    last_counted_on: date | None = None
    last_result: str | None = None
    last_follow_up_on: date | None = None


LAST_DAYS = [table_of(VisitedHousehold).c[name] for name in LastDays.__annotations__]
