"""What `check` says of rows that the last run should have purged, and of a run that did not come.

The run's own time is what rows are compared with, not today: a database that nobody serves is not at fault,
and a backup of last month is purged by the run after its restore.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from app.upkeep.models import DailyJob
from app.upkeep.retention.run import JOB, STEPS

OVERDUE = timedelta(days=3)


def overdue(session: Session, commune_id: str) -> Iterator[str]:
    """A sentence with the names of the steps of which the commune has something whose time was over `OVERDUE`
    before the last run. Of each at most one row is looked for."""
    last = session.get(DailyJob, JOB)
    if last is None:
        return
    then = last.ran_at - OVERDUE
    late = [step.name for step in STEPS if step.find(session, commune_id, step.term.before(then), 1)]
    if late:
        yield f"Data whose time was over before the last purge are still there: {', '.join(late)}."


def remarks(session: Session, now: datetime) -> list[str]:
    """How long ago the last run was, if it was more than `OVERDUE`."""
    last = session.get(DailyJob, JOB)
    if last is None or now - last.ran_at <= OVERDUE:
        return []
    return [f"The last purge was {(now - last.ran_at).days} days ago."]
