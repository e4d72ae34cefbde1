"""Retry: what is kept apart for want of a record, or of authority where it is, is judged anew.

After a restore phones are faster than the operator: what they send again may name a household of a list that
is not imported again yet, or a hamlet that nobody is in charge of. Once that is made again, it is counted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, or_, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.core.db import Database, history_of, is_servers_fault
from app.core.errors import FieldConflict, HamletUnknown, HouseholdUnknown, Rejected, VisitUnknown
from app.households.models import Household
from app.sync.models import Quarantined
from app.sync.release import author_now, mark, next_missing, release
from app.visits.models import Visit

MOST = 200  # in one transaction
_WANTING = [fault.code for fault in (HamletUnknown, HouseholdUnknown, VisitUnknown)]
_KEPT: Any = Quarantined
Key = Row[tuple[str, str, str]]


def retry_kept(database: Database, now: datetime) -> int:
    """Apply what can be applied by now; how many operations that were. The others stay as they are.

    Raises `Unavailable`; what was applied before stays applied.
    """
    count, applied = 0, 1
    while applied:
        keys = database.read(_candidates)
        steps = [keys[start : start + MOST] for start in range(0, len(keys), MOST)]
        applied = sum(database.write(lambda session, step=step: _retry(session, step, now)) for step in steps)  # type: ignore[misc]
        count += applied
    return count


def _candidates(session: Session) -> Sequence[Key]:
    """Those for which nothing is missing any more, as their phones numbered them."""
    there = [
        exists().where(model.commune_id == _KEPT.commune_id, model.id == _KEPT.missing)
        for model in (Household, Visit)
    ]
    wanted = select(_KEPT.commune_id, _KEPT.op_id, _KEPT.payload_hash).where(
        _KEPT.state == "open", _KEPT.code.in_(_WANTING), or_(_KEPT.missing == "", *there)
    )
    return session.execute(wanted.order_by(_KEPT.commune_id, _KEPT.device_id, _KEPT.seq)).all()


def _retry(session: Session, keys: Sequence[Key], now: datetime) -> int:
    named = tuple_(_KEPT.commune_id, _KEPT.op_id, _KEPT.payload_hash).in_([tuple(key) for key in keys])
    wanted = select(Quarantined).where(named, _KEPT.state == "open").with_for_update()
    rows = session.scalars(wanted.order_by(_KEPT.commune_id, _KEPT.device_id, _KEPT.seq)).all()
    return sum(_try(session, kept, now) for kept in rows)


def _try(session: Session, kept: Quarantined, now: datetime) -> bool:
    try:
        with session.begin_nested():
            release(session, kept, author_now(session, kept, history_of(session)), now)
        return True
    except FieldConflict as fault:
        mark(session, kept, fault)
    except Rejected as fault:
        # It stays with the reason that it has, unless it lacks another record now.
        if missing := next_missing(session, kept, fault):
            mark(session, kept, fault, missing)
    except DBAPIError as error:
        if is_servers_fault(error):
            raise
    return False
