"""Decisions: what a supervisor makes of an operation that was kept apart.

*Nhận*: it is applied as if it came now, through the same handlers, as its author's and with its first receipt
(the day it counts for was fixed then); the supervisor's authority, that of the whole commune, stands for the
phone's. *Bỏ*: it is dropped, kept for the record, and its author's phones hear of it. Of a conflict over
fields, *Giữ* says for each field which value stays.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, Charge, visible_to
from app.accounts.devices import of_same_phone
from app.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import Gone, history_of, is_servers_fault
from app.core.errors import FieldConflict, HouseholdUnknown, NotFound, Rejected, StaleDecision, Unappliable
from app.households.models import Household
from app.sync import quarantine
from app.sync.models import Quarantined
from app.sync.protocol import Operation
from app.sync.release import author_of, entry_of, mark, operation_of, release, release_waiting

MOST = 200  # in one transaction


def accept(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Nhận*; the state it is in then. What waited for the records it brings is judged anew.

    Decided already, it stays as it is; a field that somebody else changed makes it a conflict to choose in.
    Raises `NotFound` and the faults of its command; then nothing changes.
    """
    kept = _locked(session, actor, op_id, payload_hash)
    if kept.state == "open":
        _apply_or_ask(session, actor, kept, now)
    return kept.state


def accept_all(session: Session, actor: Actor, device_id: str, seen: int, now: datetime) -> int:
    """*Nhận* for what a phone delivered while it was revoked, at most `MOST` in the order of its numbers; how
    many were taken in. What cannot be applied stays.

    `seen` is how many the supervisor was told of. Raises `StaleDecision` if they are others by now.
    """
    waiting = list(session.exec(delivered_revoked(actor, device_id).with_for_update()))[:MOST]
    if len(waiting) != seen:
        raise StaleDecision
    return sum(_try(session, actor, kept, now) for kept in waiting)


def delivered_revoked(actor: Actor, device_id: str) -> SelectOfScalar[Quarantined]:
    """What a phone delivered while it was revoked and nobody has decided, in the order of its numbers; what
    could not be applied before comes after all others, else it might fill every set."""
    columns: Any = Quarantined
    of_phone = visible_to(actor, Quarantined).where(columns.device_id == device_id)
    waiting = of_phone.where(columns.state == "open", columns.reason == "revoked")
    return waiting.order_by(columns.code != "", columns.seq)


def drop(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Bỏ*; the state it is in then. Decided already, it stays as it is. Raises `NotFound`."""
    kept = _locked(session, actor, op_id, payload_hash)
    if kept.state == "open":
        _drop(session, actor, kept, now)
    return kept.state


def choose(
    session: Session,
    actor: Actor,
    op_id: str,
    payload_hash: str,
    version: int,
    theirs: Collection[str],
    now: datetime,
) -> str:
    """*Giữ*: of a household's fields in conflict, those named in `theirs` become what the phone sent.

    `version` is the household's that the supervisor looked at. With nothing chosen the operation is dropped.
    Returned is the state it is in then. Raises `NotFound`, `StaleDecision`, and the faults of the command.
    """
    kept = _locked(session, actor, op_id, payload_hash)
    if kept.reason != "conflict":
        raise NotFound
    if kept.state != "open":
        return kept.state
    operation = operation_of(kept)
    home = _home(session, actor, str(operation.data.get("id")))
    if home.version != version:
        raise StaleDecision
    chosen = {name: value for name, value in operation.data.items() if name in theirs}
    if not chosen:
        _drop(session, actor, kept, now)
        return kept.state
    consent = {"phone_consent": operation.data.get("phone_consent", False)} if "phone" in chosen else {}
    operation.data = {"id": home.id, "base_version": home.version, **chosen, **consent}
    _apply(session, actor, kept, operation, now, chosen)
    return kept.state


def _try(session: Session, actor: Actor, kept: Quarantined, now: datetime) -> bool:
    try:
        _apply_or_ask(session, actor, kept, now)
    except Rejected as fault:
        kept.code = fault.code
        session.add(kept)
        return False
    return kept.state == "applied"


def _apply_or_ask(session: Session, actor: Actor, kept: Quarantined, now: datetime) -> None:
    try:
        _apply(session, actor, kept, operation_of(kept), now)
    except FieldConflict as fault:
        mark(session, kept, fault)


def _apply(
    session: Session,
    actor: Actor,
    kept: Quarantined,
    operation: Operation,
    now: datetime,
    chosen: Collection[str] = (),
) -> None:
    """`chosen`: the fields that the supervisor looked at beside the phone's; these are the newest then."""
    everywhere = [Charge(hamlet.id) for hamlet in session.exec(visible_to(actor, Hamlet))]
    phone = of_same_phone(session, kept.commune_id, kept.device_id)
    author = replace(author_of(kept, everywhere, history_of(session), phone), is_choice=bool(chosen))
    try:
        with session.begin_nested():
            created = release(session, kept, author, now, actor.account_id, operation)
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
        raise Unappliable from None
    release_waiting(session, replace(author, received_at=now), created)
    said = {"fields": sorted(chosen)} if chosen else {}
    _write_down(session, actor, kept, "operation.accepted", now, **said)


def _drop(session: Session, actor: Actor, kept: Quarantined, now: datetime) -> None:
    kept.state, kept.decided_by, kept.decided_at = "dropped", actor.account_id, now
    session.add(kept)
    if entry_of(session, kept):
        batch = Batch(kept.commune_id)
        batch.add(Gone, quarantine.told(kept, quarantine.DROPPED))
        batch.write(session, (Gone,))
    _write_down(session, actor, kept, "operation.dropped", now)


def _write_down(
    session: Session, actor: Actor, kept: Quarantined, what: str, now: datetime, **details: Any
) -> None:
    said = {"by": actor.account_id, "operation": kept.op_id, "payload": kept.payload_hash, **details}
    desk_log.note(session, actor.commune_id, what, now, **said)


def _locked(session: Session, actor: Actor, op_id: str, payload_hash: str) -> Quarantined:
    """Locked, so that of two presses the second finds what the first one did."""
    columns: Any = Quarantined
    named = visible_to(actor, Quarantined).where(columns.op_id == op_id, columns.payload_hash == payload_hash)
    kept = session.exec(named.with_for_update()).first()
    if kept is None:
        raise NotFound
    return kept


def _home(session: Session, actor: Actor, household_id: str) -> Household:
    """The household, or the one it was merged into."""
    named = visible_to(actor, Household).where(Household.id == household_id)
    home = session.exec(named.with_for_update(key_share=True)).first()
    if home is None:
        raise HouseholdUnknown("household_id")
    return _home(session, actor, home.merged_into) if home.merged_into else home
