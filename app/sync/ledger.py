"""The ledger: what was committed, by operation; and what was refused, kept as it was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core.errors import OperationReused
from app.sync.models import LedgerEntry, RefusedOperation
from app.sync.operations import Sent
from app.sync.protocol import MAX_OPERATION_BYTES, OperationResult


def entries(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, LedgerEntry]:
    """The entries of those of `op_ids` that were committed before."""
    rows: Any = LedgerEntry
    found = session.scalars(select(LedgerEntry).where(rows.commune_id == commune_id, rows.op_id.in_(op_ids)))
    return {entry.op_id: entry for entry in found}


def repeat(operation: Sent, entry: LedgerEntry) -> OperationResult:
    """The answer to an operation that was committed before. Raises `OperationReused`."""
    if operation.payload_hash != entry.payload_hash:
        raise OperationReused("op_id")
    return {"op_id": operation.op_id, "status": "duplicate", "kind": entry.kind, "version": entry.version}


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
        row.failures += 1
        row.received_at = now
        session.add(row)


def _refused(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, RefusedOperation]:
    rows: Any = RefusedOperation
    found = session.scalars(
        select(RefusedOperation).where(rows.commune_id == commune_id, rows.op_id.in_(op_ids))
    )
    return {row.op_id: row for row in found}
