"""A supervisor withdraws an outreach session, with a reason, and can take that back for a day."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.core import desk_log
from app.core.batch import Batch
from app.core.errors import Invalid, NotFound, StaleDecision, UndoTooLate
from app.core.feed import Tombstone, lock_feed
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.derived.flags.sessions import note_sessions
from app.fieldwork.outreach.commands import KIND
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues
from app.fieldwork.periods.queries import refuse_closed
from app.fieldwork.visits.commands import add_tombstone

UNDO_TIME = timedelta(days=1)
REASON_LENGTH = 200


def withdraw_session(
    session: Session, actor: Actor, session_id: str, seen: int, reason: str, now: datetime
) -> None:
    """Withdraw a session: it no longer counts, and every phone deletes it.

    `seen`: the `feed_seq` of the row that the supervisor saw. Raises `NotFound`, `PeriodClosed`,
    `StaleDecision` if its author has changed or withdrawn it since, and `Invalid` if the reason is missing or
    too long.
    """
    reason = " ".join(stored_text(reason, "reason").split())
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid("reason")
    batch, row = _load(session, actor, session_id)
    if row["withdrawn_at"] or row["feed_seq"] != seen:
        raise StaleDecision
    refuse_closed(session, actor.commune_id, [(row["counted_on"], row["counted_since"])])
    changed = batch.change(OutreachSession, row)
    changed["withdrawn_at"], changed["withdrawn_by"], changed["withdrawn_reason"] = (
        now,
        actor.account_id,
        reason,
    )
    changed["counted_since"] = now
    add_tombstone(batch, KIND, session_id, row["hamlet_id"])
    batch.write(session, (Tombstone, OutreachSession))
    note_sessions(session, batch)
    _note(session, actor, session_id, "outreach.withdrawn", now)


def undo_withdrawal(session: Session, actor: Actor, session_id: str, now: datetime) -> None:
    """Count the session again and give it back to the phones. A second time changes nothing.

    Raises `NotFound` unless a supervisor withdrew it, and `UndoTooLate` after a day.
    """
    batch, row = _load(session, actor, session_id)
    if row["withdrawn_at"] is None:
        return
    if row["withdrawn_by"] is None:
        raise NotFound
    if now >= row["withdrawn_at"] + UNDO_TIME:
        raise UndoTooLate
    changed = batch.change(OutreachSession, row)
    changed["withdrawn_at"], changed["withdrawn_by"], changed["withdrawn_reason"] = None, None, ""
    changed["counted_since"] = now
    batch.write(session, (OutreachSession,))
    note_sessions(session, batch)
    _note(session, actor, session_id, "outreach.withdrawal_undone", now)


def _load(session: Session, actor: Actor, session_id: str) -> tuple[Batch, OutreachSessionValues]:
    """The session in a batch, with its tombstone; locked against phones until the transaction ends."""
    lock_feed(session, actor.commune_id)
    stored = find(session, actor, OutreachSession, session_id)
    batch = Batch(actor.commune_id)
    batch.load(OutreachSession, [stored.model_dump()])
    known = session.get(Tombstone, (actor.commune_id, KIND, session_id, stored.hamlet_id))
    batch.load(Tombstone, [known.model_dump()] if known else [])
    row = batch.get(OutreachSession, session_id)
    assert row is not None, "loaded above"
    return batch, row


def _note(session: Session, actor: Actor, session_id: str, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, outreach_session=session_id)
