"""Tables of visits, their services, superseded versions and follow-ups."""

from datetime import date, datetime
from typing import Final, NotRequired

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import AutoString, Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.catalog.services import Outcome
from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.feed import FeedRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.fieldwork.visits.codes import Empty, Result, ReturnField, ReturnReason, ReviewState

# The indexes of the desk's lists (docs/decisions/0015). Withdrawn visits have their own list; an accepted
# visit is in no index of visits that still need a decision.
_NOT_WITHDRAWN = "withdrawn_at IS NULL"
_OPEN = f"{_NOT_WITHDRAWN} AND (review_state = 'received' OR review_state = 'returned')"
OPEN: tuple[ReviewState, ...] = ("received", "returned")  # the review states of that index
COUNTED: tuple[ReviewState, ...] = ("received", "accepted")  # those of visits that figures count
NOT_HOME: Final = "not_home"  # the result of a visit that met nobody
_LIST = JSON(none_as_null=True)


def _index_of(where: str, name: str, *columns: str) -> Index:
    return Index(name, "commune_id", *columns, sqlite_where=text(where), postgresql_where=text(where))


class ReviewValues(TypedDict):
    """The columns of a visit with the supervisor's decision."""

    review_state: ReviewState
    review_reason: ReturnReason | Empty
    review_field: ReturnField | Empty
    review_note: str
    reviewed_at: datetime | None


class AnswerValues(TypedDict):
    """What the author answered: when it was written, by the server's clock, and the return (its
    `reviewed_at`) that the form showed, None if it showed none. Instants as the wire has them."""

    at: str
    text: str
    seen_return: str | None


class VisitContentValues(TypedDict):
    """The columns of a visit that its author writes."""

    household_id: str
    result: Result
    note: str
    follow_up_on: date | None
    needs: list[str] | None
    dropped_needs: list[str] | None


class VisitValues(VisitContentValues, ReviewValues):
    commune_id: NotRequired[str]
    feed_seq: NotRequired[int]
    id: str
    hamlet_id: str
    recorded_by: str
    device_id: str
    seq: int
    occurred_at: datetime
    happened_at: datetime
    received_at: datetime
    counted_on: date
    quick: bool
    version: int
    counted_since: datetime
    withdrawn_at: datetime | None
    entered_by: str | None
    withdrawn_by: str | None
    vouched_by: str | None
    disowned_at: datetime | None
    erased_at: datetime | None
    answers: list[AnswerValues] | None


