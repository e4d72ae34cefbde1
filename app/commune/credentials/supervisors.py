"""What supervisors do with the supervisors of their commune: invite, give a link, end, bring back.

Nobody does it to themselves, so one supervisor always remains.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts import people
from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.deactivation import deactivate_account, reactivate_account
from app.commune.accounts.models import Account, SignInName, SignInSession
from app.commune.credentials import links
from app.core import desk_log
from app.core.errors import NotFound, SignInRequired
from app.core.feed import feed
from app.core.text import by_given_name

IDLE_FOR = timedelta(days=45)
LINK_EVENT = "password.link"  # of the desk log
_SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class Supervisor:
    """A supervisor; `link_until`: when an open link expires; `last_used_at`: the last use of a session that
    has not ended; `idle_since`: of the account, as far as it is known."""

    account: Account
    sign_in_name: str
    link_until: datetime | None
    last_used_at: datetime | None
    idle_since: datetime | None = None

    def is_idle(self, now: datetime) -> bool:
        """Whether nobody has worked with the account for `IDLE_FOR`."""
        return self.account.ended_at is None and is_idle_since(self.idle_since, now)


def is_idle_since(since: datetime | None, now: datetime) -> bool:
    """Whether an account that nobody has used since then, as far as it is known, is idle."""
    return since is not None and now - since >= IDLE_FOR


def is_sign_in_name(text: str) -> bool:
    """Whether `text` can be a new sign-in name: 3 to 40 small letters, digits, dots and hyphens."""
    return _SIGN_IN_NAME.fullmatch(text) is not None


def list_supervisors(session: Session, actor: Actor, now: datetime) -> list[Supervisor]:
    """The commune's supervisors by given name, those who have left last."""
    accounts = session.exec(visible_to(actor, Account).where(Account.role == "supervisor"))
    return of_accounts(session, list(accounts), now)


def of_accounts(session: Session, accounts: list[Account], now: datetime) -> list[Supervisor]:
    """These accounts as supervisors, in the order of `list_supervisors`."""
    found = [_supervisor(session, account, now) for account in accounts]
    return sorted(found, key=lambda one: (one.account.ended_at is not None, by_given_name(one.account.name)))


def find_supervisor(session: Session, actor: Actor, account_id: str, now: datetime) -> Supervisor:
    """A supervisor of the actor's commune, also one who has left. Raises `NotFound`."""
    return _supervisor(session, _find(session, actor, account_id), now)


def invite_supervisor(
    session: Session, actor: Actor, name: str, sign_in_name: str, now: datetime
) -> tuple[Account, str]:
    """A new supervisor of the actor's commune, and the token of the link with which they choose a password.

    Raises `NameTaken`, `TextRefused`.
    """
    account = people.add_supervisor(session, actor.commune_id, name, sign_in_name)
    return account, issue_link(session, account, sign_in_name, now, by=actor.account_id)


def issue_link(
    session: Session, account: Account, sign_in_name: str, now: datetime, *, by: str, reset_by: str = ""
) -> str:
    """The token of a new link for the account; the decision of `by` goes to the desk log.

    `reset_by`: the name of whose doing it is that the password changes; empty for the first one of somebody
    new.
    """
    desk_log.note(session, account.commune_id, LINK_EVENT, now, account=account.id, by=by)
    reset_by_id = by if reset_by else ""
    return links.issue(session, sign_in_name, now, reset_by=reset_by, reset_by_id=reset_by_id)


def reset_password(session: Session, actor: Actor, account_id: str, now: datetime) -> str:
    """The token of a link for a colleague, whose password stays until the link is used. Raises `NotFound`,
    also for oneself and for somebody who has left."""
    one = _colleague(session, actor, account_id, now)
    if one.account.ended_at is not None:
        raise NotFound
    return issue_link(session, one.account, one.sign_in_name, now, by=actor.account_id, reset_by=actor.name)


def end_supervisor(session: Session, actor: Actor, account_id: str, now: datetime) -> None:
    """*Cho nghỉ*: a colleague's sessions and links end; their name stays on what they decided.

    Raises `NotFound`, also for oneself, and `SignInRequired` if a colleague ended the actor's account
    meanwhile: of two who end each other one stays.
    """
    account = _colleague(session, actor, account_id, now).account
    working = session.exec(
        visible_to(actor, Account)
        .where(Account.role == "supervisor", col(Account.ended_at).is_(None))
        .order_by(Account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if all(one.id != actor.account_id for one in working):
        raise SignInRequired
    deactivate_account(session, account, now, actor.account_id)


def bring_back(session: Session, actor: Actor, account_id: str, now: datetime) -> str:
    """A colleague who has left is back; the token of a link for a new password, the old one opens nothing.

    Raises `NotFound`, also for somebody who has not left, or whose name was erased.
    """
    one = _colleague(session, actor, account_id, now)
    if one.account.ended_at is None or one.account.erased_at is not None:
        raise NotFound
    reactivate_account(session, one.account)
    feed(session, actor.commune_id, [one.account])
    session.add(one.account)
    people.disable_password(session, one.sign_in_name)
    return issue_link(session, one.account, one.sign_in_name, now, by=actor.account_id, reset_by=actor.name)


def _colleague(session: Session, actor: Actor, account_id: str, now: datetime) -> Supervisor:
    if account_id == actor.account_id:
        raise NotFound
    return find_supervisor(session, actor, account_id, now)


def _find(session: Session, actor: Actor, account_id: str) -> Account:
    wanted = visible_to(actor, Account).where(Account.id == account_id, Account.role == "supervisor")
    account = session.exec(wanted).first()
    if account is None:
        raise NotFound
    return account


def _supervisor(session: Session, account: Account, now: datetime) -> Supervisor:
    names = select(SignInName).where(
        SignInName.commune_id == account.commune_id, SignInName.account_id == account.id
    )
    row = session.exec(names.order_by(SignInName.name)).first()
    sign_in_name = row.name if row else ""
    used = (
        select(SignInSession.last_used_at)
        .where(SignInSession.commune_id == account.commune_id, SignInSession.account_id == account.id)
        .where(col(SignInSession.last_used_at).is_not(None))
        .order_by(col(SignInSession.last_used_at).desc())
    )
    last_used_at = session.exec(used).first()
    known = [one for one in (last_used_at, row.idle_since if row else None) if one is not None]
    return Supervisor(
        account,
        sign_in_name,
        links.open_link_until(session, sign_in_name, now),
        last_used_at,
        max(known, default=None),
    )
