"""The days on which a member visited households, as the figures count them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.core.clock import VIETNAM
from app.fieldwork.visits.models import COUNTED, Visit

ACTIVITY_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class ActiveDay:
    """One day's visits, and how many households they were at."""

    day: date
    visits: int
    households: int


def active_days(session: Session, actor: Actor, account_id: str, today: date) -> list[ActiveDay]:
    """The days of the last 30 with visits of this member, newest first. Visits that were returned, withdrawn
    or marked as duplicates do not count.

    A visit is never received before the day it counts for, so the index of the author's newest visits bounds
    the search.
    """
    since = today - ACTIVITY_PERIOD
    counted = visible_to(actor, Visit).where(
        Visit.recorded_by == account_id,
        col(Visit.received_at) >= datetime.combine(since, time.min, VIETNAM),
        col(Visit.counted_on) > since,
        col(Visit.withdrawn_at).is_(None),
        col(Visit.review_state).in_(COUNTED),
    )
    days = counted.with_only_columns(
        col(Visit.counted_on), func.count(), func.count(col(Visit.household_id).distinct())
    ).group_by(col(Visit.counted_on))
    rows = session.execute(days.order_by(col(Visit.counted_on).desc()))
    return [ActiveDay(*row) for row in rows]
