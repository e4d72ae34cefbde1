"""Tables of decisions and of their batches."""

from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.fieldwork.visits.codes import ReviewState


class DecisionBatchValues(TypedDict):
    commune_id: NotRequired[str]
    id: str
    state: str
    made_by: str
    made_at: datetime
    decided: int
    skipped: dict[str, int]
    undone_at: datetime | None
    undone: int
    skipped_by_undo: dict[str, int]


@stores(rows.DECIDED, {rows.DECIDED: "state made_by skipped skipped_by_undo"})
class DecisionBatch(SQLModel, RowOf[DecisionBatchValues], table=True):
    """The decisions of one submitted form. `decided` visits were decided and `undone` of them undone;
    `skipped` and `skipped_by_undo` count, by reason, those that were not."""

    __tablename__ = "decision_batch"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "made_by"], ["account.commune_id", "account.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    made_by: str
    made_at: datetime = Field(sa_type=Instant)
    decided: int
    skipped: dict[str, int] = Field(sa_type=JSON)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    undone: int = 0
    skipped_by_undo: dict[str, int] = Field(sa_type=JSON)


class DecisionValues(TypedDict):
    commune_id: NotRequired[str]
    id: str
    visit_id: str
    visit_version: int
    state: ReviewState
    reason: str
    field: str
    note: str
    decided_by: str
    decided_at: datetime
    batch_id: str | None
    earlier: dict[str, str | None] | None
    undo: bool


@stores(rows.DECIDED, {rows.DECIDED: "state reason field decided_by", rows.REVIEW_NOTE: "note earlier"})
class Decision(SQLModel, RowOf[DecisionValues], table=True):
    """One decision on one version of a visit; the newest one is also in the visit's row.

    `earlier` is the review that it replaced, with the time `at` as text. `undo`: it undid another decision of
    its batch.
    """

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "decided_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(
            ["commune_id", "batch_id"],
            ["decision_batch.commune_id", "decision_batch.id"],
            name="fk_decision_batch",
        ),
        Index("ix_decision_visit", "commune_id", "visit_id"),
        Index("ix_decision_batch", "commune_id", "batch_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    visit_id: str
    visit_version: int = Field(sa_type=VersionNumber)
    state: ReviewState = Field(sa_type=AutoString)
    reason: str = ""
    field: str = ""
    note: str = ""
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)
    batch_id: str | None = None
    earlier: dict[str, str | None] | None = Field(default=None, sa_type=JSON)
    undo: bool = False
