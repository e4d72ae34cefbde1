"""The plans of a commune, and which of them a period is under."""

from datetime import date

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.calendar.period import Period, dates_period
from app.core.errors import NotFound
from app.reports.extras.models import wanted_extras
from app.reports.plans.models import Plan


def list_plans(session: Session, actor: Actor) -> list[Plan]:
    """All plans, also removed ones: the one that begins last first."""
    plans = visible_to(actor, Plan)
    return list(session.exec(plans.order_by(col(Plan.first).desc(), col(Plan.typed_at), col(Plan.id))))


def plans_of(session: Session, actor: Actor, first: date, last: date) -> list[Plan]:
    """The plans that have one of these days, in the order in which they begin; none if the commune wants no
    plans."""
    if "plans" not in wanted_extras(session, actor):
        return []
    of_days = visible_to(actor, Plan).where(
        col(Plan.removed_at).is_(None), Plan.first <= last, Plan.last >= first
    )
    return list(session.exec(of_days.order_by(col(Plan.first), col(Plan.number), col(Plan.id))))


def days_under(plan: Plan, period: Period) -> Period:
    """The days of a period that are under a plan. Raises `NotFound` if none is."""
    if plan.first > period.last or plan.last < period.first:
        raise NotFound
    if plan.first <= period.first and period.last <= plan.last:
        return period
    return dates_period(max(plan.first, period.first), min(plan.last, period.last))
