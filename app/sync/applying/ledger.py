"""The ledger, with the result of every committed operation; and the refused operations, as they were sent."""

from operator import itemgetter
from typing import cast

from sqlalchemy import bindparam, delete, literal_column, select, update
from sqlmodel import Session

from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Upsert
from app.fieldwork.households.erased import ERASED
from app.sync.applying.erased import ErasureGate
from app.sync.applying.operations import RawOperation, WrittenRecord
from app.sync.applying.push_context import UNSIGNED, PushContext
from app.sync.applying.quota import device_full_result, is_device_full, remaining_quota
from app.sync.wire.models import (
    ERASED_HASH,
    LedgerEntry,
    LedgerEntryValues,
    LedgerStatus,
    RefusedOperation,
    RefusedOperationValues,
)
from app.sync.wire.payloads import without_number
from app.sync.wire.protocol import MAX_OPERATION_BYTES, OperationResult

_LEDGER = table_of(LedgerEntry)
_FIND_ENTRIES = Prepared(
    select(_LEDGER).where(_LEDGER.c.commune_id == bindparam("commune_id"), in_list(_LEDGER.c.op_id, "op_ids"))
)
_REFUSED = table_of(RefusedOperation)
_FIND_REJECTIONS = Prepared(
    select(_REFUSED.c.op_id, _REFUSED.c.code, _REFUSED.c.fields, _REFUSED.c.payload).where(
        _REFUSED.c.commune_id == bindparam("commune_id"),
        in_list(_REFUSED.c.op_id, "op_ids"),
        _REFUSED.c.code != "retry",
    )
)


def find_entries(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, LedgerEntryValues]:
    """The entries of those of `op_ids` that were committed before, by operation id."""
    if not op_ids:
        return {}
    rows = _FIND_ENTRIES.rows(session, commune_id=commune_id, op_ids=op_ids)
    return {entry["op_id"]: entry for entry in cast(list[LedgerEntryValues], rows)}


def entry_values(
    operation: RawOperation, context: PushContext, status: LedgerStatus, written: WrittenRecord
) -> LedgerEntryValues:
    """The new entry of an operation. An unsigned file proves no number of the device (`replay.release`)."""
    return {
        "op_id": operation.op_id,
        "payload_hash": operation.payload_hash,
        "status": status,
        "kind": written.kind,
        "record_id": written.record_id,
        "version": written.version,
        "device_id": context.device_id,
        "seq": 0 if context.withheld == UNSIGNED else operation.seq,
        "received_at": context.received_at,
    }


def erased_entry(operation: RawOperation, context: PushContext) -> LedgerEntryValues:
    """The entry of an operation on an erased household: its number has arrived, and there is no hash of what
    it said."""
    values = entry_values(operation, context, "applied", WrittenRecord("", "", 0))
    return {**values, "payload_hash": ERASED_HASH}


def repeated_result(entry: LedgerEntryValues) -> OperationResult:
    """The result of an operation that was committed before."""
    if entry["payload_hash"] == ERASED_HASH:
        return {"op_id": entry["op_id"], "status": "duplicate", "code": ERASED}
    if entry["status"] == "applied":
        return {
            "op_id": entry["op_id"], "status": "duplicate", "kind": entry["kind"], "version": entry["version"]
        }  # fmt: skip
    return {"op_id": entry["op_id"], "status": entry["status"], "kind": entry["kind"]}


def find_rejections(
    session: Session, commune_id: str, sent: list[RawOperation]
) -> dict[str, OperationResult]:
    """The results of those operations that were rejected before with the same content, by operation id.

    The author has such an operation under *Cần sửa*, or has discarded it: a copy that the network delayed
    must be neither applied nor quarantined.
    """
    payloads = {operation.op_id: _stored_payload(operation) for operation in sent}
    rows = _FIND_REJECTIONS.rows(session, commune_id=commune_id, op_ids=list(payloads)) if payloads else []
    return {
        row["op_id"]: {
            "op_id": row["op_id"], "status": "rejected", "code": row["code"], "fields": row["fields"]
        }
        for row in rows
        if _is_same(row["payload"], payloads[row["op_id"]])
    }  # fmt: skip


def _is_same(stored: str, sent: str) -> bool:
    """Whether an operation is the stored one, whose number may have been deleted since."""
    return stored == sent or (stored != "" and stored == without_number(sent))


def store_refused(
    session: Session,
    context: PushContext,
    sent: list[RawOperation],
    results: dict[str, OperationResult],
    gate: ErasureGate,
) -> None:
    """Store the operations that were rejected or are to be retried, and count how often each was sent.

    Call it outside the savepoints, which are rolled back for these operations. An operation above the quota
    is not stored; its result becomes `device_full_result`. Of one on an erased household only its number is:
    the phone sends it again.
    """
    refused = [operation for operation in sent if _is_stored(results[operation.op_id])]
    retried = [operation for operation in refused if results[operation.op_id]["status"] == "retry"]
    # `apply` has answered the others.
    erased = {operation.op_id for operation in gate.find_all(retried, context)}
    quota = remaining_quota(session, context) if refused else None
    rows = []
    for operation in refused:
        if quota and not quota.take(_stored_payload(operation)):
            results[operation.op_id] = device_full_result(operation.op_id)
        else:
            values = _refused_values(context, operation, results[operation.op_id])
            rows.append(values | {"payload": ""} if operation.op_id in erased else values)
    _UPSERT.run_all(session, sorted(rows, key=itemgetter("op_id")))


def delete_entries(session: Session, commune_id: str, op_ids: list[str]) -> None:
    """Delete entries whose ids belong to other operations."""
    if op_ids:
        _DELETE.run(session, commune_id=commune_id, op_ids=op_ids)


def empty_refused(session: Session, commune_id: str, op_ids: list[str]) -> None:
    """Delete what is stored of operations that met `retry` before it was known that their household was
    erased."""
    if op_ids:
        _EMPTY.run(session, commune_id=commune_id, op_ids=op_ids)


def _is_stored(result: OperationResult) -> bool:
    return result["status"] in ("rejected", "retry") and not is_device_full(result)


def _refused_values(
    context: PushContext, operation: RawOperation, result: OperationResult
) -> RefusedOperationValues:
    return {
        "commune_id": context.commune_id,
        "op_id": operation.op_id,
        "device_id": context.device_id,
        "seq": operation.seq,
        "code": result.get("code", result["status"]),
        "fields": result.get("fields", []),
        "payload": _stored_payload(operation),
        "failures": 1,
        "received_at": context.received_at,
    }


def _stored_payload(operation: RawOperation) -> str:
    return operation.payload[:MAX_OPERATION_BYTES]


_DELETE = Prepared(
    delete(_LEDGER).where(in_list(_LEDGER.c.op_id, "op_ids"), _LEDGER.c.commune_id == bindparam("commune_id"))
)
_EMPTY = Prepared(
    update(_REFUSED)
    .where(_REFUSED.c.commune_id == bindparam("commune_id"), in_list(_REFUSED.c.op_id, "op_ids"))
    .values(payload="")
)
_REPLACED = ("device_id", "seq", "code", "fields", "payload", "received_at")
# Two phones with one queue may send the same operation at the same time.
_UPSERT = Upsert(
    _REFUSED,
    lambda table, insert: (
        # No parameter beside the rows: a Citus worker is given it without a type.
        {name: insert.excluded[name] for name in _REPLACED}
        | {"failures": table.c.failures + literal_column("1")}
    ),
)
