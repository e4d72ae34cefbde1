"""Purging the ledger: an entry is deleted once the visit itself answers the operation that is sent again.

Only the entries of visits that were recorded and never amended are, which are nearly all
(`docs/sync-protocol.md`).
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Integer, bindparam, delete, exists, select
from sqlmodel import Session

from app.commune.accounts.models import Device
from app.core.batch import Batch
from app.core.clock import Instant
from app.core.db import table_of
from app.core.errors import Rejected
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.visits.commands import RecordVisit
from app.fieldwork.visits.models import Visit
from app.fieldwork.visits.repeats import is_recorded
from app.sync.applying import preload
from app.sync.applying.operations import RawOperation, parse_envelope, validate
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.sync.wire.protocol import Operation, OperationResult

RETENTION = timedelta(days=60)  # twice what phones store of what they sent
AT_ONCE = 500  # entries in one transaction: others write between two
_RECORD = "visit.record"
_LEDGER, _VISIT = table_of(LedgerEntry), table_of(Visit)
_DEVICE, _QUARANTINED = table_of(Device), table_of(QuarantinedOperation)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
_IS_RECORDED = exists().where(
    _VISIT.c.commune_id == _COMMUNE,
    _VISIT.c.id == _LEDGER.c.record_id,
    _VISIT.c.withdrawn_at.is_(None),
    *(_VISIT.c[name] == _LEDGER.c[name] for name in ("device_id", "seq", "received_at")),
)
# A number that is not settled is looked for in the ledger at each contact.
_IS_SETTLED = exists().where(
    _DEVICE.c.commune_id == _COMMUNE,
    _DEVICE.c.id == _LEDGER.c.device_id,
    _DEVICE.c.settled_seq > _LEDGER.c.seq,
)
_WAS_QUARANTINED = exists().where(
    _QUARANTINED.c.commune_id == _COMMUNE, _QUARANTINED.c.op_id == _LEDGER.c.op_id
)
_FIND_EXPIRED = Prepared(
    select(_LEDGER.c.op_id)
    .where(
        _LEDGER.c.commune_id == _COMMUNE,
        _LEDGER.c.op_id > bindparam("after"),
        _LEDGER.c.op_id < bindparam("end"),
        _LEDGER.c.received_at < bindparam("before", type_=Instant),
        _LEDGER.c.status == "applied",
        _LEDGER.c.kind == "visit",
        _LEDGER.c.version == 1,
        _IS_RECORDED,
        _IS_SETTLED,
        ~_WAS_QUARANTINED,
    )
    .order_by(_LEDGER.c.op_id)
    .limit(bindparam("at_once", type_=Integer))
)
_DELETE = Prepared(
    delete(_LEDGER).where(_LEDGER.c.commune_id == _COMMUNE, in_list(_LEDGER.c.op_id, "op_ids"))
)


def purge(
    session: Session, commune_id: str, before: datetime, after: str = "", at_once: int = AT_ONCE
) -> str:
    """Delete up to `at_once` entries of operations that were received, and made, before `before`, with ids
    above `after`. Returns the highest id that was deleted, empty if these were the last ones."""
    # Ids begin with the milliseconds at which they were made, so what is newer is not read.
    made = f"{int(before.timestamp() * 1000):012x}"
    end = f"{made[:8]}-{made[8:]}"
    found = _FIND_EXPIRED.rows(
        session, commune_id=commune_id, after=after, end=end, before=before, at_once=at_once
    )
    op_ids: list[str] = [row["op_id"] for row in found]
    if op_ids:
        _DELETE.run(session, commune_id=commune_id, op_ids=op_ids)
    return op_ids[-1] if len(op_ids) == at_once else ""


def is_repeat(batch: Batch, operation: Operation) -> bool:
    """Whether an operation that is not in the ledger recorded a visit of this batch, which is stored."""
    record_id = operation.data.get("id")
    if operation.type != _RECORD or not isinstance(record_id, str) or not batch.has(Visit, record_id):
        return False
    with suppress(Rejected):
        return is_recorded(batch, validate(RecordVisit, operation.data), operation.at)
    return False


def find_repeats(session: Session, commune_id: str, sent: Iterable[RawOperation]) -> set[str]:
    """The ids of those operations that recorded stored visits, where nothing is applied."""
    operations = []
    for raw in sent:
        with suppress(Rejected):
            operations.append(parse_envelope(raw, commune_id))
    batch = preload.load_batch(session, commune_id, operations)
    return {operation.op_id for operation in operations if is_repeat(batch, operation)}


def repeated_result(op_id: str) -> OperationResult:
    """The result of such an operation: that of its first version."""
    return {"op_id": op_id, "status": "duplicate", "kind": "visit", "version": 1}
