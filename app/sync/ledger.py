"""The ledger: what every operation came to; and what was refused, kept as it was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.core.batch import Row
from app.core.prepared import Prepared, among
from app.sync.models import LedgerEntry, RefusedOperation
from app.sync.operations import Sent
from app.sync.protocol import MAX_OPERATION_BYTES, OperationResult

_ENTRIES: Any = LedgerEntry.__table__  # type: ignore[attr-defined]
_NAMED = Prepared(
    select(_ENTRIES).where(
        _ENTRIES.c.commune_id == bindparam("commune_id"), among(_ENTRIES.c.op_id, "op_ids")
    )
)


def entries(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, Row]:
    """The entries of those of `op_ids` that were taken in before."""
    found = _NAMED.rows(session, commune_id=commune_id, op_ids=op_ids) if op_ids else []
    return {entry["op_id"]: entry for entry in found}


def entry(operation: Sent, device_id: str, now: datetime, **record: Any) -> Row:
    """An entry's row; `record`: `status`, `kind`, `record_id` and `version`."""
    return {
        "op_id": operation.op_id,
        "payload_hash": operation.payload_hash,
        "device_id": device_id,
        "seq": operation.seq,
        "received_at": now,
        **record,
    }


def repeat(entry: Row) -> OperationResult:
    """The answer to an operation that was taken in before."""
    known: OperationResult = {"op_id": entry["op_id"], "status": entry["status"], "kind": entry["kind"]}
    if entry["status"] == "applied":
        known["status"], known["version"] = "duplicate", entry["version"]
    return known


def keep_refused(
    session: Session,
    commune_id: str,
    device_id: str,
    now: datetime,
    sent: list[Sent],
    results: dict[str, OperationResult],
) -> None:
    """Outside the savepoints: what was not applied is kept as it was sent, and how often it came."""
    refused = {op.op_id: op for op in sent if results[op.op_id]["status"] in ("rejected", "retry")}
    known = _refused(session, commune_id, list(refused)) if refused else {}
    for op_id, operation in refused.items():
        row = known.get(op_id) or RefusedOperation(
            commune_id=commune_id, op_id=op_id, device_id=device_id, code="", payload="",
            failures=0, received_at=now,
        )  # fmt: skip
        row.code = results[op_id].get("code", results[op_id]["status"])
        row.payload = operation.payload[:MAX_OPERATION_BYTES]
        row.device_id, row.seq = device_id, operation.seq
        row.failures += 1
        row.received_at = now
        session.add(row)


def _refused(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, RefusedOperation]:
    rows: Any = RefusedOperation
    found = session.scalars(
        select(RefusedOperation).where(rows.commune_id == commune_id, rows.op_id.in_(op_ids))
    )
    return {row.op_id: row for row in found}
