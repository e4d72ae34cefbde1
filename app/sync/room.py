"""Room: how much of what is not counted the server keeps of one device, in quarantine and refused.

A phone that sends without end could else fill the disk for all. What finds no room is answered `retry`: it
stays on the phone, and the commune is told to call.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.core.errors import DeviceFull
from app.core.prepared import Prepared
from app.sync.models import Quarantined, RefusedOperation
from app.sync.protocol import OperationResult
from app.sync.pusher import Pusher

# A volunteer records about 30 visits a day: the queue of five months, at 1.6 KiB each.
MOST_ROWS = 5_000
MOST_BYTES = 8 * 1024 * 1024


def _used(model: Any) -> Any:
    table = model.__table__
    return select(
        func.count().label("rows"), func.coalesce(func.sum(func.length(table.c.payload)), 0).label("bytes")
    ).where(
        table.c.commune_id == bindparam("commune_id"),
        table.c.device_id == bindparam("device_id"),
        # What was decided, and what was emptied after 90 days, takes no room.
        table.c.state == "open" if model is Quarantined else table.c.payload != "",
    )


_USED = [Prepared(_used(model)) for model in (Quarantined, RefusedOperation)]


@dataclass
class Room:
    """What is left for one device."""

    rows: int
    bytes: int

    def take(self, payload: str) -> bool:
        """Whether this payload, which is ASCII, finds room; it is taken then."""
        if self.rows < 1 or self.bytes < len(payload):
            return False
        self.rows -= 1
        self.bytes -= len(payload)
        return True


def room_of(session: Session, pusher: Pusher) -> Room:
    """What is left for the pusher's device; its row is locked, so that nobody else takes of it."""
    asked = {"commune_id": pusher.commune_id, "device_id": pusher.device_id}
    used = [row for statement in _USED for row in statement.rows(session, **asked)]
    return Room(MOST_ROWS - sum(row["rows"] for row in used), MOST_BYTES - sum(row["bytes"] for row in used))


def no_room(op_id: str) -> OperationResult:
    """The result of an operation that found none."""
    return {"op_id": op_id, "status": "retry", "code": DeviceFull.code}


def is_no_room(result: OperationResult) -> bool:
    return result.get("code") == DeviceFull.code
