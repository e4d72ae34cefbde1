"""What phones have sent to the address that their commune has left: its file, and applying it where the
commune is.

The old instance has it in quarantine, as `MOVED`. Here it is quarantined likewise, as far as the ledger does
not know it, and then applied as what waited for something else.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.commune.accounts.models import Device
from app.commune.areas import IS_SERVED, Commune
from app.core.config import Settings
from app.core.db import Database, table_of
from app.core.errors import OperationInvalid, OperationReused
from app.sync.applying import held, ledger, purged
from app.sync.applying.erased import ErasureGate, written_at
from app.sync.applying.operations import RawOperation, from_payload
from app.sync.applying.push_context import UNSIGNED
from app.sync.quarantine.retry import retry_quarantined
from app.sync.wire.models import ERASED_HASH, LedgerEntry, QuarantinedOperation
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write
from app.upkeep.moving.departure import find_leaving, head_of, write_file
from app.upkeep.moving.file import Writer, examine, new_file, rows
from app.upkeep.moving.refusals import refusing_values
from app.upkeep.moving.tables import QUEUES, Values, columns, encode

ROWS_AT_ONCE = 200
_ENTRY_OF_ERASED = {"status": "applied", "payload_hash": ERASED_HASH, "kind": "", "record_id": ""}
_MARGIN = timedelta(days=1)
"""Before a commune left: a request may have begun then, and a server's clock may have been set."""
_TABLE = table_of(QuarantinedOperation)
_Key = tuple[str, str]


@dataclass(frozen=True)
class AppliedQueues:
    """How many operations a file has; how many of them were known here before, or are of households that were
    erased here; and how many of the others wait at the desk."""

    commune: Commune
    total: int
    known: int
    waiting: int


def export_queues(database: Database, settings: Settings, code: str, file: Path, public_key: str = "") -> int:
    """Write to a new file all that phones have sent since the commune left; returns the number of operations.

    What earlier files had is in it too. `public_key`: for which it is encrypted. Raises `MaintenanceRefused`.
    """
    with atomic_write(file) as part:
        write = partial(_write, code=code, mode=settings.mode)
        return write_file(database, settings, write, part, public_key)


