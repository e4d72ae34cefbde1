"""Passwords of supervisors that somebody else has set: recorded for their owner and the colleagues."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.accounts.people import new_id
from app.commune.credentials.models import PasswordReset

SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Reset:
    """A password that was reset; `by`: the name of who issued the link, empty for a command on the server."""

    account_id: str
    person: str
    by: str
    at: datetime


def record(session: Session, account: Account, by: str, by_id: str, now: datetime) -> None:
    """Record that the account's password was set by somebody else's doing: name and id, both empty for a
    command on the server."""
    session.add(
        PasswordReset(
            commune_id=account.commune_id,
            id=new_id(),
            account_id=account.id,
            reset_at=now,
            reset_by=by,
            reset_by_id=by_id,
        )
    )
    session.flush()


def list_resets(session: Session, actor: Actor, now: datetime, account_id: str = "") -> list[Reset]:
    """Those of the commune within `SHOWN_FOR`, or of one account, the newest first."""
    is_owner = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == PasswordReset.account_id)
    wanted = visible_to(actor, PasswordReset).where(col(PasswordReset.reset_at) > now - SHOWN_FOR)
    if account_id:
        wanted = wanted.where(PasswordReset.account_id == account_id)
    rows = session.execute(
        wanted.join(Account, is_owner)
        .with_only_columns(PasswordReset, col(Account.name))
        .order_by(col(PasswordReset.reset_at).desc(), col(PasswordReset.id))
    )
    return [Reset(one.account_id, name, one.reset_by, one.reset_at) for one, name in rows]


def mark_seen(session: Session, account: Account, now: datetime) -> bool:
    """Note that the account's owner has signed in with a password; whether there is anything to tell them."""
    wanted = select(PasswordReset).where(
        PasswordReset.commune_id == account.commune_id,
        PasswordReset.account_id == account.id,
        col(PasswordReset.seen_at).is_(None),
    )
    unseen = session.exec(wanted).all()
    for one in unseen:
        one.seen_at = now
        session.add(one)
    return bool(unseen)
