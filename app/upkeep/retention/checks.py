"""What `check` says of rows whose term ended days ago: retention has not run, or does not reach them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from app.upkeep.retention.run import STEPS

OVERDUE = timedelta(days=3)


def overdue(session: Session, commune_id: str, now: datetime) -> Iterator[str]:
    """A sentence with the names of the steps that should have purged something of the commune `OVERDUE` ago.
    Of each at most one row is looked for."""
    late = [step.name for step in STEPS if step.find(session, commune_id, step.term.before(now - OVERDUE), 1)]
    if late:
        yield f"Data whose time is over are still there: {', '.join(late)}. Run `retention`."
