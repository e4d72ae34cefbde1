"""Which households expect somebody: only their telephone numbers are shown
(docs/decisions/0150-a-number-is-shown-while-somebody-is-to-come.md)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import BindParameter, bindparam, select, union_all
from sqlmodel import Session

from app.core.batch import Batch
from app.core.clock import Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import Household, HouseholdValues
from app.fieldwork.visits.models import FollowUp

UNUSED_FOR = timedelta(days=7)
"""How long a number stays where nobody is expected: the visit that agrees on a day may be on a phone."""
_FOLLOW_UP, _VISITED = table_of(FollowUp), table_of(VisitedHousehold)
_HOUSEHOLD, _CONSENT = table_of(Household), table_of(HouseholdConsent)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
# An agreed return without a day has no follow-up: the newest visit says it.
_EXPECTING = Prepared(
    union_all(
        select(_FOLLOW_UP.c.household_id).where(
            _FOLLOW_UP.c.commune_id == _COMMUNE,
            in_list(_FOLLOW_UP.c.household_id, "ids"),
            _FOLLOW_UP.c.closed_by.is_(None),
        ),
        select(_VISITED.c.household_id).where(
            _VISITED.c.commune_id == _COMMUNE,
            in_list(_VISITED.c.household_id, "ids"),
            _VISITED.c.last_result == "come_back",
        ),
    )
)
_WITH_NUMBERS = Prepared(
    select(_HOUSEHOLD)
    .where(_HOUSEHOLD.c.commune_id == _COMMUNE, _HOUSEHOLD.c.phone.is_not(None))
    .where(
        ~select(_CONSENT.c.household_id)
        .where(_CONSENT.c.commune_id == _COMMUNE, _CONSENT.c.household_id == _HOUSEHOLD.c.id)
        .where(_CONSENT.c.received_at > bindparam("since", type_=Instant))
        .exists()
    )
    .order_by(_HOUSEHOLD.c.id)
    .with_for_update(key_share=True)
)


def expecting(session: Session, commune_id: str, household_ids: Iterable[str]) -> set[str]:
    """Those of these households to which somebody has agreed to come back and has not been since."""
    ids = sorted(set(household_ids))
    found = _EXPECTING.rows(session, commune_id=commune_id, ids=ids) if ids else []
    return {row["household_id"] for row in found}


def delete_unused_numbers(session: Session, commune_id: str, now: datetime) -> int:
    """Delete the numbers of households that expect nobody, `UNUSED_FOR` after they agreed; returns how many.

    A number that was agreed to long ago goes with its appointment.
    """
    rows = _WITH_NUMBERS.rows(session, commune_id=commune_id, since=now - UNUSED_FOR)
    households = cast(list[HouseholdValues], rows)
    wanted = expecting(session, commune_id, [row["id"] for row in households])
    batch = Batch(commune_id)
    unused = [row for row in households if row["id"] not in wanted]
    batch.load(Household, unused)
    for row in [batch.get(Household, one["id"]) for one in unused]:
        if row:
            batch.change(Household, row)["phone"] = None
    if unused:
        batch.write(session, (Household,))
    return len(unused)
