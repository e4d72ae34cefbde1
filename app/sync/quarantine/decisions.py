"""Decisions: what a supervisor decides about a quarantined operation.

*Nhận* (accept): it is applied as if it were sent now, by the same handlers, with its author and its first
time of receipt (which fixed the day on which it counts), but in any hamlet of the commune. *Bỏ* (drop): it is
not applied and stays in the table; the phones of its author get a tombstone. *Giữ* (choose): in a conflict
over fields, the supervisor picks the value of each field.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import AccessPeriod, Actor, visible_to
from app.accounts.devices import ids_of_phone
from app.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import is_database_failure
from app.core.epoch import current_epoch
from app.core.errors import FieldConflict, HouseholdUnknown, NotFound, Rejected, StaleDecision, Unappliable
from app.core.feed import Tombstone
from app.households.models import Household
from app.sync.models import QuarantinedOperation
from app.sync.protocol import Operation
from app.sync.quarantine import store
from app.sync.replay import (
    ledger_entry,
    original_context,
    record_failure,
    release,
    release_dependents,
    stored_operation,
)

MAX_ACCEPTED = 200  # in one transaction


def accept(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Nhận*; returns the state afterwards. Operations that wait for the records it creates are retried.

    A decided operation stays as it is; a field that somebody else changed makes it a conflict.
    Raises `NotFound` and the errors of its command; then nothing changes.
    """
    quarantined = _lock(session, actor, op_id, payload_hash)
    if quarantined.state == "open":
        _apply_or_mark_conflict(session, actor, quarantined, now)
    return quarantined.state


def accept_all(session: Session, actor: Actor, device_id: str, seen: int, now: datetime) -> int:
    """*Nhận* for what a phone sent while it was revoked, at most `MAX_ACCEPTED` in the order of `seq`.

    Returns how many were applied; what cannot be applied stays open. `seen` is the number that the supervisor
    was shown. Raises `StaleDecision` if there are more or fewer by now.
    """
    wanted = delivered_while_revoked(actor, device_id).with_for_update()
    waiting = list(session.exec(wanted))[:MAX_ACCEPTED]
    if len(waiting) != seen:
        raise StaleDecision
    return sum(_accept_one(session, actor, quarantined, now) for quarantined in waiting)


def delivered_while_revoked(actor: Actor, device_id: str) -> SelectOfScalar[QuarantinedOperation]:
    """The open operations that a phone sent while it was revoked, in the order of `seq`.

    Those that could not be applied before come last; otherwise they could fill each set of `accept_all`.
    """
    return (
        visible_to(actor, QuarantinedOperation)
        .where(
            col(QuarantinedOperation.device_id) == device_id,
            col(QuarantinedOperation.state) == "open",
            col(QuarantinedOperation.reason) == "revoked",
        )
        .order_by(col(QuarantinedOperation.code) != "", col(QuarantinedOperation.seq))
    )


def drop(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Bỏ*; returns the state afterwards. A decided operation stays as it is. Raises `NotFound`."""
    quarantined = _lock(session, actor, op_id, payload_hash)
    if quarantined.state == "open":
        _drop(session, actor, quarantined, now)
    return quarantined.state


def choose(
    session: Session,
    actor: Actor,
    op_id: str,
    payload_hash: str,
    version: int,
    chosen_fields: Collection[str],
    now: datetime,
) -> str:
    """*Giữ*: of a household's fields in conflict, `chosen_fields` get the values that the phone sent.

    `version` is the household's version that the supervisor looked at. With no field chosen the operation is
    dropped. Returns the state afterwards. Raises `NotFound`, `StaleDecision`, and the errors of the command.
    """
    quarantined = _lock(session, actor, op_id, payload_hash)
    if quarantined.reason != "conflict":
        raise NotFound
    if quarantined.state != "open":
        return quarantined.state
    operation = stored_operation(quarantined)
    household = _lock_household(session, actor, str(operation.data.get("id")))
    if household.version != version:
        raise StaleDecision
    chosen = {name: value for name, value in operation.data.items() if name in chosen_fields}
    if not chosen:
        _drop(session, actor, quarantined, now)
        return quarantined.state
    consent = {"phone_consent": operation.data.get("phone_consent", False)} if "phone" in chosen else {}
    operation.data = {"id": household.id, "base_version": household.version, **chosen, **consent}
    _apply(session, actor, quarantined, operation, now, chosen)
    return quarantined.state


def _accept_one(session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime) -> bool:
    try:
        _apply_or_mark_conflict(session, actor, quarantined, now)
    except Rejected as error:
        quarantined.code = error.code
        session.add(quarantined)
        return False
    return quarantined.state == "applied"


def _apply_or_mark_conflict(
    session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime
) -> None:
    try:
        _apply(session, actor, quarantined, stored_operation(quarantined), now)
    except FieldConflict as error:
        record_failure(session, quarantined, error)


def _apply(
    session: Session,
    actor: Actor,
    quarantined: QuarantinedOperation,
    operation: Operation,
    now: datetime,
    chosen: Collection[str] = (),
) -> None:
    """Apply `operation`. `chosen`: the fields whose values the supervisor picked, which become the newest."""
    all_hamlets = [
        AccessPeriod(hamlet.id, merged_into=hamlet.merged_into)
        for hamlet in session.exec(visible_to(actor, Hamlet))
    ]
    devices = ids_of_phone(session, quarantined.commune_id, quarantined.device_id)
    context = original_context(quarantined, all_hamlets, current_epoch(session), devices)
    context = replace(context, is_choice=bool(chosen))
    try:
        with session.begin_nested():
            created = release(session, quarantined, context, now, actor.account_id, operation)
    except DBAPIError as error:
        if is_database_failure(error):
            raise
        raise Unappliable from None
    release_dependents(session, replace(context, received_at=now), created)
    details = {"fields": sorted(chosen)} if chosen else {}
    _log(session, actor, quarantined, "operation.accepted", now, **details)


def _drop(session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime) -> None:
    quarantined.state, quarantined.decided_by, quarantined.decided_at = "dropped", actor.account_id, now
    session.add(quarantined)
    if ledger_entry(session, quarantined):
        batch = Batch(quarantined.commune_id)
        batch.add(Tombstone, store.decision_tombstone(quarantined, store.DROPPED))
        batch.write(session, (Tombstone,))
    _log(session, actor, quarantined, "operation.dropped", now)


def _log(
    session: Session,
    actor: Actor,
    quarantined: QuarantinedOperation,
    what: str,
    now: datetime,
    **details: list[str],
) -> None:
    operation = {"operation": quarantined.op_id, "payload": quarantined.payload_hash}
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, **operation, **details)


def _lock(session: Session, actor: Actor, op_id: str, payload_hash: str) -> QuarantinedOperation:
    """The row, locked: a second press of the same button then sees what the first one decided."""
    wanted = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.op_id) == op_id, col(QuarantinedOperation.payload_hash) == payload_hash
    )
    quarantined = session.exec(wanted.with_for_update()).first()
    if quarantined is None:
        raise NotFound
    return quarantined


def _lock_household(session: Session, actor: Actor, household_id: str) -> Household:
    """The household, or the one it was merged into."""
    wanted = visible_to(actor, Household).where(Household.id == household_id)
    household = session.exec(wanted.with_for_update(key_share=True)).first()
    if household is None:
        raise HouseholdUnknown("household_id")
    return _lock_household(session, actor, household.merged_into) if household.merged_into else household
