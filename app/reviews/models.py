"""Table of decisions."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant


class Decision(SQLModel, table=True):
    """One decision on one version of a visit; the newest one also stands on the visit's row."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        ForeignKeyConstraint(["commune_id", "decided_by"], ["account.commune_id", "account.id"]),
        Index("ix_decision_visit", "commune_id", "visit_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    visit_id: str
    visit_version: int
    state: str
    reason: str = ""
    field: str = ""
    note: str = ""
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)
