"""The commune's anonymous account: the author of what nobody is known to have written any more."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from app.commune.accounts.models import ANONYMOUS, Account
from app.core.feed import feed

NAME: Final = "Không còn lưu tên"
"""Stored as the name, because every list reads it."""


def ensure_account(session: Session, commune_id: str, now: datetime) -> None:
    """Make the account if the commune has none yet. It signs in nowhere and is in no team."""
    if session.get(Account, (commune_id, ANONYMOUS)) is None:
        account = Account(
            commune_id=commune_id,
            id=ANONYMOUS,
            name=NAME,
            role="anonymous",
            ended_at=now,
            erased_at=now,
            feed_seq=0,
        )
        feed(session, commune_id, [account])
        session.add(account)
        session.flush()
