"""Telephone numbers in operations that were not applied: in quarantined ones they leave with a decision, or
with the household's word; in refused ones with that."""

import json
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session

from app.core.clock import Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households.consents import WITHDRAWN, HouseholdConsent
from app.sync.wire.models import QuarantinedOperation, RefusedOperation
from app.sync.wire.payloads import without_number

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

_REFUSED = table_of(RefusedOperation)
_FIND_REFUSED = Prepared(
    select(_REFUSED.c.op_id, _REFUSED.c.payload)
    .where(_REFUSED.c.commune_id == bindparam("commune_id"))
    .where(_REFUSED.c.payload.contains('"phone":"'))
)
_FIND_CONSENTS = Prepared(
    select(_CONSENT.c.household_id, _CONSENT.c.kind)
    .where(_CONSENT.c.commune_id == bindparam("commune_id"), in_list(_CONSENT.c.household_id, "ids"))
    .order_by(_CONSENT.c.happened_at, _CONSENT.c.version, _CONSENT.c.seq)
)


def delete_numbers(session: Session, commune_id: str, now: datetime) -> int:
    """Delete the numbers of operations that were decided, and of those whose household has withdrawn since;
    returns of how many. The rest of the operations stays as it was sent."""
    found = _FIND.rows(session, commune_id=commune_id, decided_before=now - UNDONE_FOR)
    for row in found:
        is_row = [_OPERATION.c[name] == row[name] for name in ("op_id", "payload_hash")]
        changed = update(_OPERATION).where(_OPERATION.c.commune_id == commune_id, *is_row)
        session.execute(changed.values(payload=without_number(row["payload"])))
    return len(found)


def delete_refused_numbers(session: Session, commune_id: str) -> int:
    """Delete the numbers of refused operations whose household has withdrawn, and has not agreed since;
    returns of how many. The rest of the operations stays as it was sent."""
    rows = _FIND_REFUSED.rows(session, commune_id=commune_id)
    households = {row["op_id"]: _household_id(row["payload"]) for row in rows}
    ids = sorted(set(households.values()))
    found = _FIND_CONSENTS.rows(session, commune_id=commune_id, ids=ids) if ids else []
    newest = {act["household_id"]: act["kind"] for act in found}
    withdrawn = [row for row in rows if newest.get(households[row["op_id"]]) == WITHDRAWN]
    for row in withdrawn:
        is_row = (_REFUSED.c.commune_id == commune_id, _REFUSED.c.op_id == row["op_id"])
        payload = without_number(row["payload"])
        session.execute(update(_REFUSED).where(*is_row).values(payload=payload))
    return len(withdrawn)


def _household_id(payload: str) -> str:
    """The household that an operation names; empty if it says none, or was too large."""
    try:
        parts = json.loads(payload)
    except ValueError:
        return ""
    data = parts.get("data") if isinstance(parts, dict) else None
    id = data.get("id") if isinstance(data, dict) else None
    return id if isinstance(id, str) else ""
