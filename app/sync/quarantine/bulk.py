"""*Nhận tất cả*: accept everything of one phone that waits for the same reason."""

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import tuple_
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.core.db import Database
from app.core.errors import Rejected, StaleDecision
from app.sync.applying.day_limit import TOO_MANY
from app.sync.applying.push_context import REVOKED, UNSIGNED
from app.sync.quarantine.decisions import apply_or_mark_conflict
from app.sync.quarantine.replay import refuse_erased_label, stored_operation
from app.sync.wire.models import QuarantinedOperation

REASONS = (REVOKED, UNSIGNED, TOO_MANY)  # those for which everything of a phone may be accepted at once
ROWS_PER_WRITE = 50  # phones that push wait for one write
MAX_SECONDS = 20.0  # of one call
OperationKey = tuple[str, str]  # op_id, payload_hash
_KEY = (col(QuarantinedOperation.op_id), col(QuarantinedOperation.payload_hash))


def accept_all(
    database: Database, actor: Actor, device_id: str, reason: str, seen: int, now: datetime
) -> int:
    """*Nhận* for everything of a phone that waits for one of `REASONS`, in the order of `seq`, in several
    transactions.

    Returns how many were applied. What cannot be applied stays open with its error as `code`; what is left
    after `MAX_SECONDS` stays open. `seen`: the number that the supervisor was shown. Raises `StaleDecision`
    if there are more or fewer by now, and `Unavailable`; earlier transactions stay.
    """
    keys = database.read(lambda session: _keys(session, actor, device_id, reason))
    if len(keys) != seen:
        raise StaleDecision
    end, applied = time.monotonic() + MAX_SECONDS, 0
    for start in range(0, len(keys), ROWS_PER_WRITE):
        part = keys[start : start + ROWS_PER_WRITE]
        applied += database.write(partial(_accept_set, actor=actor, keys=part, now=now))
        if time.monotonic() > end:
            break
    return applied


def waiting_of_phone(actor: Actor, device_id: str, reason: str) -> SelectOfScalar[QuarantinedOperation]:
    """The open operations of a phone that wait for this reason, in the order of `seq`.

    Those that could not be applied before come last: a call that ends early must have tried others as well.
    """
    return (
        visible_to(actor, QuarantinedOperation)
        .where(
            col(QuarantinedOperation.device_id) == device_id,
            col(QuarantinedOperation.state) == "open",
            col(QuarantinedOperation.reason) == reason,
        )
        .order_by(col(QuarantinedOperation.code) != "", col(QuarantinedOperation.seq))
    )


def _keys(session: Session, actor: Actor, device_id: str, reason: str) -> list[OperationKey]:
    wanted = waiting_of_phone(actor, device_id, reason).with_only_columns(*_KEY)
    return [(op_id, payload_hash) for op_id, payload_hash in session.execute(wanted)]


def _accept_set(session: Session, actor: Actor, keys: Sequence[OperationKey], now: datetime) -> int:
    wanted = visible_to(actor, QuarantinedOperation).where(
        tuple_(*_KEY).in_(keys), col(QuarantinedOperation.state) == "open"
    )
    ordered = wanted.order_by(col(QuarantinedOperation.seq)).with_for_update()
    return sum(_accept_one(session, actor, quarantined, now) for quarantined in session.exec(ordered).all())


def _accept_one(session: Session, actor: Actor, quarantined: QuarantinedOperation, now: datetime) -> bool:
    state = quarantined.state
    if state != "open":  # it waited for a record of this set, and is applied by now
        return state == "applied"
    try:
        refuse_erased_label(session, stored_operation(quarantined))  # that is decided one by one
        apply_or_mark_conflict(session, actor, quarantined, now)
    except Rejected as error:
        quarantined.code = error.code
        session.add(quarantined)
        return False
    return quarantined.state == "applied"
