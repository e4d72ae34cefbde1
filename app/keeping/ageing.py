"""Ageing: what is kept for a time only is let go."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from app.accounts import throttle
from app.sync.models import RefusedOperation

REFUSED_KEPT = timedelta(days=90)


def let_go(session: Session, now: datetime) -> None:
    """Empty what was refused longer ago than `REFUSED_KEPT`; forget browsers that were not seen for long.

    Its number stays: without it the commune would be told that a record is lost. Sessions that have ended
    stay too: a server whose clock is two years ahead for a day must not sign every phone out for good.
    """
    refused: Any = RefusedOperation
    aged = refused.received_at < now - REFUSED_KEPT
    session.execute(update(RefusedOperation).where(aged, refused.payload != "").values(payload=""))
    throttle.forget(session, now)
