"""Table of pairs of households that are not duplicates."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import Instant


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
