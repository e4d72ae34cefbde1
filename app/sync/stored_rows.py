"""Which visits and telephone numbers lie on phones: a phone may be lost (docs/decisions/0138).

A phone has the visits of the last `VISITS_FOR`, and older ones that still ask something of somebody: what its
owner has to correct or confirm, and what an open need of a household rests on. The number of a household
that expects nobody is on no phone. Phones purge by the same rules
(`static/field/retention/oldVisits.ts`).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, func, or_, select
from sqlmodel import Session

from app.commune.accounts.access import Actor, visible_rows
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Row, is_uuid
from app.fieldwork.derived.household_days.appointments import expecting
from app.fieldwork.derived.household_days.models import LAST_DAYS, LastDays, VisitedHousehold
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.households.models import Household, HouseholdValues
from app.fieldwork.households.wire import HouseholdRow
from app.fieldwork.visits.models import Visit
from app.sync.wire import rows
from app.sync.wire.protocol import Request, TombstoneRow

VISITS_FOR = timedelta(days=60)  # twice what a phone stores of what it sent and may send again

_VISIT, _NEED = table_of(Visit), table_of(HouseholdNeed)
_HOUSEHOLD, _DAYS = table_of(Household), table_of(VisitedHousehold)


def is_stored() -> ColumnElement[bool]:
    """Whether a visit is one that phones have; with the parameters `recent_day` and those of an actor."""
    is_recent = _VISIT.c.counted_on >= bindparam("recent_day", type_=Date())
    waits = or_(
        _VISIT.c.review_state == "returned",
        and_(_VISIT.c.vouched_by.is_not(None), _VISIT.c.disowned_at.is_(None)),
    )
    # `coalesce`: with the bare column SQLite looks through the commune's open needs by day for each visit.
    asked_on = func.coalesce(_NEED.c.asked_on, _VISIT.c.counted_on)
    is_needed = (
        select(_NEED.c.service)
        .where(_NEED.c.commune_id == bindparam("commune_id"), _NEED.c.household_id == _VISIT.c.household_id)
        .where(_NEED.c.closed_on.is_(None), asked_on <= _VISIT.c.counted_on)
        .exists()
    )
    return or_(is_recent, and_(_VISIT.c.recorded_by == bindparam("account_id"), waits), is_needed)


def may_be_on_phone() -> ColumnElement[bool]:
    """Whether the phone may have it from before: `has_list` is 1 if it has a list."""
    return or_(is_stored(), bindparam("has_list", type_=Integer()) == 1)


def tombstone(visit: Row) -> TombstoneRow:
    """What a phone gets of a visit that leaves it."""
    return rows.tombstone(visit | {"kind": "visit", "moved_to": None})


_FIND_HOUSEHOLDS = Prepared(
    visible_rows(Household)
    .where(in_list(_HOUSEHOLD.c.id, "ids"))
    .join(
        VisitedHousehold,
        (_DAYS.c.commune_id == bindparam("commune_id")) & (_DAYS.c.household_id == _HOUSEHOLD.c.id),
        isouter=True,
    )
    .add_columns(*LAST_DAYS)
)


def households_to_repeat(
    session: Session, actor: Actor, left: Sequence[Row], promised: Sequence[Row]
) -> list[HouseholdRow]:
    """The households of which a phone with a list would not know what their rows say.

    `left`: visits that leave the phone; their days are in the row. `promised`: open follow-ups, and visits
    that agreed on a return without a day, with which a number comes back. The rows have the numbers of these
    changes, so that the phone takes them.
    """
    numbers: dict[str, int] = {}
    for row in sorted((*left, *promised), key=lambda row: row["feed_seq"]):
        numbers[row["household_id"]] = row["feed_seq"]
    if not numbers:
        return []
    values = {"commune_id": actor.commune_id, "hamlet_ids": list(actor.hamlet_ids)}
    found = _FIND_HOUSEHOLDS.rows(session, **values, account_id=actor.account_id, ids=sorted(numbers))
    days_left = {row["household_id"] for row in left}
    return [
        rows.household(cast(HouseholdValues, row | {"feed_seq": numbers[row["id"]]}), cast(LastDays, row))
        for row in found
        if row["phone"] or row["id"] in days_left
    ]


def agreed_without_day(request: Request, feed_seq: int) -> list[Row]:
    """The households of the visits of this exchange that agreed on a return without a day: the phone gets
    these visits with the results, and no follow-up of them."""
    contents = [op["data"] for op in request.ops if isinstance(op.get("data"), dict)]
    return [
        {"household_id": one["household_id"], "feed_seq": feed_seq}
        for one in contents
        if one.get("result") == "come_back" and not one.get("follow_up_on")
        if isinstance(one.get("household_id"), str) and is_uuid(one["household_id"])
    ]


def agrees_on_return(kind: str, row: Row) -> bool:
    """Whether a row of the feed says that somebody is to come to its household."""
    if kind == "follow_up":
        return row["closed_by"] is None
    return kind == "visit" and row["result"] == "come_back" and bool(row["is_stored"])


def hide_numbers(session: Session, actor: Actor, households: Sequence[HouseholdRow]) -> None:
    """Take the telephone numbers of households that expect nobody out of these rows."""
    with_number = [row for row in households if row["phone"]]
    shown = expecting(session, actor.commune_id, [row["id"] for row in with_number])
    for row in with_number:
        if row["id"] not in shown:
            row["phone"] = None
