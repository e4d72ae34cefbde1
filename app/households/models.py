"""Tables of households."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.db import FeedRow, VersionNumber


class Household(FeedRow, table=True):
    """One door. `state`: `active`, `moved`, `empty` or `mistake`; only active ones are counted.

    `phone` (E.164) only with consent given at the door (product.md §6.2, Law 91/2025/QH15).
    `version` counts accepted changes from 1. `merged_into` is the household this one turned out to be, always
    one that stands by itself (its own state is `mistake` then). `merged_at`: when that was, or when another
    one was merged into this last.
    """

    __tablename__ = "household"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        Index("ix_household_feed", "commune_id", "hamlet_id", "feed_seq"),
        Index("ix_household_merged", "commune_id", "merged_into"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hamlet_id: str
    head_name: str
    house_no: str = ""
    alley: str = ""
    phone: str | None = None
    state: str = "active"
    version: int = Field(default=1, sa_type=VersionNumber)
    merged_into: str | None = None
    merged_at: datetime | None = Field(default=None, sa_type=Instant)


class HouseholdVersion(SQLModel, table=True):
    """The fields one write set, who wrote them and from which device: what a later patch is judged by.

    `base_version` is the version it was written upon, 0 where its author had seen none of this household's.
    `late` names those of `fields` that were not applied, because a newer write had set them before it came; a
    write of which nothing was applied has the number of the one that it gave way to.
    """

    __tablename__ = "household_version"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
    )

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    base_version: int = Field(default=0, sa_type=VersionNumber)
    fields: dict[str, Any] = Field(sa_type=JSON)
    late: list[str] = Field(default_factory=list, sa_type=JSON)
    written_by: str | None = None
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class ToldApart(SQLModel, table=True):
    """Two households that look like one and are two: *Không trùng*. `first_id` is the lesser id."""

    __tablename__ = "told_apart"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "first_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "second_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "told_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    first_id: str = Field(primary_key=True)
    second_id: str = Field(primary_key=True)
    told_by: str
    told_at: datetime = Field(sa_type=Instant)
