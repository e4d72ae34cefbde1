"""The table of citizens' requests."""

from datetime import date, datetime
from typing import NotRequired, TypedDict

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import AutoString, Field, SQLModel

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.review.citizen_requests.deadlines import Kind

_IS_OPEN = text("closed_on IS NULL")


class CitizenRequestValues(TypedDict):
    commune_id: NotRequired[str]
    id: str
    household_id: str | None
    kind: Kind
    reference: str
    received_on: date
    with_others: bool
    entered_at: datetime
    entered_by: str
    answered_on: date | None
    extended_on: date | None
    extension_reason: str
    closed_on: date | None
    is_refused: bool
    refusal_reason: str
    version: int


@stores(
    rows.REQUEST,
    {
        rows.REQUEST: "kind reference extension_reason refusal_reason",
        rows.REQUEST_WRITER: "entered_by",
    },
)
class CitizenRequest(SQLModel, RowOf[CitizenRequestValues], table=True):
    """What a citizen asked of the commune about their data, and what became of it.

    `household_id`: the household that it is about; None for somebody who is on no list. Nobody is named:
    `reference` is the number under which the commune's office has the paper. `with_others`: another body must
    act too. `entered_by`: a supervisor, or the member who heard it at the door. `answered_on`: when the
    citizen was told what follows. `extended_on`, `extension_reason`: of the one extension. `closed_on`: when
    it was done, or refused (`is_refused`) with the `refusal_reason`, which is empty again once the household
    was erased. `version` counts what was written of it.
    """

    __tablename__ = "citizen_request"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "entered_by"], ["account.commune_id", "account.id"]),
        Index("ix_citizen_request_received", "commune_id", "received_on", "id"),
        Index("ix_citizen_request_household", "commune_id", "household_id"),
        Index("ix_citizen_request_open", "commune_id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    household_id: str | None = None
    kind: Kind = Field(sa_type=AutoString)
    reference: str = ""
    received_on: date
    with_others: bool = False
    entered_at: datetime = Field(sa_type=Instant)
    entered_by: str
    answered_on: date | None = None
    extended_on: date | None = None
    extension_reason: str = ""
    closed_on: date | None = None
    is_refused: bool = False
    refusal_reason: str = ""
    version: int = Field(default=1, sa_type=VersionNumber)
