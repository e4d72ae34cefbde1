"""Tables of merges, and of pairs of households that are not duplicates."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKeyConstraint
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.fieldwork.households.models import HouseholdState


@stores(rows.TECHNICAL, {rows.DECIDED: "decided_by"})
class NotDuplicate(SQLModel, table=True):
    """Two households that a supervisor found to be different: *Không trùng*. `first_id` < `second_id`."""

    __tablename__ = "not_duplicate"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "first_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "second_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "decided_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    first_id: str = Field(primary_key=True)
    second_id: str = Field(primary_key=True)
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)


@stores(
    rows.TECHNICAL,
    {
        rows.TECHNICAL: "losing_state moved_visits own_visits earlier_ids",
        rows.ADDRESS: "filled",
        rows.DECIDED: "merged_by undone_by",
    },
)
class HouseholdMerge(SQLModel, table=True):
    """One merge, with what it takes to undo it.

    `losing_version`, `surviving_version`: the versions that the merge made; the survivor's may be the one
    that it had. `losing_state`, `losing_merged_at` and `surviving_merged_at`: the values before. `filled`:
    the fields that the survivor took over. `moved_visits`: the losing household's visits, each with its
    version and hamlet then; `own_visits`: the survivor's with their versions. `earlier_ids`: the households
    that had been merged into the losing one. `undone_at` is None while the merge stands.
    """

    __tablename__ = "household_merge"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "losing_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "surviving_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "merged_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "undone_by"], ["account.commune_id", "account.id"]),
    )

    commune_id: str = Field(primary_key=True)
    losing_id: str = Field(primary_key=True)
    losing_version: int = Field(primary_key=True, sa_type=VersionNumber)
    surviving_id: str
    surviving_version: int = Field(sa_type=VersionNumber)
    losing_state: HouseholdState = Field(sa_type=AutoString)
    losing_merged_at: datetime | None = Field(default=None, sa_type=Instant)
    surviving_merged_at: datetime | None = Field(default=None, sa_type=Instant)
    filled: list[str] = Field(sa_type=JSON)
    moved_visits: dict[str, tuple[int, str]] = Field(sa_type=JSON)
    own_visits: dict[str, int] = Field(sa_type=JSON)
    earlier_ids: list[str] = Field(sa_type=JSON)
    merged_by: str
    merged_at: datetime = Field(sa_type=Instant)
    undone_by: str | None = None
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
