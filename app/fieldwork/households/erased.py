"""Which households were erased on request, so that nothing brings their data back, and what was decided of
such requests."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKeyConstraint, Index, bindparam, select
from sqlmodel import AutoString, Field, Session, SQLModel

from app.core.clock import Instant
from app.core.db import table_of
from app.core.id_key.derived import Ids
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared, in_list
from app.core.text import fold

ERASED = "erased"
"""`moved_to` of the tombstone of an erased household, and the code of the result of an operation on it."""
Decision = Literal["erased", "refused"]


@stores(rows.ERASED)
class ErasedRecord(SQLModel, table=True):
    """The id of an erased household, or the mark of a label that it had (`label_mark`).

    There is no foreign key: a server that was made anew has the ids without the households.
    """

    __tablename__ = "erased_record"

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    erased_at: datetime = Field(sa_type=Instant)


@stores(rows.REQUEST, {rows.REQUEST: "decision reason", rows.DECIDED: "decided_by"})
class ErasureRequest(SQLModel, table=True):
    """A request to erase a household, and what was decided: it was `erased`, or `refused` for a reason.

    `reason`: of a refusal what the household is told, else where the request is filed. It names nobody.
    """

    __tablename__ = "erasure_request"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        ForeignKeyConstraint(["commune_id", "decided_by"], ["account.commune_id", "account.id"]),
        Index("ix_erasure_request_household", "commune_id", "household_id"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    household_id: str
    decision: Decision = Field(sa_type=AutoString)
    reason: str
    decided_by: str
    decided_at: datetime = Field(sa_type=Instant)


_RECORD = table_of(ErasedRecord)
_FIND = Prepared(
    select(_RECORD.c.id).where(_RECORD.c.commune_id == bindparam("commune_id"), in_list(_RECORD.c.id, "ids"))
)


def find_erased(session: Session, commune_id: str, ids: Iterable[str]) -> set[str]:
    """Those of these ids and marks that are of erased households."""
    wanted = sorted(set(ids))
    found = _FIND.rows(session, commune_id=commune_id, ids=wanted) if wanted else []
    return {row["id"] for row in found}


class LabelMarks:
    """Marks of labels: keyed hashes of what the row of a list is recognised by, without diacritics and
    capitals.

    The key is the instance's, which is stored apart from the marks: without it, all names of a hamlet could
    be tried to find the one that a mark is of.
    """

    def __init__(self, session: Session, commune_id: str) -> None:
        self._ids = Ids(session, "erased", commune_id)

    def mark(self, hamlet_id: str, head_name: str, house_no: str, alley: str) -> str:
        """The mark of a label in a hamlet."""
        return self._ids.uuid(hamlet_id, fold(head_name), fold(house_no), fold(alley))
