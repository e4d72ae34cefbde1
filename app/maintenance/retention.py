"""Purging what is stored for a limited time only."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from app.accounts import throttle
from app.credentials import links
from app.household_import.runs import queries as household_imports
from app.sync.models import RefusedOperation

REFUSED_RETENTION = timedelta(days=90)


def purge_expired(session: Session, now: datetime) -> None:
    """Empty the payloads that were refused more than `REFUSED_RETENTION` ago; delete expired browsers and
    one-time links, and the rows of lists that nobody confirmed.

    The row of a refused operation stays: without its `seq` the device would seem to have lost a record.
    Expired sessions stay too: if they were deleted, one day on which the server's clock is two years ahead
    would sign out every phone.
    """
    expired = col(RefusedOperation.received_at) < now - REFUSED_RETENTION
    not_empty = col(RefusedOperation.payload) != ""
    session.execute(update(RefusedOperation).where(expired, not_empty).values(payload=""))
    throttle.purge_expired_browsers(session, now)
    household_imports.purge_expired(session, now)
    links.purge_expired(session, now)
