"""Tables of remarks, of their superseded versions, and of what is shared with the province."""

from datetime import date, datetime
from typing import Literal, NotRequired, get_args

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import AutoString, Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.areas import ProvinceRow
from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.feed import AuthorRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

RemarkKind = Literal["difficulty", "practice"]
KINDS: tuple[RemarkKind, ...] = get_args(RemarkKind)


class RemarkContentValues(TypedDict):
    """The columns of a remark that its author writes, and the day that follows from them."""

    kind: RemarkKind
    text: str
    about_on: date
    counted_on: date


class RemarkValues(RemarkContentValues):
    commune_id: NotRequired[str]
    feed_seq: NotRequired[int]
    id: str
    written_by: str
    device_id: str | None
    seq: int
    occurred_at: datetime
    received_at: datetime
    version: int
    changed_at: datetime | None
    counted_since: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None


@stores(rows.REMARK, {rows.REMARK: "written_by kind text withdrawn_by"})
class ReportRemark(AuthorRow, RowOf[RemarkValues], table=True):
    """*Khó khăn, kiến nghị* (`difficulty`) or *Cách làm hay* (`practice`), in somebody's words.

    Reports of all periods that have the day `counted_on` show it, except those that were closed before
    `counted_since`: since then it counts for that day, or was withdrawn. `about_on`: the day that a leader
    wrote it for. `device_id` is None, and `seq` 0, if a supervisor wrote it at the desk. Withdrawn, it is in
    no report any more; `withdrawn_by`: the supervisor who removed it, None if a leader did on the phone.
    """

    __tablename__ = "remark"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "written_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "withdrawn_by"], ["account.commune_id", "account.id"]),
        Index("ix_remark_day", "commune_id", "counted_on"),
        Index("ix_remark_feed", "commune_id", "written_by", "feed_seq"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: RemarkKind = Field(sa_type=AutoString)
    text: str
    about_on: date
    counted_on: date
    device_id: str | None = None
    seq: int = Field(default=0, sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_type=VersionNumber)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    counted_since: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_by: str | None = None


class RemarkVersionContent(TypedDict):
    """What a version of a remark says, as JSON; `about_on` is an ISO date."""

    kind: RemarkKind
    text: str
    about_on: str


class RemarkVersionValues(TypedDict):
    commune_id: NotRequired[str]
    remark_id: str
    version: int
    content: RemarkVersionContent
    late: bool
    device_id: str | None
    seq: int
    received_at: datetime


@stores(rows.TECHNICAL, {rows.OLD_REMARK: "content", rows.OLD_AUTHOR: "device_id"})
class RemarkVersion(SQLModel, RowOf[RemarkVersionValues], table=True):
    """The content of a remark before an amendment of its leader replaced it, or a write that came too late to
    be applied (`late`); its columns are those of `visits.models.VisitVersion`."""

    __tablename__ = "remark_version"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "remark_id"], ["remark.commune_id", "remark.id"]),)

    commune_id: str = Field(primary_key=True)
    remark_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    content: RemarkVersionContent = Field(sa_type=JSON)
    late: bool = False
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


@stores(rows.REMARK, {rows.REMARK: "kind text", rows.DECIDED: "shared_by"})
class RemarkShare(ProvinceRow, table=True):
    """A remark that its commune shares with the province: its kind and text as they were at `shared_at`,
    without who wrote it."""

    __tablename__ = "remark_share"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "remark_id"], ["remark.commune_id", "remark.id"]),
        ForeignKeyConstraint(["commune_id", "shared_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    remark_id: str = Field(primary_key=True)
    kind: RemarkKind = Field(sa_type=AutoString)
    text: str
    shared_at: datetime = Field(sa_type=Instant)
    shared_by: str
