"""Tables of totals: what the visits of a day, and of a month, add up to."""

from datetime import date

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.FIGURE, {rows.FIGURE: "service outcome"})
class DailyTotal(SQLModel, table=True):
    """The number of visits and people of one hamlet on one day, for one outcome of one service.

    `service` is empty in the rows that count whole visits; there `outcome` is the visit's result and `people`
    is 0. Households have no total: one that was visited on two days counts once (`HouseholdMonth`).
    """

    __tablename__ = "daily_total"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        {"sqlite_with_rowid": False},  # else SQLite stores the key twice
    )

    commune_id: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    visits: int = 0
    people: int = 0


@stores(rows.FIGURE, {rows.FIGURE: "service outcome"})
class MonthlyTotal(SQLModel, table=True):
    """The sum of a calendar month's daily totals of one hamlet, service and outcome.

    `month`: year × 12 + month - 1.
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
