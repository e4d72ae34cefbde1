"""The tables of spot checks."""

from datetime import date, datetime
from typing import Final, Literal, get_args

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

SpotCheckAnswer = Literal["confirmed", "refuted", "not_met"]
"""What was found at the door: the record is right; it is not; nobody was met, or nobody who could say."""
ANSWERS: Final[tuple[SpotCheckAnswer, ...]] = get_args(SpotCheckAnswer)


@stores(rows.FIGURE, {rows.FIGURE: "code population_hash", rows.DECIDED: "drawn_by reason"})
class SpotCheck(SQLModel, table=True):
    """One draw from the households that were met in a month and were on the list when it was drawn.

    `code`, `first`, `last`: the month, as its days were then. `households`: how many it was drawn from;
    `drawn`: how many were. The same households and `seed` give the same draw again; `population_hash` says
    whether they are the same. `reason`: why the month was drawn once more; empty for its first draw.
    """

    __tablename__ = "spot_check"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "drawn_by"], ["account.commune_id", "account.id"]),
        Index("ix_spot_check_code", "commune_id", "code", "drawn_at"),
    )

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    id: str = Field(primary_key=True)
    code: str
    first: date
    last: date
    drawn_by: str
    drawn_at: datetime = Field(sa_type=Instant)
    reason: str = ""
    seed: int = Field(sa_type=BigInteger)
    households: int
    drawn: int
    population_hash: str


@stores(rows.FIGURE, {rows.AUTHOR: "recorded_by"})
class SpotCheckStratum(SQLModel, table=True):
    """The households that one person met last in one hamlet: how many, and how many of them were drawn."""

    __tablename__ = "spot_check_stratum"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "check_id"], ["spot_check.commune_id", "spot_check.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        ForeignKeyConstraint(["commune_id", "recorded_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    check_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hamlet_id: str
    recorded_by: str
    households: int
    drawn: int


@stores(rows.VISITED, {rows.VISITED: "answer", rows.DECIDED: "answered_by"})
class SpotCheckHousehold(SQLModel, table=True):
    """A household that was drawn. `visit_id`: its last visit of the month that met somebody, which is what is
    checked. `answer` is None until somebody enters what was found at the door, and `answered_by` who entered
    it last."""

    __tablename__ = "spot_check_household"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "check_id", "stratum"],
            ["spot_check_stratum.commune_id", "spot_check_stratum.check_id", "spot_check_stratum.number"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "answered_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    check_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    visit_id: str
    stratum: int
    answer: SpotCheckAnswer | None = Field(default=None, sa_type=AutoString)
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
