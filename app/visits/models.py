"""Tables of visits, their services, superseded versions and follow-ups."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.db import FeedRow, VersionNumber

# What the desk's lists read (docs/decisions/0015): withdrawn visits are listed apart, and once a visit is
# accepted it is in no index of what is to be decided.
_STANDS = "withdrawn_at IS NULL"
_OPEN = f"{_STANDS} AND (review_state = 'received' OR review_state = 'returned')"


def _index_of(where: str, name: str, *columns: str) -> Index:
    return Index(name, "commune_id", *columns, sqlite_where=text(where), postgresql_where=text(where))


class Visit(FeedRow, table=True):
    """One visit as its author last wrote it, and what the supervisor decided of it.

    `occurred_at` is the phone's claim and decides nothing. `happened_at` is that claim corrected by
    the phone's clock offset and clamped to 60 days before receipt; `counted_on` is its day in
    Vietnam, fixed at receipt. `version` counts what the author wrote; decisions do not bump it. `quick`:
    recorded by one tap on *Ghi nhanh*.
    """

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        ForeignKeyConstraint(["commune_id", "recorded_by"], ["account.commune_id", "account.id"]),
        Index("ix_visit_feed", "commune_id", "hamlet_id", "feed_seq"),
        Index("ix_visit_household", "commune_id", "household_id", "counted_on"),
        _index_of(_STANDS, "ix_visit_newest", "received_at", "counted_on"),
        _index_of(_STANDS, "ix_visit_in_hamlet", "hamlet_id", "received_at"),
        _index_of(_STANDS, "ix_visit_by_author", "recorded_by", "received_at"),
        _index_of(
            _OPEN,
            "ix_visit_open",
            "review_state",
            "received_at",
            "hamlet_id",
            "recorded_by",
            "counted_on",
            "household_id",
        ),
        _index_of("withdrawn_at IS NOT NULL", "ix_visit_withdrawn", "received_at"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    household_id: str
    hamlet_id: str
    recorded_by: str
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=Instant)
    happened_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    counted_on: date
    result: str
    note: str = ""
    follow_up_on: date | None = None
    quick: bool = False
    version: int = Field(default=1, sa_type=VersionNumber)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    review_state: str = "received"
    review_reason: str = ""
    review_field: str = ""
    review_note: str = ""
    reviewed_at: datetime | None = Field(default=None, sa_type=Instant)


class VisitService(SQLModel, table=True):
    """One service given in a visit, what came of it, and for how many people."""

    __tablename__ = "visit_service"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),)

    commune_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    position: int
    outcome: str
    people: int


class VisitVersion(SQLModel, table=True):
    """What a visit held before an amendment replaced it; `late`: an older write that never became current.

    `device_id` and `seq` are the write's that made this version; one that was late has the number of the
    write that it gave way to.
    """

    __tablename__ = "visit_version"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),)

    commune_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    content: dict[str, Any] = Field(sa_type=JSON)
    late: bool = False
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class FollowUp(FeedRow, table=True):
    """A promise to return, made in the visit of the same id; closed by any later visit there."""

    __tablename__ = "follow_up"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        Index("ix_follow_up_feed", "commune_id", "hamlet_id", "feed_seq"),
        Index("ix_follow_up_household", "commune_id", "household_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    household_id: str
    hamlet_id: str
    due_on: date
    closed_by: str | None = None


class DailyTotal(SQLModel, table=True):
    """Of one hamlet on one day: visits, people and households of one outcome of one service.

    `service` is empty for visits as a whole; their `outcome` is their result, and `people` is 0.
    """

    __tablename__ = "daily_total"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        Index("ix_daily_total_day", "commune_id", "day"),
    )

    commune_id: str = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    service: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    visits: int = 0
    people: int = 0
    households: int = 0
