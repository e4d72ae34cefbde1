"""A supervisor's decision about a quarantined operation.

*Nhận* (accept) applies it with the handlers of a push, as its author's. Its first receipt fixes the day on
which it counts; the supervisor's authority, every hamlet of the commune, replaces the phone's. *Bỏ* (drop)
leaves it in the table unapplied and sends a tombstone to its author's phones. *Giữ* (choose) picks one of two
values for each field of a conflict.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from app.commune.accounts.access import AccessPeriod, Actor, visible_to
from app.commune.accounts.devices import ids_of_phone
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import is_database_failure
from app.core.epoch import current_epoch
from app.core.errors import FieldConflict, HouseholdUnknown, NotFound, StaleDecision, Unappliable
from app.core.feed import Tombstone
from app.fieldwork.households.models import Household
from app.sync.applying import held
from app.sync.quarantine.replay import (
    ledger_entry,
    original_context,
    record_failure,
    release,
    release_dependents,
    stored_operation,
)
from app.sync.wire.models import QuarantinedOperation
from app.sync.wire.protocol import Operation


def accept(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Nhận*; returns the state afterwards. Operations that wait for the records it creates are retried.

    A decided operation stays as it is; a field that somebody else changed makes it a conflict.
    Raises `NotFound` and the errors of its command; then nothing changes.
    """
    quarantined = lock_operation(session, actor, op_id, payload_hash)
    if quarantined.state == "open":
        apply_or_mark_conflict(session, actor, quarantined, now)
    return quarantined.state


def drop(session: Session, actor: Actor, op_id: str, payload_hash: str, now: datetime) -> str:
    """*Bỏ*; returns the state afterwards. A decided operation stays as it is. Raises `NotFound`."""
    quarantined = lock_operation(session, actor, op_id, payload_hash)
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
    quarantined = lock_operation(session, actor, op_id, payload_hash)
    if quarantined.reason != "conflict":
        raise NotFound
    if quarantined.state != "open":
        return quarantined.state
    operation = stored_operation(quarantined)
    household = lock_household(session, actor, str(operation.data.get("id")))
    if household.version != version:
        raise StaleDecision
    chosen = {name: value for name, value in operation.data.items() if name in chosen_fields}
    # What a household said about its number is in no conflict, and nobody's to choose.
    number = {name: value for name, value in operation.data.items() if name in ("phone", "consent")}
    if not chosen and not number:
        _drop(session, actor, quarantined, now)
        return quarantined.state
    operation.data = {"id": household.id, "base_version": household.version, **chosen, **number}
    apply_decided(session, actor, quarantined, operation, now, chosen)
    return quarantined.state


def apply_or_mark_conflict(
    session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime
) -> None:
    """Apply an open, locked operation; a field that somebody else changed makes it a conflict. Raises the
    errors of its command; then nothing changes."""
    try:
        apply_decided(session, actor, quarantined, stored_operation(quarantined), now)
    except FieldConflict as error:
        record_failure(session, quarantined, error)


def apply_decided(
    session: Session,
    actor: Actor,
    quarantined: QuarantinedOperation,
    operation: Operation,
    now: datetime,
    chosen: Collection[str] = (),
    created: Collection[str] = (),
) -> None:
    """Apply `operation`, then what waited for the records that it creates and for those just `created`.

    `chosen`: the fields whose values the supervisor picked, which become the newest. Raises the errors of its
    command; then nothing changes.
    """
    all_hamlets = [
        AccessPeriod(hamlet.id, merged_into=hamlet.merged_into)
        for hamlet in session.exec(visible_to(actor, Hamlet))
    ]
    devices = ids_of_phone(session, quarantined.commune_id, quarantined.device_id)
    epoch = current_epoch(session, quarantined.commune_id)
    context = original_context(quarantined, all_hamlets, epoch, devices)
    context = replace(context, is_choice=bool(chosen))
    try:
        with session.begin_nested():
            new = release(session, quarantined, context, now, actor.account_id, operation)
    except DBAPIError as error:
        if is_database_failure(error):
            raise
        raise Unappliable from None
    release_dependents(session, replace(context, received_at=now), [*created, *new])
    details = {"fields": sorted(chosen)} if chosen else {}
    log_decision(session, actor, quarantined, "operation.accepted", now, **details)


def _drop(session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime) -> None:
    quarantined.state, quarantined.decided_by, quarantined.decided_at = "dropped", actor.account_id, now
    session.add(quarantined)
    if ledger_entry(session, quarantined):
        batch = Batch(quarantined.commune_id)
        held.put_decision_tombstone(session, batch, quarantined, held.DROPPED)
        batch.write(session, (Tombstone,))
    log_decision(session, actor, quarantined, "operation.dropped", now)


def log_decision(
    session: Session,
    actor: Actor,
    quarantined: QuarantinedOperation,
    what: str,
    now: datetime,
    **details: list[str],
) -> None:
    """Note in the desk log what was decided."""
    operation = {"operation": quarantined.op_id, "payload": quarantined.payload_hash}
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, **operation, **details)


def lock_operation(session: Session, actor: Actor, op_id: str, payload_hash: str) -> QuarantinedOperation:
    """The row, locked: a second press of the same button then sees what the first one decided. Raises
    `NotFound`."""
    wanted = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.op_id) == op_id, col(QuarantinedOperation.payload_hash) == payload_hash
    )
    quarantined = session.exec(wanted.with_for_update()).first()
    if quarantined is None:
        raise NotFound
    return quarantined


def lock_household(session: Session, actor: Actor, household_id: str) -> Household:
    """The household, locked, or the one it was merged into. Raises `HouseholdUnknown`."""
    wanted = visible_to(actor, Household).where(Household.id == household_id)
    household = session.exec(wanted.with_for_update(key_share=True)).first()
    if household is None:
        raise HouseholdUnknown("household_id")
    return lock_household(session, actor, household.merged_into) if household.merged_into else household
