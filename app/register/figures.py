"""Sums of the daily totals: counted visits by hamlet."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, visible_to
from app.visits.models import DailyTotal

WHOLE_VISITS = ""
"""The `service` of the totals that count whole visits."""


def visits_by_hamlet(session: Session, actor: Actor, first: date, last: date) -> dict[str, int]:
    """How many visits are counted from `first` to `last`, by the hamlet in which they were recorded."""
    hamlet_id = col(DailyTotal.hamlet_id)
    sums = _totals(actor, [WHOLE_VISITS], first, last).with_only_columns(
        hamlet_id, func.sum(col(DailyTotal.visits))
    )
    return {id: int(visits) for id, visits in session.execute(sums.group_by(hamlet_id))}


def _totals(actor: Actor, services: Iterable[str], first: date, last: date) -> SelectOfScalar[DailyTotal]:
    """The totals of these services and days. Each service is one range of the index `ix_daily_total_day`."""
    return visible_to(actor, DailyTotal).where(
        col(DailyTotal.service).in_(list(services)), DailyTotal.day >= first, DailyTotal.day <= last
    )
