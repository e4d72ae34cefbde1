"""Ageing: what is kept for a time only is let go."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session

from app.accounts.models import SignedIn
from app.sync.models import RefusedOperation

REFUSED_KEPT = timedelta(days=90)


def let_go(session: Session, now: datetime) -> None:
    """Empty what was refused longer ago than `REFUSED_KEPT`, and delete the sessions that have ended.

    Of a refused operation its number stays: without it the commune would be told that a record is lost.
    """
    refused: Any = RefusedOperation
    aged = refused.received_at < now - REFUSED_KEPT
    session.execute(update(RefusedOperation).where(aged, refused.payload != "").values(payload=""))
    ended: Any = SignedIn.expires_at
    session.execute(delete(SignedIn).where(ended <= now))
