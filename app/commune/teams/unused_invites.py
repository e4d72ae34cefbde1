"""Invites that nobody has used after some days: their people are to be called; *Đã gọi* about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col

from app.commune.accounts import access
from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.call_history import CallRecord, latest_invite_calls
from app.commune.accounts.calls import clean_note
from app.commune.accounts.models import Account, Invite, Team
from app.commune.accounts.people import new_id
from app.commune.accounts.sign_in import MAX_INVITE_FAILURES
from app.commune.calendar.workdays import load_workdays
from app.commune.teams.members import find_member
from app.core.clock import local_date

CALL_AFTER = timedelta(days=3)  # of working time
# Whoever has not come in a month does not come; *Tổ và người* still lists them as never signed in.
CALL_UNTIL = timedelta(days=30)


@dataclass(frozen=True)
class UnusedInvite:
    """A member's latest invite. `is_open`: it has not expired and is not void, so it can still be used.

    `called`: somebody called about it today; `last`: the latest call about it within `CALL_UNTIL`.
    """

    account: Account
    team: str
    created_at: datetime
    expires_at: datetime
    is_open: bool
    called: bool
    last: CallRecord | None


def unused_invites(session: Session, actor: Actor, now: datetime, account_id: str = "") -> list[UnusedInvite]:
    """The invites made between `CALL_UNTIL` and `CALL_AFTER` ago that nobody has used, the oldest first;
    with `account_id` that person's only."""
    people = visible_to(actor, Account)
    latest = load_workdays(session, actor.commune_id, now).begin_of(CALL_AFTER, now)
    rows = session.execute(
        (people.where(Account.id == account_id) if account_id else people)
        .join(Invite, (col(Invite.commune_id) == actor.commune_id) & (col(Invite.account_id) == Account.id))
        .outerjoin(Team, (col(Team.commune_id) == actor.commune_id) & (col(Team.id) == Account.team_id))
        .where(col(Account.ended_at).is_(None), col(Invite.used_at).is_(None), ~col(Invite.reusable))
        .where(Invite.created_at <= latest, Invite.created_at > now - CALL_UNTIL)
        .order_by(col(Invite.created_at), col(Account.id))
        .with_only_columns(Account, Invite, col(Team.name))
    )
    calls = latest_invite_calls(session, actor, now - CALL_UNTIL)
    return [
        _unused_invite(account, invite, team or "", calls.get(account.id), now)
        for account, invite, team in rows
    ]


def mark_called(session: Session, actor: Actor, account_id: str, note: str, now: datetime) -> None:
    """*Đã gọi*: the person was called today about the invite; `note` is what came of it. Repeated on the same
    day with the same note it changes nothing.

    Raises `NotFound`, and `Invalid` for a note that is too long or cannot be stored.
    """
    text = clean_note(note, "note")
    account = find_member(session, actor, account_id)
    access.lock_account(session, actor)
    last = latest_invite_calls(session, actor, now - CALL_UNTIL).get(account.id)
    is_same = last and (last.called_by, last.note) == (actor.account_id, text)
    if last and is_same and local_date(last.called_at) == local_date(now):
        return
    call = CallRecord(
        commune_id=account.commune_id,
        id=new_id(),
        account_id=account.id,
        called_by=actor.account_id,
        called_at=now,
        note=text,
    )
    session.add(call)


def unmark_called(session: Session, actor: Actor, account_id: str, call_id: str) -> None:
    """*Hoàn tác* of this call; others stay. Undone again it changes nothing. Raises `NotFound`."""
    account = find_member(session, actor, account_id)
    made = visible_to(actor, CallRecord).where(
        CallRecord.account_id == account.id, col(CallRecord.device_id).is_(None), CallRecord.id == call_id
    )
    for call in session.exec(made):
        session.delete(call)


def _unused_invite(
    account: Account, invite: Invite, team: str, last: CallRecord | None, now: datetime
) -> UnusedInvite:
    # A call about an earlier code says nothing of this one.
    about_this = last if last and last.called_at > invite.created_at else None
    return UnusedInvite(
        account=account,
        team=team,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        is_open=invite.expires_at > now and invite.failures <= MAX_INVITE_FAILURES,
        called=about_this is not None and local_date(about_this.called_at) == local_date(now),
        last=about_this,
    )
