"""Operations on erased households: they are answered `duplicate`, and nothing of them is stored.

They wait on a phone that has not heard of the erasure, are sent again after a restore, or are in a file.
"""

from collections.abc import Iterable

from sqlmodel import Session

from app.fieldwork.households.erased import ERASED, find_erased
from app.sync.applying.ledger import ERASED_HASH, entry_values
from app.sync.applying.operations import RawOperation, WrittenRecord, is_storable
from app.sync.applying.push_context import PushContext
from app.sync.wire.models import LedgerEntryValues
from app.sync.wire.protocol import OperationResult


def find_operations(session: Session, commune_id: str, sent: Iterable[RawOperation]) -> list[RawOperation]:
    """Those of these operations that name an erased household."""
    named = [(operation, household_ids(operation)) for operation in sent]
    erased = find_erased(session, commune_id, {id for _operation, ids in named for id in ids})
    return [operation for operation, ids in named if ids & erased]


def household_ids(operation: RawOperation) -> set[str]:
    """The households that an operation names, whatever its type: a newer app may have others."""
    data = operation.raw.get("data")
    values = [data.get(name) for name in ("id", "household_id")] if isinstance(data, dict) else []
    return {value for value in values if isinstance(value, str) and is_storable(value)}


def result(operation: RawOperation) -> OperationResult:
    """The result of such an operation: the phone deletes it."""
    return {"op_id": operation.op_id, "status": "duplicate", "code": ERASED}


def entry(operation: RawOperation, context: PushContext) -> LedgerEntryValues:
    """Its entry in the ledger: its number has arrived, and there is no hash of what it said."""
    values = entry_values(operation, context, "applied", WrittenRecord("", "", 0))
    return {**values, "payload_hash": ERASED_HASH}
