"""Tables of imports at the desk: each import, and the rows of its list that somebody may look at."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.core.clock import Instant
from app.core.epoch import VersionNumber
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.types import JsonObject

READING, READY, FAILED, APPLIED, UNDONE = "reading", "ready", "failed", "applied", "undone"
NEW, CHANGED, REJECTED = "new", "changed", "rejected"
UPDATE, ADD = "update", "add"
"""Choices for a changed row: the existing household gets its label, or it is another household."""


@stores(
    rows.TECHNICAL,
    {
        rows.TECHNICAL: "suffix state step problem hamlet_answers summary",
        rows.DECIDED: "file_name created_by applied_by undone_by",
    },
)
class HouseholdImport(SQLModel, table=True):
    """One import of a list.

    `state`: `reading`, `ready`, `failed`, `applied` or `undone`. `attempt` counts the worker processes that
    were started for it; only the newest one may write. `step`: what that one does (`read`, `compare`,
    `store`). `problem`: the sentence of a failure. `hamlet_answers`: what unknown hamlets are, by folded
    name. `summary`: counts and what was understood (`runs/outcome.py`). `compared_at`: the feed number of the
    commune's newest change of households or hamlets that the comparison saw.
    """

    __tablename__ = "household_import"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        Index("ix_household_import_created", "commune_id", "created_at"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    file_name: str
    suffix: str
    state: str
    created_at: datetime = Field(sa_type=Instant)
    created_by: str
    attempt: int = 1
    started_at: datetime = Field(sa_type=Instant)
    step: str = ""
    problem: str = ""
    hamlet_answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    summary: JsonObject = Field(default_factory=dict, sa_type=JSON)
    compared_at: int = Field(default=0, sa_type=BigInteger)
    applied_at: datetime | None = Field(default=None, sa_type=Instant)
    applied_by: str | None = None
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    undone_by: str | None = None


@stores(
    rows.TECHNICAL,
    {
        rows.TECHNICAL: "kind sheet choice",
        rows.PUBLIC: "new_hamlet",
        rows.IMPORTED: "sentence head_name house_no alley old",
    },
)
class ImportRow(SQLModel, table=True):
    """A row of the list.

    `kind`: `new`, `changed` or `rejected`. `hamlet_id` is empty for a hamlet that is to be created:
    `new_hamlet` is its name. `household_id`: the existing household of a changed row, and once the import is
    applied the one that was added or changed. `version`: that household's, as it was compared; once applied,
    the one that the import wrote. `old`: its label before. `choice`: for a changed row.
    """

    __tablename__ = "household_import_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_id", "import_id"], ["household_import.commune_id", "household_import.id"]
        ),
        Index("ix_household_import_row_household", "commune_id", "household_id", "import_id"),
        Index("ix_household_import_row_kind", "commune_id", "import_id", "kind", "number"),
    )

    commune_id: str = Field(primary_key=True)
    import_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    sheet: str
    row: int
    sentence: str = ""
    hamlet_id: str = ""
    new_hamlet: str = ""
    head_name: str = ""
    house_no: str = ""
    alley: str = ""
    household_id: str | None = None
    version: int = Field(default=0, sa_type=VersionNumber)
    old: dict[str, str] | None = Field(default=None, sa_type=JSON)
    choice: str = ""
