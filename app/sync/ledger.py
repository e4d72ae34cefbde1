"""The ledger: what every operation came to; and what was refused, kept as it was sent."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.batch import Row
from app.core.prepared import Prepared, among
from app.sync.models import LedgerEntry, RefusedOperation
from app.sync.operations import Sent
from app.sync.protocol import MAX_OPERATION_BYTES, OperationResult
from app.sync.pusher import Pusher
from app.sync.room import is_no_room, no_room, room_of

_ENTRIES: Any = LedgerEntry.__table__  # type: ignore[attr-defined]
_NAMED = Prepared(
    select(_ENTRIES).where(
        _ENTRIES.c.commune_id == bindparam("commune_id"), among(_ENTRIES.c.op_id, "op_ids")
    )
)


_REFUSED: Any = RefusedOperation.__table__  # type: ignore[attr-defined]
_REFUSALS = Prepared(
    select(_REFUSED.c.op_id, _REFUSED.c.code, _REFUSED.c.fields, _REFUSED.c.payload).where(
        _REFUSED.c.commune_id == bindparam("commune_id"),
        among(_REFUSED.c.op_id, "op_ids"),
        _REFUSED.c.code != "retry",
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


def refusals(session: Session, commune_id: str, sent: list[Sent]) -> dict[str, OperationResult]:
    """The answers to those of `sent` that were refused before with the same content.

    Its author has such an operation among what needs a fix, or gave it up: a copy that the network held back
    must not be applied or kept apart as well.
    """
    wanted = {one.op_id: _stored_payload(one) for one in sent}
    found = _REFUSALS.rows(session, commune_id=commune_id, op_ids=list(wanted)) if wanted else []
    return {
        row["op_id"]: {
            "op_id": row["op_id"], "status": "rejected", "code": row["code"], "fields": row["fields"]
        }
        for row in found
        if row["payload"] == wanted[row["op_id"]]
    }  # fmt: skip


def keep_refused(
    session: Session,
    pusher: Pusher,
    sent: list[Sent],
    results: dict[str, OperationResult],
) -> None:
    """Outside the savepoints: what was not applied is kept as it was sent, and how often it came.

    What finds no room is told so in `results`."""
    refused = [op for op in sent if _is_to_keep(results[op.op_id])]
    room = room_of(session, pusher) if refused else None
    rows = []
    for operation in refused:
        if room and not room.take(_stored_payload(operation)):
            results[operation.op_id] = no_room(operation.op_id)
        else:
            rows.append(_refused(pusher, operation, results[operation.op_id]))
    _KEEP[session.connection().dialect.name].run_all(session, sorted(rows, key=itemgetter("op_id")))


def _is_to_keep(result: OperationResult) -> bool:
    return result["status"] in ("rejected", "retry") and not is_no_room(result)


def _refused(pusher: Pusher, operation: Sent, result: OperationResult) -> Row:
    return {
        "commune_id": pusher.commune_id,
        "op_id": operation.op_id,
        "device_id": pusher.device_id,
        "seq": operation.seq,
        "code": result.get("code", result["status"]),
        "fields": result.get("fields", []),
        "payload": _stored_payload(operation),
        "failures": 1,
        "received_at": pusher.received_at,
    }


def _stored_payload(operation: Sent) -> str:
    return operation.payload[:MAX_OPERATION_BYTES]


def _keeping(insert: Any) -> Prepared:
    """An upsert: two phones with one queue may bring the same operation in the same instant."""
    table: Any = RefusedOperation.__table__  # type: ignore[attr-defined]
    statement = insert(table)
    newest = ("device_id", "seq", "code", "fields", "payload", "received_at")
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={name: statement.excluded[name] for name in newest} | {"failures": table.c.failures + 1},
        )
    )


_KEEP = {"sqlite": _keeping(sqlite.insert), "postgresql": _keeping(postgresql.insert)}
