"""Operations on erased households: they are answered `duplicate`, and nothing of them is stored.

They wait on a phone that has not heard of the erasure, are sent again after a restore, or are in a file. They
name the household by its id. Or they add it under another id: its label says so, and from then on that id is
one of the erased household (`docs/decisions/0206-an-erased-household-is-known-by-its-label.md`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Table, and_, delete, select, update
from sqlalchemy.engine import RowMapping
from sqlmodel import Session

from app.commune.areas import merged_hamlets
from app.core import desk_log
from app.core.db import table_of
from app.core.errors import OperationInvalid
from app.core.types import Moment
from app.fieldwork.households.erased import (
    ERASED,
    EVENT,
    Label,
    LabelMarks,
    find_erased,
    find_erased_labels,
    has_erasures,
    remember,
)
from app.fieldwork.households.models import Household
from app.sync.applying.operations import RawOperation, from_payload, is_storable
from app.sync.applying.push_context import PushContext
from app.sync.wire.models import ERASED_HASH, LedgerEntry, QuarantinedOperation, RefusedOperation
from app.sync.wire.protocol import Operation, OperationResult

Written = tuple[RawOperation, datetime]  # an operation, and when it was written (`written_at`)
ADDS: Final = "household.add"
_CHANGES = (ADDS, "household.amend")
_LABEL: Final = ("hamlet_id", "head_name", "house_no", "alley")
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class ErasureGate:
    """What every operation passes before any of it is stored. Of a commune without an erasure it asks the
    database once in all.

    `recognised`: the ids of erased households that it knows by their labels.
    """

    def __init__(self, session: Session, commune_id: str) -> None:
        self._session, self._commune_id = session, commune_id
        self.recognised: set[str] = set()

    @cached_property
    def _is_needed(self) -> bool:
        return has_erasures(self._session, self._commune_id)

    def find(self, sent: Iterable[RawOperation]) -> list[RawOperation]:
        """Those of these operations that name an erased household."""
        named = [(operation, household_ids(operation)) for operation in sent]
        if not named or not self._is_needed:
            return []
        ids = {id for _operation, ids in named for id in ids}
        erased = find_erased(self._session, self._commune_id, ids).keys()
        return [operation for operation, ids in named if ids & erased]

    def find_all(self, sent: Sequence[RawOperation], context: PushContext) -> list[RawOperation]:
        """The same, and what a recognised label says of them."""
        self.recognise(sent, context)
        return self.find(sent)

    def recognise(self, sent: Iterable[RawOperation], context: PushContext) -> tuple[bool, frozenset[str]]:
        """`recognise_written` of what a phone sends."""
        offset, received_at = context.clock_offset, context.received_at
        changes = [one for one in sent if one.raw.get("type") in _CHANGES]
        return self.recognise_written((one, written_at(one, offset, received_at)) for one in changes)

    def recognise_written(self, sent: Iterable[Written]) -> tuple[bool, frozenset[str]]:
        """Remember as erased the households that these operations add with the label of an erased one, if
        they were written before it was erased; what else is stored of them goes.

        Returns whether there are any that were not known, and the ids of those that were written since.
        """
        labelled = list(_labels(sent))
        if not labelled or not self._is_needed:
            return False, frozenset()
        session, commune_id = self._session, self._commune_id
        marks = LabelMarks(session, commune_id, merged_hamlets(session, commune_id))
        erased = marks.find(label for _id, label, _at in labelled)
        found = [(id, at, erased[label]) for id, label, at in labelled if label in erased]
        ids = {id for id, _at, _erased_at in found}
        known = self.known(ids) | find_erased(session, commune_id, ids).keys()
        earlier = {id: erased_at for id, at, erased_at in found if at <= erased_at and id not in known}
        for id, erased_at in earlier.items():
            remember(session, commune_id, [id], erased_at)
        if earlier:
            erase_stored(session, commune_id, list(earlier))
        self.recognised |= earlier.keys()
        return bool(earlier), frozenset(ids - known - earlier.keys())

    def note_recognised(self, now: datetime) -> None:
        """Note them in the desk log, which outlives a restore."""
        if self.recognised:
            details = {"households": sorted(self.recognised), "marks": []}
            desk_log.note(self._session, self._commune_id, EVENT, now, **details)

    def known(self, ids: set[str]) -> set[str]:
        """Those of these households that there are: somebody has decided about the label before."""
        table = table_of(Household)
        is_one = (table.c.commune_id == self._commune_id, table.c.id.in_(ids), table.c.erased_at.is_(None))
        return set(self._session.scalars(select(table.c.id).where(*is_one))) if ids else set()


def written_at(operation: RawOperation, clock_offset: timedelta, received_at: datetime) -> datetime:
    """When an operation was written, by its phone's clock corrected by the offset; however long ago. One
    whose time cannot be read is taken for an old one."""
    try:
        return min(_MOMENT.validate_python(operation.raw.get("at")) + clock_offset, received_at)
    except (ValidationError, OverflowError):
        return EARLIEST


def has_erased_label(session: Session, operation: Operation) -> bool:
    """Whether it adds a household with the label of an erased one."""
    if operation.type != ADDS:
        return False
    hamlet_id, *texts = (str(operation.data.get(name) or "") for name in _LABEL)
    label: Label = (hamlet_id, texts[0], texts[1], texts[2])
    return bool(find_erased_labels(session, operation.commune_id, [label]))


def household_ids(operation: RawOperation) -> set[str]:
    """The households that an operation names, whatever its type: a newer app may have others."""
    data = operation.raw.get("data")
    values = [data.get(name) for name in ("id", "household_id")] if isinstance(data, dict) else []
    return {value for value in values if isinstance(value, str) and is_storable(value)}


def result(operation: RawOperation) -> OperationResult:
    """The result of such an operation: the phone deletes it."""
    return {"op_id": operation.op_id, "status": "duplicate", "code": ERASED}


def stored_labels(session: Session, commune_id: str, marks: Iterable[str]) -> set[str]:
    """The ids of households that are not there, and that operations which were not applied would add with one
    of these marks."""
    wanted, known = LabelMarks(session, commune_id), set(marks)
    found = {
        id
        for id, label, _at in _labels((operation, EARLIEST) for operation in _unapplied(session, commune_id))
        if wanted.mark(*label) in known
    }
    return found - ErasureGate(session, commune_id).known(found)


def _unapplied(session: Session, commune_id: str) -> Iterator[RawOperation]:
    quarantined, refused = table_of(QuarantinedOperation), table_of(RefusedOperation)
    for table, is_open in (
        (quarantined, quarantined.c.state != "applied"),
        (refused, refused.c.payload != ""),
    ):
        columns = (table.c.op_id, table.c.seq, table.c.payload)
        rows = session.execute(select(*columns).where(table.c.commune_id == commune_id, is_open))
        for op_id, seq, payload in rows.all():
            with suppress(OperationInvalid):  # nobody can read it
                yield from_payload(op_id, seq, payload, epoch=None, acked_version=None)


def _labels(sent: Iterable[Written]) -> Iterator[tuple[str, Label, datetime]]:
    """Every label of the households that these operations add, also as they change it afterwards: the id, the
    label, and when it was written."""
    current: dict[str, dict[str, str]] = {}
    changes = [one for one in sent if one[0].raw.get("type") in _CHANGES and one[0].record_id]
    for operation, at in sorted(changes, key=lambda one: one[0].seq):
        household_id, data = operation.record_id, operation.raw["data"]
        if operation.raw["type"] == ADDS:
            current[household_id] = dict.fromkeys(_LABEL, "")
        elif household_id not in current:
            continue
        texts = current[household_id]
        texts |= {name: str(data[name] or "") for name in _LABEL if name in data}
        yield household_id, (texts[_LABEL[0]], texts[_LABEL[1]], texts[_LABEL[2]], texts[_LABEL[3]]), at


def erase_stored(session: Session, commune_id: str, ids: list[str]) -> None:
    """Take operations that name one of these ids out of the quarantine and of what was refused."""
    _erase_quarantined(session, commune_id, ids)
    _erase_refused(session, commune_id, ids)


def _erase_quarantined(session: Session, commune_id: str, ids: list[str]) -> None:
    """Open and decided ones, as they were sent. What was not applied made nothing."""
    table, ledger = table_of(QuarantinedOperation), table_of(LedgerEntry)
    for row in _with_payloads(session, table, commune_id, ids):
        same = (ledger.c.op_id == row["op_id"], ledger.c.payload_hash == row["payload_hash"])
        entry = {"status": "applied", "payload_hash": ERASED_HASH}
        if row["state"] != "applied":
            entry |= {"kind": "", "record_id": ""}
        session.execute(update(ledger).where(ledger.c.commune_id == commune_id, *same).values(entry))
        session.execute(delete(table).where(_is_row(table, row)))


def _erase_refused(session: Session, commune_id: str, ids: list[str]) -> None:
    """As they were sent; the row stays, with the number that its phone has used."""
    table = table_of(RefusedOperation)
    for row in _with_payloads(session, table, commune_id, ids):
        session.execute(update(table).where(_is_row(table, row)).values(payload="", code="retry"))


def _with_payloads(session: Session, table: Table, commune_id: str, ids: list[str]) -> Iterator[RowMapping]:
    """The rows of operations that name one of the ids anywhere."""
    names_one = re.compile("|".join(map(re.escape, ids)))
    rows = session.execute(select(table).where(table.c.commune_id == commune_id)).mappings()
    return (row for row in rows.all() if names_one.search(row["payload"]))


def _is_row(table: Table, row: RowMapping) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key))
