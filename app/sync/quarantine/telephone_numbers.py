"""Telephone numbers in quarantined operations: they leave with a decision, or with the household's word."""

import json
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session

from app.core.clock import Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.fieldwork.households.consents import WITHDRAWN, HouseholdConsent
from app.sync.wire.models import QuarantinedOperation

UNDONE_FOR = timedelta(days=2)  # a decision can be undone for one day
_OPERATION, _CONSENT = table_of(QuarantinedOperation), table_of(HouseholdConsent)
_FIND = Prepared(
    select(_OPERATION.c.op_id, _OPERATION.c.payload_hash, _OPERATION.c.payload)
    .where(_OPERATION.c.commune_id == bindparam("commune_id"), _OPERATION.c.kind == "household")
    .where(_OPERATION.c.payload.contains('"consent":{'))
    .where(
        or_(
            _OPERATION.c.decided_at < bindparam("decided_before", type_=Instant),
            select(_CONSENT.c.household_id)
            .where(_CONSENT.c.commune_id == bindparam("commune_id"))
            .where(_CONSENT.c.household_id == _OPERATION.c.record_id, _CONSENT.c.kind == WITHDRAWN)
            .where(_CONSENT.c.received_at > _OPERATION.c.received_at)
            .exists(),
        )
    )
)


def delete_numbers(session: Session, commune_id: str, now: datetime) -> int:
    """Delete the numbers of operations that were decided, and of those whose household has withdrawn since;
    returns of how many. The rest of the operations stays as it was sent."""
    found = _FIND.rows(session, commune_id=commune_id, decided_before=now - UNDONE_FOR)
    for row in found:
        parts = json.loads(row["payload"])
        parts["data"] = {
            name: value for name, value in parts["data"].items() if name not in ("phone", "consent")
        }
        payload = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        is_row = [_OPERATION.c[name] == row[name] for name in ("op_id", "payload_hash")]
        changed = update(_OPERATION).where(_OPERATION.c.commune_id == commune_id, *is_row)
        session.execute(changed.values(payload=payload))
    return len(found)
