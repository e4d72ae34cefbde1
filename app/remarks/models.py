"""The table of remarks."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant

KINDS = ("difficulty", "practice")


class ReportRemark(SQLModel, table=True):
    """*Khó khăn, kiến nghị* (`difficulty`) or *Cách làm hay* (`practice`), in somebody's words.

    Reports of all periods that have the day `counted_on` show it, except those that were closed before
    `received_at`. `removed_at`: it is in no report any more.
    """

    __tablename__ = "report_remark"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "written_by"], ["account.commune_id", "account.id"]),
        Index("ix_report_remark_day", "commune_id", "counted_on"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    text: str
    counted_on: date
    written_by: str
    received_at: datetime = Field(sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
