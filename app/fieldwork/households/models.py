"""Tables of households."""

from datetime import datetime
from typing import Literal, NotRequired, TypedDict, get_args

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.feed import FeedRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.strings import _

HouseholdState = Literal["active", "moved", "empty", "mistake"]
HOUSEHOLD_STATES: tuple[HouseholdState, ...] = get_args(HouseholdState)
HouseholdFact = Literal["smart_device", "business"]
HOUSEHOLD_FACTS: tuple[HouseholdFact, ...] = get_args(HouseholdFact)
FactValue = Literal["yes", "no"]
FACT_VALUES: tuple[FactValue, ...] = get_args(FactValue)

_IS_MERGED = text("merged_into IS NOT NULL")


class HouseholdValues(TypedDict):
    commune_id: NotRequired[str]
    feed_seq: NotRequired[int]
    id: str
    hamlet_id: str
    head_name: str
    house_no: str
    alley: str
    phone: str | None
    state: HouseholdState
    smart_device: FactValue | None
    business: FactValue | None
    version: int
    merged_into: str | None
    merged_at: datetime | None
    moved_at: datetime | None
    erased_at: datetime | None


@stores(
    rows.ADDRESS,
    {
        rows.ADDRESS: "head_name house_no alley state merged_into",
        rows.HOUSEHOLD_PHONE: "phone",
        rows.HOUSEHOLD_FACT: "smart_device business",
    },
)
class Household(FeedRow, RowOf[HouseholdValues], table=True):
    """A household. `state`: `active`, `moved`, `empty` or `mistake`; only active ones are counted.

    `smart_device`, `business`: whether somebody there has a smart device, and whether it is a household
    business, as it was asked once where the commune wants that; None as long as nobody has said.

    `phone` (E.164) is stored only with the household's consent (product.md §6.2, Law 91/2025/QH15). `version`
    counts accepted changes from 1. A merged household has the state `mistake`, and `merged_into` names its
    survivor, which is never merged itself. `merged_at`: when it was merged, or when another one was last
    merged into it. `moved_at`: when a supervisor last moved it from one hamlet to another; the hamlets that
    it left have a `Tombstone` of it. `erased_at`: when its data were erased on request: then it is an empty
    shell that is counted as before, on no phone, and changed by nobody.
    """

    __tablename__ = "household"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        Index("ix_household_feed", "commune_id", "hamlet_id", "feed_seq"),
        # Of all households it would be read for `merged_into IS NULL` too, in place of the feed's index.
        Index(
            "ix_household_merged",
            "commune_id",
            "merged_into",
            sqlite_where=_IS_MERGED,
            postgresql_where=_IS_MERGED,
        ),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hamlet_id: str
    head_name: str
    house_no: str = ""
    alley: str = ""
    phone: str | None = None
    state: HouseholdState = Field(default="active", sa_type=AutoString)
    smart_device: FactValue | None = Field(default=None, sa_type=AutoString)
    business: FactValue | None = Field(default=None, sa_type=AutoString)
    version: int = Field(default=1, sa_type=VersionNumber)
    merged_into: str | None = None
    merged_at: datetime | None = Field(default=None, sa_type=Instant)
    moved_at: datetime | None = Field(default=None, sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def label(self) -> str:
        """*12 · Nguyễn Văn Đức*; of one that was erased, that it was."""
        if self.erased_at:
            return _("Hộ đã xóa theo yêu cầu")
        return f"{self.house_no} · {self.head_name}" if self.house_no else self.head_name


class HouseholdVersionValues(TypedDict):
    commune_id: NotRequired[str]
    household_id: str
    version: int
    base_version: int
    fields: dict[str, str | None]
    late: list[str]
    written_by: str | None
    device_id: str | None
    seq: int
    received_at: datetime


@stores(
    rows.TECHNICAL,
    {
        rows.TECHNICAL: "late",
        rows.OLD_CONTENT: "fields",
        rows.OLD_AUTHOR: "written_by device_id",
    },
)
class HouseholdVersion(SQLModel, RowOf[HouseholdVersionValues], table=True):
    """The fields that one write set, its author and device. Later changes are compared with it for conflicts.

    `base_version` is the version that the author changed; 0 if the author had seen none, because the
    household was new or the change was addressed to a household merged into this one. `late` names those of
    `fields` that were not applied, because a newer write of them had arrived first; if none was applied,
    `version` is that newer write's.
    """

    __tablename__ = "household_version"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
    )

    commune_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=VersionNumber)
    base_version: int = Field(default=0, sa_type=VersionNumber)
    fields: dict[str, str | None] = Field(sa_type=JSON)
    late: list[str] = Field(default_factory=list, sa_type=JSON)
    written_by: str | None = None
    device_id: str | None = None
    seq: int = Field(default=0, primary_key=True, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Instant)
