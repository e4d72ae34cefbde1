"""Release: operations that were kept apart are applied after all, as if they came now from their authors."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.accounts.access import Charge, actor_for, charges
from app.accounts.devices import of_same_phone
from app.accounts.models import Account
from app.core.db import Gone, History, is_servers_fault
from app.core.errors import FieldConflict, HouseholdUnknown, Rejected, Unappliable, VisitUnknown
from app.households.models import Household
from app.sync import ground, quarantine
from app.sync.apply import WRITTEN, run, settle_follow_ups
from app.sync.models import LedgerEntry, Quarantined
from app.sync.operations import as_kept, envelope
from app.sync.protocol import Operation
from app.sync.pusher import Pusher
from app.visits import follow_ups, totals
from app.visits.models import Visit


def release_waiting(session: Session, pusher: Pusher, created: Sequence[str]) -> int:
    """Judge anew what waits for the records just `created`, and what waits for those in turn; how many.

    Call it after the records are written, with the feed locked (see `quarantine.there_by_now`). What needs
    another record goes on waiting, for that one; what cannot be applied even now stays, with the fault that
    says why.
    """
    count = 0
    while created:
        born: list[str] = []
        waiting = quarantine.waiting_for(session, pusher.commune_id, created)
        for kept in sorted(waiting, key=lambda row: (row.device_id, row.seq)):
            count += 1
            born += _release_or_mark(session, kept, pusher.history, pusher.received_at)
        created = born
    return count


def _release_or_mark(session: Session, kept: Quarantined, history: History, now: datetime) -> list[str]:
    try:
        with session.begin_nested():
            return release(session, kept, author_now(session, kept, history), now)
    except Rejected as fault:
        mark(session, kept, fault, next_missing(session, kept, fault))
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
        mark(session, kept, Unappliable())
    return []


def release(
    session: Session,
    kept: Quarantined,
    pusher: Pusher,
    now: datetime,
    by: str | None = None,
    decided: Operation | None = None,
) -> list[str]:
    """Apply one operation that was kept; the ids of records it brought into being.

    `decided` is the part of it that somebody (`by`) chose. Raises the faults of its command; then nothing
    was written.
    """
    operation = decided or operation_of(kept)
    batch = ground.survey(session, kept.commune_id, [operation])
    visited, counted = follow_ups.households_visited(batch), totals.facts(batch)
    handler, row, version = run(batch, pusher, operation)
    settle_follow_ups(session, batch, visited)
    entry = entry_of(session, kept)
    if entry:
        batch.add(Gone, quarantine.told(kept, quarantine.ACCEPTED))
    batch.write(session, WRITTEN)
    totals.settle(session, kept.commune_id, counted, totals.facts(batch))
    if entry:
        entry.status, entry.version = "applied", version
        entry.kind, entry.record_id = handler.kind, row["id"]
        session.add(entry)
    kept.state, kept.missing, kept.decided_by, kept.decided_at = "applied", "", by, now
    session.add(kept)
    session.flush()
    return [*batch.added(Household), *batch.added(Visit)]


def entry_of(session: Session, kept: Quarantined) -> LedgerEntry | None:
    """Its entry; None where its id was used again and the entry is the other operation's."""
    entry = session.get(LedgerEntry, (kept.commune_id, kept.op_id))
    return entry if entry is not None and entry.payload_hash == kept.payload_hash else None


def author_of(
    kept: Quarantined, held: Iterable[Charge], history: History, devices: frozenset[str] = frozenset()
) -> Pusher:
    """Who wrote it, and when it was received first: the day it counts for was fixed then."""
    return Pusher(
        commune_id=kept.commune_id,
        account_id=kept.account_id,
        device_id=kept.device_id,
        received_at=kept.received_at,
        clock_offset=timedelta(milliseconds=kept.clock_offset_ms),
        charges=tuple(held),
        history=history,
        devices=devices,
    )


def author_now(session: Session, kept: Quarantined, history: History) -> Pusher:
    """The same, writing where they may now."""
    account = session.get(Account, (kept.commune_id, kept.account_id))
    assert account is not None, "the foreign key holds it"
    held = charges(session, actor_for(session, account), kept.received_at)
    return author_of(kept, held, history, of_same_phone(session, kept.commune_id, kept.device_id))


def operation_of(kept: Quarantined) -> Operation:
    """The operation as its author sent it. Raises the faults of `operations.envelope`."""
    sent = as_kept(kept.op_id, kept.seq, kept.payload, epoch=kept.epoch, got=kept.got)
    return envelope(sent, kept.commune_id)


def mark(session: Session, kept: Quarantined, fault: Rejected, missing: str = "") -> None:
    """It could not be applied: keep the fault that says why. Over fields it is a conflict from now on; for
    want of a record it waits: for `missing`, or, if that is there and not the author's, for a decision."""
    kept.reason = "unappliable"
    if isinstance(fault, FieldConflict):
        kept.reason = "conflict"
    elif isinstance(fault, HouseholdUnknown | VisitUnknown):
        kept.reason = "waiting"
    kept.code, kept.fields, kept.missing = fault.code, fault.fields, missing
    session.add(kept)
    session.flush()


def next_missing(session: Session, kept: Quarantined, fault: Rejected) -> str:
    """The id of another record that it needs and that is not there either; empty if it lacks none."""
    if not isinstance(fault, HouseholdUnknown | VisitUnknown):
        return ""
    operation = operation_of(kept)
    return quarantine.missing(ground.survey(session, kept.commune_id, [operation]), operation, fault)
