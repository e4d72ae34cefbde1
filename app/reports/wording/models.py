"""The sentences of a report as a supervisor has edited them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.FIGURE, {rows.FIGURE: "code generated", rows.REMARK: "text", rows.DECIDED: "edited_by"})
class ReportWording(SQLModel, table=True):
    """What a supervisor made of the sentences of an open period; `text` is empty once that was taken back.
    `generated`: the sentences of the figures at the time of the edit, so that it is seen when they change.
    `version` grows with each change."""

    __tablename__ = "report_wording"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    code: str = Field(primary_key=True)
    text: str
    generated: str
    version: int = 1
    edited_by: str
    edited_at: datetime = Field(sa_type=Instant)
