"""Ending accounts, sessions and invite codes."""

from datetime import datetime

from sqlalchemy import delete, func, literal, or_, select, true, update
from sqlmodel import Session, col

from app.commune.accounts.models import (
    Account,
    Device,
    Invite,
    Membership,
    OneTimeLink,
    SignInName,
    SignInSession,
)
from app.commune.accounts.sessions import session_key
from app.core import desk_log
from app.core.clock import Instant
from app.core.feed import feed

ENDED_EVENT = "account.ended"  # of the desk log


def deactivate_account(session: Session, account: Account, now: datetime, by: str = "") -> None:
    """End the account of a person who has left: their team membership, invite codes, links and desk sessions.

    Their phones stay signed in: what they still deliver is quarantined, they get no rows, and they erase
    their copy. An account that has ended stays as it is. `by`: the supervisor who decided so.
    """
    if account.ended_at is not None:
        return
    account.ended_at = now
    feed(session, account.commune_id, [account])
    session.add(account)
    _end_memberships(session, account, now)
    close_invites(session, account.commune_id, account.id, now)
    if account.role == "supervisor":
        end_sessions(session, account)
        delete_links(session, account)
    desk_log.note(session, account.commune_id, ENDED_EVENT, now, account=account.id, **desk_log.by(by))
    session.flush()


def reactivate_account(session: Session, account: Account) -> None:
    """Undo the end of an account; its sessions of before end now. The caller numbers the account for the
    feed."""
    if account.ended_at is not None:
        account.ended_at = None
        end_sessions(session, account)


def end_sessions(session: Session, of: Account | Device, *, keep: str | None = None) -> None:
    """Delete the sessions of an account, or of one device, but the one with the cookie `keep`."""
    column = col(SignInSession.device_id) if isinstance(of, Device) else col(SignInSession.account_id)
    in_commune = col(SignInSession.commune_id) == of.commune_id
    current = session_key(keep)
    others = col(SignInSession.token_hash) != current["token_hash"] if current else true()
    session.execute(delete(SignInSession).where(in_commune, column == of.id, others))


def delete_links(session: Session, account: Account) -> None:
    """Delete the open one-time links of an account."""
    names = select(col(SignInName.name)).where(
        col(SignInName.commune_id) == account.commune_id, col(SignInName.account_id) == account.id
    )
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.sign_in_name).in_(names)))


def close_invites(session: Session, commune_id: str, account_id: str, now: datetime) -> None:
    """End an account's open invites, also for the phone that has just used one and may do so once more.

    The demo's reusable invites stay.
    """
    used_at = col(Invite.used_at)
    session.execute(
        update(Invite)
        .where(col(Invite.commune_id) == commune_id, col(Invite.account_id) == account_id)
        .where(~col(Invite.reusable), or_(used_at.is_(None), col(Invite.used_by).is_not(None)))
        .values(used_at=func.coalesce(used_at, literal(now, Instant)), used_by=None)
    )


def _end_memberships(session: Session, account: Account, now: datetime) -> None:
    session.execute(
        update(Membership)
        .where(col(Membership.commune_id) == account.commune_id, col(Membership.account_id) == account.id)
        .where(col(Membership.until).is_(None))
        .values(until=now)
    )
