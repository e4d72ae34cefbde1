"""Tables of decisions, and of the batches in which they were made."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, false
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.db import VersionNumber


class DecisionBatch(SQLModel, table=True):
    """What one press of a button decided. `left_out` and `kept` count, by reason, the visits that it and
    its undoing did not touch."""

    __tablename__ = "decision_batch"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "made_by"], ["account.commune_id", "account.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    made_by: str
    made_at: datetime = Field(sa_type=Instant)
    decided: int
    left_out: dict[str, int] = Field(sa_type=JSON)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    undone: int = 0
    kept: dict[str, int] = Field(sa_type=JSON)


class Decision(SQLModel, table=True):
    """One decision on one version of a visit; the newest one also stands on the visit's row.

    `earlier` is the review that it replaced. With `undo` the decision took another of its batch back.
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
    state: str
    reason: str = ""
    field: str = ""
    note: str = ""
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)
    batch_id: str | None = None
    earlier: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    undo: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
