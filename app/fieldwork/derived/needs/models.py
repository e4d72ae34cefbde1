"""The table of needs."""

from datetime import date
from typing import NotRequired, TypedDict

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.core.db import RowOf
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

_IS_OPEN = text("closed_on IS NULL")


class HouseholdNeedValues(TypedDict):
    commune_id: NotRequired[str]
    household_id: str
    service: str
    visit_id: str
    hamlet_id: str
    asked_on: date
    closed_on: date | None
    closed_by: str | None
    dropped: bool


@stores(rows.VISITED, {rows.VISITED: "service closed_by"})
class HouseholdNeed(SQLModel, RowOf[HouseholdNeedValues], table=True):
    """One *nhu cầu*: a service that a household asked for in the visit `visit_id`.

    It is open until the visit `closed_by` shows that service, or says that it is not wanted any more
    (`dropped`). `hamlet_id`: where it was asked for. Rows are derived from visits that count, in their
    transaction; phones derive the same from the visits that they hold.
    """

    __tablename__ = "household_need"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        Index(
            "ix_household_need_open",
            "commune_id",
            "asked_on",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        # What a household ever asked for grows; what a push has to read of it may not.
        Index("ix_household_need_household", "commune_id", "household_id", "closed_on"),
        Index("ix_household_need_days", "commune_id", "closed_on", "asked_on", "hamlet_id"),
    )

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    hamlet_id: str
    asked_on: date
    closed_on: date | None = None
    closed_by: str | None = None
    dropped: bool = False
