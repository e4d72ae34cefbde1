"""What a phone could have at its last contact, counted from the server's rows.

Counts are of what the server gives to such a phone (`app/sync/stored_rows.py`): what changed since is counted
as it was then where rows have the time, so a household that was deleted or moved since may be missing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlmodel import Session

from app.commune.accounts.access import Actor, access_periods
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.core.clock import Instant, local_date
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households.consents import WITHDRAWN, HouseholdConsent
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.models import COUNTED, FollowUp, Visit
from app.sync.stored_rows import VISITS_FOR

_HOUSEHOLD, _VERSION, _VISIT = table_of(Household), table_of(HouseholdVersion), table_of(Visit)
_FOLLOW_UP, _ACCOUNT, _HAMLET = table_of(FollowUp), table_of(Account), table_of(Hamlet)
_CONSENT = table_of(HouseholdConsent)


@dataclass(frozen=True)
class PhoneContents:
    """How many rows of each kind a phone had; `hamlets`: the names of its hamlets."""

    hamlets: str
    households: int
    visits: int
    notes: int
    numbers: int
    members: int
    contacts: int


def contents_at(session: Session, owner: Account, moment: datetime) -> PhoneContents:
    """What a phone of this account could have at `moment`, its last contact."""
    actor = Actor(owner.commune_id, owner.id, owner.name, owner.role)
    hamlet_ids = _hamlets_at(session, actor, moment)
    day = local_date(moment)
    values = {
        "commune_id": owner.commune_id,
        "hamlet_ids": hamlet_ids,
        "account_id": owner.id,
        "team_id": owner.team_id or "",
        "moment": moment,
        "oldest": day - VISITS_FOR,
    }
    (counts,) = _COUNTS.rows(session, **values)
    names = [row["name"] for row in _HAMLETS.rows(session, commune_id=owner.commune_id, ids=hamlet_ids)]
    return PhoneContents(", ".join(names), **counts)


def _hamlets_at(session: Session, actor: Actor, moment: datetime) -> list[str]:
    """The hamlets that the actor's team was in charge of, and those that they were merged into since."""
    periods = [
        period
        for period in access_periods(session, actor, moment)
        if (period.since is None or period.since <= moment)
        and (period.until is None or moment < period.until)
    ]
    return sorted({id for period in periods for id in period.hamlet_ids})


_HAMLETS = Prepared(
    select(_HAMLET.c.name)
    .where(_HAMLET.c.commune_id == bindparam("commune_id"), in_list(_HAMLET.c.id, "ids"))
    .where(_HAMLET.c.merged_into.is_(None))
    .order_by(_HAMLET.c.position, _HAMLET.c.id)
)
_MOMENT = bindparam("moment", type_=Instant)
_ADDED_LATER = (
    select(_VERSION.c.version)
    .where(_VERSION.c.commune_id == bindparam("commune_id"), _VERSION.c.household_id == _HOUSEHOLD.c.id)
    .where(_VERSION.c.version == 1, _VERSION.c.received_at > _MOMENT)
    .exists()
)
_OF_HAMLETS = (
    _HOUSEHOLD.c.commune_id == bindparam("commune_id"),
    in_list(_HOUSEHOLD.c.hamlet_id, "hamlet_ids"),
    _HOUSEHOLD.c.merged_into.is_(None),
    ~_ADDED_LATER,
)
_BY_THEN = (_VISIT.c.commune_id == bindparam("commune_id"), _VISIT.c.received_at <= _MOMENT)
# A follow-up has the id of the visit that agreed on it, and in `closed_by` that of the one after which nobody
# is expected any more.
_ARRIVED = select(_VISIT.c.id).where(*_BY_THEN)
_OPEN_THEN = (
    select(_FOLLOW_UP.c.id)
    .where(_FOLLOW_UP.c.commune_id == bindparam("commune_id"), _FOLLOW_UP.c.household_id == _HOUSEHOLD.c.id)
    .where(_ARRIVED.where(_VISIT.c.id == _FOLLOW_UP.c.id).exists())
    .where(~_ARRIVED.where(_VISIT.c.id == _FOLLOW_UP.c.closed_by).exists())
)
# Somebody may have agreed to come back without a day: the newest visit says it.
_LAST_RESULT = (
    select(_VISIT.c.result)
    .where(*_BY_THEN, _VISIT.c.household_id == _HOUSEHOLD.c.id, _VISIT.c.withdrawn_at.is_(None))
    .where(or_(*(_VISIT.c.review_state == state for state in COUNTED)))
    .order_by(_VISIT.c.counted_on.desc(), _VISIT.c.occurred_at.desc(), _VISIT.c.id.desc())
    .limit(1)
)
# The newest act of a household decides. A number that is there was there then, if it had agreed by then; one
# that is not may have left by a later act.
_CONSENTS = select(_CONSENT.c.kind).where(
    _CONSENT.c.commune_id == bindparam("commune_id"), _CONSENT.c.household_id == _HOUSEHOLD.c.id
)
_ACT_THEN = (
    _CONSENTS.where(_CONSENT.c.received_at <= _MOMENT)
    .order_by(_CONSENT.c.happened_at.desc(), _CONSENT.c.version.desc(), _CONSENT.c.seq.desc())
    .limit(1)
)
_HAD_NUMBER = and_(
    _ACT_THEN.scalar_subquery() != WITHDRAWN,
    or_(_HOUSEHOLD.c.phone.is_not(None), _CONSENTS.where(_CONSENT.c.received_at > _MOMENT).exists()),
)
_VISITS = (
    select(func.count())
    .where(_VISIT.c.commune_id == bindparam("commune_id"), in_list(_VISIT.c.hamlet_id, "hamlet_ids"))
    .where(_VISIT.c.counted_on >= bindparam("oldest"), _VISIT.c.received_at <= _MOMENT)
    .where(_VISIT.c.withdrawn_at.is_(None))
)
_PEOPLE = select(func.count()).where(
    _ACCOUNT.c.commune_id == bindparam("commune_id"), _ACCOUNT.c.ended_at.is_(None)
)
_COUNTS = Prepared(
    select(
        select(func.count()).where(*_OF_HAMLETS).scalar_subquery().label("households"),
        _VISITS.scalar_subquery().label("visits"),
        _VISITS.where(_VISIT.c.recorded_by == bindparam("account_id"), _VISIT.c.note != "")
        .scalar_subquery()
        .label("notes"),
        select(func.count())
        .where(*_OF_HAMLETS, _HAD_NUMBER)
        .where(or_(_OPEN_THEN.exists(), _LAST_RESULT.scalar_subquery() == "come_back"))
        .scalar_subquery()
        .label("numbers"),
        _PEOPLE.where(_ACCOUNT.c.team_id == bindparam("team_id")).scalar_subquery().label("members"),
        _PEOPLE.where(func.coalesce(_ACCOUNT.c.contact_phone, "") != "").scalar_subquery().label("contacts"),
    )
)
