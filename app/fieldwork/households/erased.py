"""Which households were erased on request, so that nothing brings their data back, and what was decided of
such requests."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import ForeignKeyConstraint, Index, bindparam, case, select
from sqlmodel import AutoString, Field, Session, SQLModel

from app.commune.areas import merged_hamlets
from app.core.clock import Instant, local_date
from app.core.db import table_of
from app.core.id_key.derived import Ids
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Upsert
from app.core.text import fold

ERASED = "erased"
"""`moved_to` of the tombstone of an erased household, and the code of the result of an operation on it."""
EVENT: Final = "household.erased"
"""Of the desk log: ids of households and marks of labels that are not to come back."""
Decision = Literal["erased", "refused"]
Label = tuple[str, str, str, str]  # hamlet, head, house number, alley


@stores(rows.ERASED)
class ErasedRecord(SQLModel, table=True):
    """The id of an erased household, or the mark of a label that it had (`LabelMarks`).

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
    select(_RECORD.c.id, _RECORD.c.erased_at).where(
        _RECORD.c.commune_id == bindparam("commune_id"), in_list(_RECORD.c.id, "ids")
    )
)
_ANY = Prepared(select(_RECORD.c.id).where(_RECORD.c.commune_id == bindparam("commune_id")).limit(1))
_REMEMBER = Upsert(
    _RECORD,
    lambda table, insert: {
        "erased_at": case(
            (table.c.erased_at < insert.excluded.erased_at, insert.excluded.erased_at),
            else_=table.c.erased_at,
        )
    },
)


def has_erasures(session: Session, commune_id: str) -> bool:
    """Whether a household of the commune was ever erased."""
    return _ANY.first(session, commune_id=commune_id) is not None


def find_erased(session: Session, commune_id: str, ids: Iterable[str]) -> dict[str, datetime]:
    """Those of these ids and marks that are of erased households, and when these were erased."""
    wanted = sorted(set(ids))
    found = _FIND.rows(session, commune_id=commune_id, ids=wanted) if wanted else []
    return {row["id"]: row["erased_at"] for row in found}


def remember(session: Session, commune_id: str, ids: Iterable[str], erased_at: datetime) -> None:
    """Note that what has one of these ids or marks is not to come back; of two erasures the later one."""
    rows = [{"commune_id": commune_id, "id": id, "erased_at": erased_at} for id in sorted(set(ids))]
    _REMEMBER.run_all(session, rows)


class LabelMarks:
    """Marks of labels: keyed hashes of what the row of a list is recognised by, without diacritics and
    capitals.

    The key is the instance's, which is stored apart from the marks: without it, all names of a hamlet could
    be tried to find the one that a mark is of.

    `merged`: for each hamlet that was merged the one that has its households.
    """

    def __init__(self, session: Session, commune_id: str, merged: Mapping[str, str] | None = None) -> None:
        self._session, self._commune_id, self._merged = session, commune_id, merged or {}
        self._ids = Ids(session, "erased", commune_id)

    def find(self, labels: Iterable[Label]) -> dict[Label, datetime]:
        """Those of these labels that an erased household had, in whichever hamlet that was merged with
        theirs, and when it was erased."""
        marks = {
            label: {self.mark(hamlet_id, *label[1:]) for hamlet_id in self._places(label[0])}
            for label in set(labels)
        }
        found = find_erased(self._session, self._commune_id, set().union(*marks.values()))
        times = {
            label: [found[mark] for mark in of_label & found.keys()] for label, of_label in marks.items()
        }
        return {label: max(erased_at) for label, erased_at in times.items() if erased_at}

    def _places(self, hamlet_id: str) -> set[str]:
        surviving = self._merged.get(hamlet_id, hamlet_id)
        return {hamlet_id, surviving, *(id for id, into in self._merged.items() if into == surviving)}

    def mark(self, hamlet_id: str, head_name: str, house_no: str, alley: str) -> str:
        """The mark of a label in a hamlet."""
        return self._ids.uuid(hamlet_id, fold(head_name), fold(house_no), fold(alley))


def find_erased_labels(session: Session, commune_id: str, labels: Collection[Label]) -> dict[Label, date]:
    """Those of these labels that an erased household had, and the days on which they were erased."""
    named = [label for label in labels if label[1]]
    if not named or not has_erasures(session, commune_id):
        return {}
    found = LabelMarks(session, commune_id, merged_hamlets(session, commune_id)).find(named)
    return {label: local_date(erased_at) for label, erased_at in found.items()}
