"""One-time links with which a supervisor, operator or province viewer chooses a password.

A token has 256 random bits and is stored as a hash; the link is deleted when it is used. Looking at its page
uses nothing up: programs that preview messages open links too.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col, select

from app.commune.accounts.models import Account, OneTimeLink, SignInName
from app.commune.accounts.sessions import hash_token
from app.core.errors import LinkInvalid

LIFETIME = timedelta(days=3)  # of a link that is handed over; a weekend
OPERATOR_LIFETIME = timedelta(minutes=15)  # of a link that the shell prints


@dataclass(frozen=True)
class LinkTarget:
    """Whose password a link sets: `sign_in_name`, with the supervisor's account, or an operator's or viewer's
    without one. Without a name it adds an operator. `reset_by`, `reset_by_id`: as in `OneTimeLink`."""

    token_hash: str
    sign_in_name: str
    account: Account | None
    reset_by: str = ""
    reset_by_id: str = ""

    @property
    def is_new_operator(self) -> bool:
        """Whether the link adds an operator."""
        return not self.sign_in_name


def issue(
    session: Session,
    sign_in_name: str | None,
    now: datetime,
    lifetime: timedelta = LIFETIME,
    reset_by: str = "",
    reset_by_id: str = "",
) -> str:
    """The token of a new link. Open links of the same name end."""
    if sign_in_name:
        session.execute(delete(OneTimeLink).where(col(OneTimeLink.sign_in_name) == sign_in_name))
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token_hash=hash_token(token),
            sign_in_name=sign_in_name,
            created_at=now,
            expires_at=now + lifetime,
            reset_by=reset_by,
            reset_by_id=reset_by_id,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, now: datetime) -> LinkTarget | None:
    """What the open link with this token is for; None if there is none, or the account has ended."""
    link = session.get(OneTimeLink, hash_token(token))
    if link is None or link.expires_at <= now:
        return None
    if link.sign_in_name is None:
        return LinkTarget(link.token_hash, "", None)
    name = session.get_one(SignInName, link.sign_in_name)
    if name.account_id is None:
        return LinkTarget(link.token_hash, name.name, None)
    account = session.get_one(Account, (name.commune_id, name.account_id))
    if account.ended_at:
        return None
    return LinkTarget(link.token_hash, name.name, account, link.reset_by, link.reset_by_id)


def use_up(session: Session, target: LinkTarget, now: datetime) -> None:
    """Delete the link of `target`. Raises `LinkInvalid` if it is not open any more: of two requests at the
    same time one gets it."""
    is_link = col(OneTimeLink.token_hash) == target.token_hash
    deleted = session.execute(delete(OneTimeLink).where(is_link, col(OneTimeLink.expires_at) > now))
    assert isinstance(deleted, CursorResult)
    if deleted.rowcount != 1:
        raise LinkInvalid


def open_link_until(session: Session, sign_in_name: str, now: datetime) -> datetime | None:
    """When the open link of this name expires; None if it has none."""
    wanted = select(OneTimeLink).where(OneTimeLink.sign_in_name == sign_in_name, OneTimeLink.expires_at > now)
    link = session.exec(wanted).first()
    return link.expires_at if link else None


def delete_all(session: Session) -> int:
    """Delete every link, as a restore does: one that was used since the backup must not open again. Returns
    how many there were."""
    return cast(CursorResult[Any], session.execute(delete(OneTimeLink))).rowcount


def purge_expired(session: Session, now: datetime) -> None:
    """Delete the links that have expired."""
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.expires_at) <= now))
