"""Quota: how much the server stores of one device without counting it, quarantined and refused together.

Without it one phone could fill the server's disk. An operation above the quota is answered `retry`: it stays
on the phone, and the desk lists the phone among those to call.
"""

from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.core.db import table_of
from app.core.errors import DeviceFull
from app.core.sql.prepared import Prepared
from app.sync.applying.push_context import UNSIGNED, PushContext
from app.sync.wire.models import QuarantinedOperation, RefusedOperation
from app.sync.wire.protocol import OperationResult

# A volunteer records about 30 visits a day: the queue of five months, at 1.6 KiB each.
MAX_ROWS = 5_000
MAX_BYTES = 8 * 1024 * 1024


def _used(
    model: type[QuarantinedOperation] | type[RefusedOperation], *, is_unsigned: bool = False
) -> Select[tuple[int, int]]:
    table = table_of(model)
    of_reason = []
    if model is QuarantinedOperation:
        of_reason = [(table.c.reason == UNSIGNED) if is_unsigned else (table.c.reason != UNSIGNED)]
    return select(
        func.count().label("rows"), func.coalesce(func.sum(func.length(table.c.payload)), 0).label("bytes")
    ).where(
        table.c.commune_id == bindparam("commune_id"),
        table.c.device_id == bindparam("device_id"),
        # Decided operations, and refused ones whose payload was emptied after 90 days, do not count.
        table.c.state == "open" if model is QuarantinedOperation else table.c.payload != "",
        *of_reason,
    )


_USED = [Prepared(_used(model)) for model in (QuarantinedOperation, RefusedOperation)]
# Unsigned files have a quota of their own: whoever makes them must not keep the phone from being heard.
_USED_BY_FILES = [Prepared(_used(QuarantinedOperation, is_unsigned=True))]


@dataclass
class Quota:
    """What one device may still store."""

    rows: int
    bytes: int

    def take(self, payload: str) -> bool:
        """Subtract a payload, which is ASCII; False, and nothing subtracted, if it does not fit."""
        if self.rows < 1 or self.bytes < len(payload):
            return False
        self.rows -= 1
        self.bytes -= len(payload)
        return True


def remaining_quota(session: Session, context: PushContext) -> Quota:
    """What the context's device may still store; its row is locked, so no other push uses it up."""
    values = {"commune_id": context.commune_id, "device_id": context.device_id}
    statements = _USED_BY_FILES if context.withheld == UNSIGNED else _USED
    used = [row for statement in statements for row in statement.rows(session, **values)]
    return Quota(MAX_ROWS - sum(row["rows"] for row in used), MAX_BYTES - sum(row["bytes"] for row in used))


def device_full_result(op_id: str) -> OperationResult:
    """The result of an operation above the quota."""
    return {"op_id": op_id, "status": "retry", "code": DeviceFull.code}


def is_device_full(result: OperationResult) -> bool:
    """Whether a result is that of an operation above the quota."""
    return result.get("code") == DeviceFull.code
