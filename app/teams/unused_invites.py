"""Invites that nobody has used after some days: their people are to be called."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.accounts.models import Account, Invite, Team
from app.accounts.sign_in import MAX_INVITE_FAILURES

CALL_AFTER = timedelta(days=3)
# Whoever has not come in a month does not come; *Tổ và người* still lists them as never signed in.
CALL_UNTIL = timedelta(days=30)


@dataclass(frozen=True)
class UnusedInvite:
    """A member's latest invite. `is_open`: it has not expired and is not void, so it can still be used."""

    account: Account
    team: str
    created_at: datetime
    expires_at: datetime
    is_open: bool


def unused_invites(session: Session, actor: Actor, now: datetime) -> list[UnusedInvite]:
    """The invites made between `CALL_UNTIL` and `CALL_AFTER` ago that nobody has used, the oldest first."""
    rows = session.execute(
        visible_to(actor, Account)
        .join(Invite, (col(Invite.commune_id) == Account.commune_id) & (col(Invite.account_id) == Account.id))
        .outerjoin(Team, (col(Team.commune_id) == Account.commune_id) & (col(Team.id) == Account.team_id))
        .where(col(Account.ended_at).is_(None), col(Invite.used_at).is_(None), ~col(Invite.reusable))
        .where(Invite.created_at <= now - CALL_AFTER, Invite.created_at > now - CALL_UNTIL)
        .order_by(col(Invite.created_at), col(Account.id))
        .with_only_columns(Account, Invite, col(Team.name))
    )
    return [
        UnusedInvite(account, team or "", invite.created_at, invite.expires_at, _is_open(invite, now))
        for account, invite, team in rows
    ]


def _is_open(invite: Invite, now: datetime) -> bool:
    return invite.expires_at > now and invite.failures <= MAX_INVITE_FAILURES
