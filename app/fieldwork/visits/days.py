"""The visits of days, found by their receipt."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col

from app.commune.accounts.author import MAX_AGE
from app.core.clock import VIETNAM
from app.fieldwork.visits.models import Visit


def counts_between(first: date | None, last: date | None) -> tuple[ColumnElement[bool], ...]:
    """Whether a visit counts on one of these days; None: without a first or a last one.

    A visit is received on its day or within `MAX_AGE` after it (`Author.happened_at`): with these bounds the
    indexes by receipt serve for days as well.
    """
    counted_on, received_at = col(Visit.counted_on), col(Visit.received_at)
    since = (counted_on >= first, received_at >= _start_of(first)) if first else ()
    if last is None:
        return since
    return (*since, counted_on <= last, received_at <= _start_of(last) + timedelta(days=1) + MAX_AGE)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)
