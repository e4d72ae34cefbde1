"""Retry: apply quarantined operations whose missing record, or right to write it, exists by now.

After a restore, phones may send visits again before the operator has imported the list with their households
again, or given their hamlet to a team. Once that is done, these visits can be applied. So can the operations
of newer builds, once this release knows them: a server that went back to an older release is upgraded again.
And what phones have sent to the address that their commune had left, once that is here.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Row, exists, or_, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from app.commune.accounts.models import Account, Device
from app.commune.areas import IS_SERVED, Commune
from app.core.db import Database, is_database_failure
from app.core.epoch import current_epoch
from app.core.errors import FieldConflict, HamletUnknown, LabelErased, Rejected, Unappliable
from app.core.sql.query_hints import no_index_hint
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits.models import Visit
from app.sync.applying.day_limit import TOO_MANY
from app.sync.applying.held import NEWER, NEWER_ERRORS, RECORD_UNKNOWN
from app.sync.applying.push_context import MOVED, REVOKED, UNSIGNED
from app.sync.quarantine.replay import current_context, next_missing_id, record_failure, release
from app.sync.wire.models import QuarantinedOperation

ROWS_PER_WRITE = 200
_RETRIED: tuple[type[Rejected], ...] = (HamletUnknown, *RECORD_UNKNOWN, *NEWER_ERRORS)
_KEY = (col(QuarantinedOperation.op_id), col(QuarantinedOperation.payload_hash))
# Without the hints SQLite reads all of the commune.
_ORDER = (no_index_hint(col(QuarantinedOperation.device_id)), col(QuarantinedOperation.seq))
QuarantineKey = Row[tuple[str, str]]


def retry_all(database: Database, now: datetime) -> int:
    """What `retry_quarantined` does, in each commune where something waits."""
    return sum(retry_quarantined(database, commune_id, now) for commune_id in database.read(_communes))


def retry_quarantined(database: Database, commune_id: str, now: datetime) -> int:
    """Apply what can be applied by now of a commune; returns how many operations. The others stay as they
    are.

    Raises `Unavailable`; what was applied before stays applied.
    """
    count, applied = 0, 1
    while applied:
        keys = database.read(partial(_find_candidates, commune_id=commune_id))
        sets = [keys[start : start + ROWS_PER_WRITE] for start in range(0, len(keys), ROWS_PER_WRITE)]
        applied = sum(
            database.write(partial(_retry, commune_id=commune_id, keys=part, now=now)) for part in sets
        )
        count += applied
    return count


def _communes(session: Session) -> Sequence[str]:
    """The communes at work where something waits."""
    commune_id = col(QuarantinedOperation.commune_id)
    waiting = select(commune_id).join(Commune, col(Commune.id) == commune_id)
    waiting = waiting.where(col(QuarantinedOperation.state) == "open", IS_SERVED)
    return session.scalars(waiting.distinct().order_by(commune_id)).all()


def _find_candidates(session: Session, commune_id: str) -> Sequence[QuarantineKey]:
    """The operations that miss no record any more, in the order of each device's numbers."""
    missing_exists = [
        exists().where(
            col(model.commune_id) == commune_id, col(model.id) == col(QuarantinedOperation.missing_id)
        )
        for model in (Household, Visit, OutreachSession, ReportRemark)
    ]
    wanted = select(*_KEY).where(
        col(QuarantinedOperation.commune_id) == commune_id,
        col(QuarantinedOperation.state) == "open",
        col(QuarantinedOperation.reason).not_in((UNSIGNED, TOO_MANY)),  # only a supervisor lets it count
        or_(
            col(QuarantinedOperation.reason) == MOVED,
            col(QuarantinedOperation.code).in_([error.code for error in _RETRIED]),
        ),
        or_(col(QuarantinedOperation.missing_id) == "", *missing_exists),
    )
    return session.execute(wanted.order_by(*_ORDER)).all()


def _retry(session: Session, commune_id: str, keys: Sequence[QuarantineKey], now: datetime) -> int:
    is_wanted = tuple_(*_KEY).in_([tuple(key) for key in keys])
    wanted = (
        select(QuarantinedOperation)
        .where(col(QuarantinedOperation.commune_id) == commune_id, is_wanted)
        .where(no_index_hint(col(QuarantinedOperation.state)) == "open")
        .with_for_update()
    )
    return sum(_retry_one(session, row, now) for row in session.scalars(wanted.order_by(*_ORDER)).all())


def _retry_one(session: Session, quarantined: QuarantinedOperation, now: datetime) -> bool:
    if quarantined.reason == MOVED and _is_revoked(session, quarantined):
        quarantined.reason = REVOKED
        session.add(quarantined)
        return False
    try:
        with session.begin_nested():
            context = current_context(session, quarantined, current_epoch(session, quarantined.commune_id))
            release(session, quarantined, context, now)
        return True
    except FieldConflict as error:
        record_failure(session, quarantined, error)
    except Rejected as error:
        # It stays with the reason that it has, unless it misses another record now, or is understood by now.
        missing_id = next_missing_id(session, quarantined, error)
        was_newer = quarantined.reason == NEWER and not isinstance(error, NEWER_ERRORS)
        is_erased = isinstance(error, LabelErased)
        if missing_id or was_newer or is_erased or quarantined.reason == MOVED:
            record_failure(session, quarantined, error, missing_id)
    except DBAPIError as error:
        if is_database_failure(error):
            raise
        if quarantined.reason == MOVED:
            record_failure(session, quarantined, Unappliable())
    return False


def _is_revoked(session: Session, quarantined: QuarantinedOperation) -> bool:
    """Whether a supervisor has revoked the device since, or ended its account."""
    device = session.get_one(Device, (quarantined.commune_id, quarantined.device_id))
    account = session.get_one(Account, (quarantined.commune_id, quarantined.account_id))
    return device.revoked_by is not None or account.ended_at is not None
