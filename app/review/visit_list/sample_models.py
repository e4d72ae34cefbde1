"""Tables of random samples of visits that wait for a decision (`decisions/samples.py` draws them)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


@stores(rows.DECIDED, {rows.DECIDED: "drawn_by"})
class VisitSample(SQLModel, table=True):
    """A random sample: `percent` of `visits` visits that waited for a decision.

    The same visits, sorted by id, and `seed` give the same sample again. `chosen`: how many were drawn.
    """

    __tablename__ = "visit_sample"
    __table_args__ = (ForeignKeyConstraint(["commune_id", "drawn_by"], ["account.commune_id", "account.id"]),)

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    drawn_by: str
    drawn_at: datetime = Field(sa_type=Instant)
    percent: int
    seed: int = Field(sa_type=BigInteger)
    visits: int
    chosen: int


@stores(rows.TECHNICAL)
class SampledVisit(SQLModel, table=True):
    """One visit that a sample was drawn from; `chosen`: it was drawn."""

    __tablename__ = "sampled_visit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "sample_id"], ["visit_sample.commune_id", "visit_sample.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
    )

    commune_id: str = Field(primary_key=True)
    sample_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    chosen: bool
