"""Table of the plans."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.FIGURE, {rows.FIGURE: "number name", rows.DECIDED: "typed_by removed_by"})
class Plan(SQLModel, table=True):
    """A plan of the commune (*Kế hoạch số 15/KH-UBND*): from its `first` to its `last` day, both included,
    days and sessions are done under it. A correction removes it and adds another one, so that a sheet that
    was printed before can be explained."""

    __tablename__ = "plan"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    id: str = Field(primary_key=True)
    number: str
    name: str
    first: date
    last: date
    typed_by: str
    typed_at: datetime = Field(sa_type=Instant)
    removed_by: str | None = None
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
