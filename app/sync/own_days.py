"""A member's own days: what they recorded in the last twelve months, whatever team, household or phone.

A phone has rows of its hamlets alone, and of 60 days; what its owner did counts for as long as they are a
member. Own days are the rest (docs/decisions/0200-a-members-days-are-the-servers.md).
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time

from pydantic_core import to_json
from sqlmodel import Session, col, or_, select

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period, PeriodKind, dates_period, period_of, previous_period
from app.commune.catalog.services import GUIDED
from app.core.clock import VIETNAM
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.visits.models import NOT_HOME, Visit, VisitService
from app.reports.activity import ActivityDay, MemberActivity, own_activity
from app.sync.stored_rows import VISITS_FOR
from app.sync.wire.own_days import OwnDay, OwnDays, OwnMonth, OwnRecord

_MONTHS = 12  # before the current one


def own_days(session: Session, actor: Actor, today: date, month_start: int) -> OwnDays:
    """The days of the actor's account. `month_start`: the day on which the commune's months begin."""
    months = _months(today, month_start)
    oldest_day = today - VISITS_FOR
    earlier = [month for month in months if month.first < oldest_day]
    activity = own_activity(session, actor, dates_period(earlier[0].first, earlier[-1].last))
    by_month = [_month(month, activity) for month in earlier]
    records = [*_visits(session, actor, earlier[-1].last), *_sessions(session, actor, earlier[-1].last)]
    content = to_json([by_month, records])
    version = hashlib.sha256(content).hexdigest()[:16]
    return {"version": version, "months": by_month, "records": records}


def _months(today: date, month_start: int) -> list[Period]:
    """This month and those before it, the earliest first."""
    found = [period_of(PeriodKind.MONTH, today, month_start)]
    while len(found) <= _MONTHS:
        found.append(previous_period(found[-1], month_start))
    return found[::-1]


def _month(month: Period, activity: MemberActivity) -> OwnMonth:
    of_month = MemberActivity(activity.account, [one for one in activity.days if one.day in month])
    return {
        "first": month.first.isoformat(),
        "visits": of_month.visits,
        "met": of_month.households,
        "guided": of_month.guided,
        "sessions": of_month.sessions,
        "days": [_day(one) for one in of_month.days],
    }


def _day(one: ActivityDay) -> OwnDay:
    return {"day": one.day.isoformat(), "visits": one.visits, "sessions": one.sessions}


def _visits(session: Session, actor: Actor, after: date) -> Iterator[OwnRecord]:
    """The visits after a day of which the phone gets no row. A withdrawn one is in another index."""
    numbers: dict[str, int] = {}
    found: list[Visit] = []
    for is_in_index in (col(Visit.withdrawn_at).is_(None), col(Visit.withdrawn_at).is_not(None)):
        wanted = select(Visit).where(
            col(Visit.commune_id) == actor.commune_id,
            col(Visit.recorded_by) == actor.account_id,
            # No visit counts for a day after its receipt.
            col(Visit.received_at) >= datetime.combine(after, time.max, VIETNAM),
            col(Visit.counted_on) > after,
            is_in_index,
            or_(col(Visit.hamlet_id).not_in(actor.hamlet_ids), col(Visit.erased_at).is_not(None)),
        )
        found += session.exec(wanted)
    guided = _guided(session, actor, [visit.id for visit in found])
    for visit in sorted(found, key=lambda one: (one.counted_on, one.id)):
        yield {
            "id": visit.id,
            "kind": "visit",
            "day": visit.counted_on.isoformat(),
            "state": visit.review_state if visit.withdrawn_at is None else "withdrawn",
            "household": numbers.setdefault(visit.household_id, len(numbers)),
            "met": visit.result != NOT_HOME,
            "guided": visit.id in guided,
        }


def _guided(session: Session, actor: Actor, visit_ids: list[str]) -> set[str]:
    """Those of the visits in which somebody was guided."""
    wanted = select(VisitService.visit_id).where(
        col(VisitService.commune_id) == actor.commune_id,
        col(VisitService.visit_id).in_(visit_ids),
        col(VisitService.outcome).in_(GUIDED),
    )
    return set(session.exec(wanted))


def _sessions(session: Session, actor: Actor, after: date) -> Iterator[OwnRecord]:
    wanted = select(OutreachSession).where(
        col(OutreachSession.commune_id) == actor.commune_id,
        col(OutreachSession.recorded_by) == actor.account_id,
        col(OutreachSession.counted_on) > after,
        col(OutreachSession.hamlet_id).not_in(actor.hamlet_ids),
    )
    for held in sorted(session.exec(wanted), key=lambda one: (one.counted_on, one.id)):
        yield {
            "id": held.id,
            "kind": "session",
            "day": held.counted_on.isoformat(),
            "state": "received" if held.withdrawn_at is None else "withdrawn",
            "household": 0,
            "met": False,
            "guided": False,
        }