@stores(
    rows.VISITED,
    {
        rows.VISITED: "result needs dropped_needs review_state review_reason review_field",
        rows.NOTE: "note",
        rows.REVIEW_NOTE: "review_note answers",
        rows.AUTHOR: "recorded_by device_id entered_by withdrawn_by vouched_by",
    },
)
class Visit(FeedRow, RowOf[VisitValues], table=True):
    """One visit as its author last wrote it, with the supervisor's decision.

    `occurred_at` is the time that the phone reported; nothing depends on it. `happened_at` is that time
    corrected by the phone's clock offset, at most 60 days before receipt. `counted_on` is its day in Vietnam
    and stays as it was at receipt. `version` counts the author's writes; decisions do not change it. `quick`:
    recorded by one tap on *Ghi nhanh*. `counted_since`: when it began to count, or stopped: a period that was
    closed before then does not have it, or does. `needs`: the services that the household still wants after
    the visit, `dropped_needs`: those that it does not want any more; None for none.

    `entered_by`: the supervisor who entered it from paper (*Nhập từ giấy*); its author's phone recorded the
    others. `withdrawn_by`: the supervisor who withdrew it, None if its author did. `vouched_by`: the
    supervisor under whose name it counts: it came in a file that its author's phone had not signed.
    `disowned_at`: when its author said *Không phải tôi ghi*. `erased_at`: when its household was erased: it
    is counted, and on no phone. `answers`: what its author answered the commune, oldest first; None for none.
    """

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        ForeignKeyConstraint(["commune_id", "recorded_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "entered_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "withdrawn_by"], ["account.commune_id", "account.id"]),
        Index("ix_visit_feed", "commune_id", "hamlet_id", "feed_seq"),
        # With the last two columns, the visits of a household are counted without reading their rows.
        Index(
            "ix_visit_household", "commune_id", "household_id", "counted_on", "review_state", "withdrawn_at"
        ),
        _index_of(_NOT_WITHDRAWN, "ix_visit_newest", "received_at", "counted_on"),
        _index_of(_NOT_WITHDRAWN, "ix_visit_in_hamlet", "hamlet_id", "received_at"),
        _index_of(_NOT_WITHDRAWN, "ix_visit_by_author", "recorded_by", "received_at", "counted_on"),
        _index_of(
            _OPEN,
            "ix_visit_open",
            "review_state",
            "received_at",
            "hamlet_id",
            "recorded_by",
            "counted_on",
            "household_id",
            "reviewed_at",
        ),
        _index_of("withdrawn_at IS NOT NULL", "ix_visit_withdrawn", "received_at"),
        _index_of("disowned_at IS NOT NULL", "ix_visit_disowned", "disowned_at"),
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
    result: Result = Field(sa_type=AutoString)
    note: str = ""
    follow_up_on: date | None = None
    needs: list[str] | None = Field(default=None, sa_type=_LIST)
    dropped_needs: list[str] | None = Field(default=None, sa_type=_LIST)
    quick: bool = False
    version: int = Field(default=1, sa_type=VersionNumber)
    counted_since: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    entered_by: str | None = None
    withdrawn_by: str | None = None
    vouched_by: str | None = None
    disowned_at: datetime | None = Field(default=None, sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    review_state: ReviewState = Field(default="received", sa_type=AutoString)
    review_reason: ReturnReason | Empty = Field(default="", sa_type=AutoString)
    review_field: ReturnField | Empty = Field(default="", sa_type=AutoString)
    review_note: str = ""
    reviewed_at: datetime | None = Field(default=None, sa_type=Instant)
    answers: list[AnswerValues] | None = Field(default=None, sa_type=_LIST)


class VisitServiceValues(TypedDict):
    commune_id: NotRequired[str]
    visit_id: str
    code: str
    position: int
    outcome: Outcome
    people: int


@stores(rows.VISITED, {rows.VISITED: "code outcome"})
class VisitService(SQLModel, RowOf[VisitServiceValues], table=True):
    """One service in a visit, its outcome, and for how many people."""

    __tablename__ = "visit_service"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        {"sqlite_with_rowid": False},  # else SQLite stores the key twice
    )

    commune_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    position: int
    outcome: Outcome = Field(sa_type=AutoString)
    people: int


class VersionService(TypedDict):
    """One service in the content of a version."""

    code: str
    outcome: Outcome
    people: int


class VersionContent(TypedDict):
    """What a version of a visit says, as JSON; `follow_up_on` is an ISO date. Needs are left out if there are
    none."""

    household_id: str
    result: Result
    note: str
    follow_up_on: str | None
    services: list[VersionService]
    needs: NotRequired[list[str]]
    dropped_needs: NotRequired[list[str]]


class VisitVersionValues(TypedDict):
    commune_id: NotRequired[str]
    visit_id: str
    version: int
    content: VersionContent
    late: bool
    device_id: str | None
    seq: int
    received_at: datetime


@stores(rows.TECHNICAL, {rows.OLD_CONTENT: "content", rows.OLD_AUTHOR: "device_id"})
class VisitVersion(SQLModel, RowOf[VisitVersionValues], table=True):
    """Content of a visit that an amendment replaced, or (`late`) of a write that arrived too late to be
    applied.

    `device_id` and `seq` identify the write. The `version` of a late one is what it had before a restore,
    else that of the newer write that was kept.
    """

    __tablename__ = "visit_version"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),)

    commune_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    content: VersionContent = Field(sa_type=JSON)
    late: bool = False
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)


class FollowUpValues(TypedDict):
    commune_id: NotRequired[str]
    feed_seq: NotRequired[int]
    id: str
    household_id: str
    hamlet_id: str
    due_on: date
    closed_by: str | None
    closed_on: date | None


@stores(rows.VISITED, {rows.VISITED: "closed_by"})
class FollowUp(FeedRow, RowOf[FollowUpValues], table=True):
    """An appointment to return, made in the visit of the same id; any later visit there closes it.

    `closed_by` is that visit, or the own one once it names no day any more; `closed_on`: that visit's day.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        Index("ix_follow_up_feed", "commune_id", "hamlet_id", "feed_seq"),
        # A household may have had many: a push reads those that may change.
        Index("ix_follow_up_household", "commune_id", "household_id", "closed_on"),
        _index_of("closed_by IS NULL", "ix_follow_up_open", "due_on"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    household_id: str
    hamlet_id: str
    due_on: date
    closed_by: str | None = None
    closed_on: date | None = None
