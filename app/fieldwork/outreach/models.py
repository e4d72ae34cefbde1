"""Tables of outreach sessions and their superseded versions."""

from datetime import date, datetime
from typing import Literal, NotRequired, get_args

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import AutoString, Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.feed import FeedRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

Venue = Literal["one_stop_centre", "community_house", "market", "other"]
VENUES: tuple[Venue, ...] = get_args(Venue)
_NOT_WITHDRAWN, _WITHDRAWN = text("withdrawn_at IS NULL"), text("withdrawn_at IS NOT NULL")


class OutreachContentValues(TypedDict):
    """The columns of a session that its author writes, and the day that follows from them."""

    hamlet_id: str
    place: str
    held_on: date
    counted_on: date
    services: list[str]
    people: int | None
    venue: Venue | None


class OutreachSessionValues(OutreachContentValues):
    commune_id: NotRequired[str]
    feed_seq: NotRequired[int]
    id: str
    recorded_by: str
    device_id: str
    seq: int
    occurred_at: datetime
    happened_at: datetime
    received_at: datetime
    version: int
    counted_since: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str


@stores(
    rows.FIGURE,
    {
        rows.FIGURE: "place services venue",
        rows.RECORDER: "recorded_by device_id",
        rows.DECIDED: "withdrawn_by withdrawn_reason",
    },
)
class OutreachSession(FeedRow, RowOf[OutreachSessionValues], table=True):
    """One *buổi tuyên truyền, hướng dẫn tập trung* as its author last wrote it.

    `held_on` is the day that the author wrote; `counted_on`, the day that every figure uses, is that day
    between 60 days before the first receipt and the day of writing. `services`: codes of the catalog, in
    their order. `counted_since`: as of a visit. `people`: how many came; None if nobody counted them.
    `venue`: the kind of place, also of a shift at which whoever comes is helped; None as long as nobody has
    said it.
    `withdrawn_by`: the supervisor who withdrew it, None if its author did; `withdrawn_reason`: why.
    """

    __tablename__ = "outreach_session"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        ForeignKeyConstraint(["commune_id", "recorded_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "withdrawn_by"], ["account.commune_id", "account.id"]),
        Index("ix_outreach_session_feed", "commune_id", "hamlet_id", "feed_seq"),
        Index(
            "ix_outreach_session_day",
            "commune_id",
            "counted_on",
            "hamlet_id",
            sqlite_where=_NOT_WITHDRAWN,
            postgresql_where=_NOT_WITHDRAWN,
        ),
        Index(
            "ix_outreach_session_withdrawn",
            "commune_id",
            "withdrawn_at",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hamlet_id: str
    place: str
    held_on: date
    counted_on: date
    services: list[str] = Field(sa_type=JSON)
    people: int | None = None
    venue: Venue | None = Field(default=None, sa_type=AutoString)
    recorded_by: str
    device_id: str
    seq: int = Field(sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=Instant)
    happened_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_type=VersionNumber)
    counted_since: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_by: str | None = None
    withdrawn_reason: str = ""


class OutreachVersionContent(TypedDict):
    """What a version of a session says, as JSON; `held_on` is an ISO date. `venue` is not in those of before
    there was one.

    `corrected_by`: the supervisor who replaced this content at the desk, and `reason`: why, empty if that
    undid a correction; neither is there if the author replaced it.
    """

    hamlet_id: str
    place: str
    held_on: str
    services: list[str]
    people: int | None
    venue: NotRequired[Venue | None]
    corrected_by: NotRequired[str]
    reason: NotRequired[str]


class OutreachVersionValues(TypedDict):
    commune_id: NotRequired[str]
    session_id: str
    version: int
    content: OutreachVersionContent
    late: bool
    device_id: str | None
    seq: int
    received_at: datetime


@stores(rows.TECHNICAL, {rows.OLD_REMARK: "content", rows.OLD_AUTHOR: "device_id"})
class OutreachVersion(SQLModel, RowOf[OutreachVersionValues], table=True):
    """The content of a session before an amendment replaced it, or a write that came too late to be applied
    (`late`); its columns are those of `visits.models.VisitVersion`."""

    __tablename__ = "outreach_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "session_id"], ["outreach_session.commune_id", "outreach_session.id"]
        ),
    )

    commune_id: str = Field(primary_key=True)
    session_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    content: OutreachVersionContent = Field(sa_type=JSON)
    late: bool = False
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)
