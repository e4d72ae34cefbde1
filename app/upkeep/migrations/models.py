"""The table of the revisions that made this database."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.TECHNICAL, {rows.TECHNICAL: "revision digest"})
class AppliedRevision(SQLModel, table=True):
    """A revision that this database has had, with the digest of its file as it was then."""

    __tablename__ = "applied_revision"

    revision: str = Field(primary_key=True)
    digest: str
    applied_at: datetime = Field(sa_type=Instant)