def _write(session: Session, code: str, mode: str, path: Path) -> int:
    commune = find_leaving(session, code)
    if commune.moved_at is None:
        raise MaintenanceRefused(f"Commune {code} has not moved.")
    since = _TABLE.c.received_at >= commune.moved_at - _MARGIN
    wanted = select_columns(*columns(_TABLE)).where(_TABLE.c.commune_id == commune.id, since)
    ordered = wanted.order_by(*_TABLE.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
    with new_file(path) as packed:
        writer = Writer(packed, head_of(session, commune, mode, QUEUES))
        for row in session.execute(ordered):
            writer.add(_TABLE.name, [encode(value) for value in row])
        writer.finish()
    return writer.counts.total()


def received(session: Session, commune: Commune) -> tuple[int, datetime | None]:
    """How many operations phones have sent since the commune left, and when the last one came."""
    if commune.moved_at is None:
        return 0, None
    is_since = (_TABLE.c.commune_id == commune.id, _TABLE.c.received_at >= commune.moved_at)
    counted = select_columns(func.count(), func.max(_TABLE.c.received_at)).where(*is_since)
    count, last_at = session.execute(counted).one()
    return count, last_at


def import_queues(database: Database, file: Path, now: datetime) -> AppliedQueues:
    """Apply the operations of a file as their devices', each once, whatever came before. What cannot be
    applied waits at the desk. Raises `MaintenanceRefused`; the same call completes what was interrupted."""
    content = examine(file, QUEUES)
    commune = database.read(partial(_find_here, commune_id=content.head.commune_id))
    new: list[_Key] = []
    with refusing_values():
        found = (values for _table, values in rows(file, content.head))
        while part := list(islice(found, ROWS_AT_ONCE)):
            new += database.write(partial(_store, commune_id=commune.id, found=part, now=now))
    retry_quarantined(database, commune.id, now)
    waiting = database.read(partial(_count_open, commune_id=commune.id, keys=new))
    total = content.counts.total()
    return AppliedQueues(commune, total, total - len(new), waiting)


def _find_here(session: Session, commune_id: str) -> Commune:
    commune = session.exec(select(Commune).where(Commune.id == commune_id, IS_SERVED)).first()
    if commune is None:
        raise MaintenanceRefused("The commune of the file is not at work here: import it first.")
    return commune


def _store(session: Session, commune_id: str, found: list[Values], now: datetime) -> list[_Key]:
    """Quarantine the operations that are not known here; returns their keys. Nothing is stored of those on
    households that were erased here but that their numbers have arrived."""
    new = _unknown(session, commune_id, found)
    named = _erased(session, commune_id, new, now)
    waiting = [row for row in new if row["op_id"] not in named]
    entries = [
        _entry_values(row) | (_ENTRY_OF_ERASED if row["op_id"] in named else {})
        for row in new
        if row["code"] != OperationReused.code
    ]
    for model, rows_of_model in ((QuarantinedOperation, waiting), (LedgerEntry, entries)):
        if rows_of_model:
            session.execute(insert(table_of(model)), rows_of_model)
    _advance_numbers(session, commune_id, new)
    return [_key(row) for row in waiting]


def _erased(session: Session, commune_id: str, new: list[Values], now: datetime) -> set[str]:
    """The ids of those operations that are on households which were erased here."""
    gate = ErasureGate(session, commune_id)
    received = {str(row["op_id"]): row for row in new}
    sent = list(_as_sent(new))
    gate.recognise_written((one, _written_at(one, received[one.op_id])) for one in sent)
    gate.note_recognised(now)
    return {one.op_id for one in gate.find(sent)}


def _written_at(operation: RawOperation, row: Values) -> datetime:
    offset, received_at = timedelta(milliseconds=int(str(row["clock_offset_ms"]))), row["received_at"]
    assert isinstance(received_at, datetime), "of the table's column"
    return written_at(operation, offset, received_at)


def _unknown(session: Session, commune_id: str, found: list[Values]) -> list[Values]:
    op_ids = [str(row["op_id"]) for row in found]
    entries = ledger.find_entries(session, commune_id, op_ids)
    stored = {(one.op_id, one.payload_hash) for one in held.find_by_op_ids(session, commune_id, op_ids)}
    stored |= {(op_id, entry["payload_hash"]) for op_id, entry in entries.items()}
    unknown = [row for row in found if _key(row) not in stored]
    repeated = purged.find_repeats(session, commune_id, _as_sent(unknown))
    new = [row for row in unknown if row["op_id"] not in repeated]
    reused = {"reason": "op_reused", "code": OperationReused.code, "fields": ["op_id"]}
    return [row | reused if row["op_id"] in entries else row for row in new]


def _as_sent(found: Iterable[Values]) -> Iterator[RawOperation]:
    for row in found:
        with suppress(OperationInvalid):  # it waits at the desk
            op_id, seq, payload = str(row["op_id"]), int(str(row["seq"])), str(row["payload"])
            yield from_payload(op_id, seq, payload, epoch=None, acked_version=None)


def _key(row: Values) -> _Key:
    return str(row["op_id"]), str(row["payload_hash"])


def _entry_values(row: Values) -> Values:
    """The ledger's entry of a quarantined operation. An unsigned file proves no number of the device."""
    of_operation = ("commune_id", "op_id", "payload_hash", "kind", "record_id", "device_id", "received_at")
    seq = 0 if row["reason"] == UNSIGNED else row["seq"]
    return {name: row[name] for name in of_operation} | {"status": "quarantined", "version": 0, "seq": seq}


def _advance_numbers(session: Session, commune_id: str, new: Iterable[Values]) -> None:
    """Move each device's next number beyond those of its operations."""
    highest: dict[str, int] = {}
    for row in new:
        if row["reason"] != UNSIGNED:
            device_id = str(row["device_id"])
            highest[device_id] = max(highest.get(device_id, 0), int(str(row["seq"])))
    for device_id, seq in sorted(highest.items()):
        is_lower = (col(Device.id) == device_id, col(Device.next_seq) <= seq)
        ours = update(Device).where(col(Device.commune_id) == commune_id, *is_lower)
        session.execute(ours.values(next_seq=seq + 1))


def _count_open(session: Session, commune_id: str, keys: list[_Key]) -> int:
    wanted, count = {*keys}, 0
    for start in range(0, len(keys), ROWS_AT_ONCE):
        op_ids = [op_id for op_id, _hash in keys[start : start + ROWS_AT_ONCE]]
        found = held.find_by_op_ids(session, commune_id, op_ids)
        count += sum(one.state == "open" and (one.op_id, one.payload_hash) in wanted for one in found)
    return count
