"""Sums of the daily totals: counted visits by hamlet and by day, and people by service."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, visible_to
from app.visits.models import DailyTotal
from app.visits.monthly_totals.sums import sum_people

WHOLE_VISITS = ""
"""The `service` of the totals that count whole visits."""


def visits_by_hamlet(session: Session, actor: Actor, first: date, last: date) -> dict[str, int]:
    """How many visits are counted from `first` to `last`, by the hamlet in which they were recorded."""
    hamlet_id = col(DailyTotal.hamlet_id)
    totals = _totals(actor, first, last)
    sums = totals.with_only_columns(hamlet_id, func.sum(col(DailyTotal.visits))).group_by(hamlet_id)
    return {id: int(visits) for id, visits in session.execute(sums)}


def visits_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """How many visits are counted on each day from `first` to `last` that has any."""
    day = col(DailyTotal.day)
    totals = _totals(actor, first, last)
    sums = totals.with_only_columns(day, func.sum(col(DailyTotal.visits))).group_by(day)
    return {on: int(visits) for on, visits in session.execute(sums)}


def people_by_service(
    session: Session, actor: Actor, services: Iterable[str], first: date, last: date
) -> dict[str, int]:
    """How many people were guided in each of `services` from `first` to `last`; in applications where the
    catalog counts these. Services without any are left out."""
    people = sum_people(session, actor, first, last, list(services))
    return {code: count for code, count in people.items() if count}


def _totals(actor: Actor, first: date, last: date) -> SelectOfScalar[DailyTotal]:
    """The totals of whole visits: one range of the index `ix_daily_total_day`."""
    return visible_to(actor, DailyTotal).where(
        DailyTotal.service == WHOLE_VISITS, DailyTotal.day >= first, DailyTotal.day <= last
    )
