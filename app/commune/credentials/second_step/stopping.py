"""What a supervisor is told of losses that were reported in their name, and stops: in a session of theirs, or
in a browser that has signed in with their name, although a new password has ended its session."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts import throttle
from app.commune.accounts.models import Account, SignInName
from app.commune.accounts.sessions import session_key
from app.commune.accounts.throttle import Attempt
from app.commune.credentials.own_account import sign_in_name_of
from app.commune.credentials.second_step.holder import find_holder
from app.commune.second_factor import losses
from app.commune.second_factor.models import FactorLoss
from app.core.errors import NotFound, SignInRequired


def find_in_browser(
    session: Session, cookie: str | None, browser: str, typed: str, now: datetime
) -> tuple[str, FactorLoss] | None:
    """An open loss of somebody who has signed in with this browser before, with their sign-in name. `cookie`:
    of a session, also one that has ended; `typed`: the sign-in name that was just typed; their communes are
    looked through."""
    name, key = session.get(SignInName, typed) if typed else None, session_key(cookie)
    communes = {key["commune_id"] if key else None, name.commune_id if name else None} - {None}
    for commune_id in sorted(filter(None, communes)):
        for loss in losses.open_in(session, commune_id, now):
            owner = sign_in_name_of(session, commune_id, loss.account_id)
            if _knows(session, browser, owner):
                return owner, loss
    return None


def stop_own(session: Session, cookie: str | None, browser: str, name: str, now: datetime) -> str:
    """Stop what was asked in somebody's name: whose session it is, or, if `name` is given, whoever has signed
    in with it in this browser. The name of the person. Raises `NotFound`, `SignInRequired`."""
    account = _known(session, browser, name) if name else _signed_in(session, cookie, now)
    for loss in losses.open_of(session, account.commune_id, account.id, now):
        losses.stop(session, loss, account.id, now)
    return account.name


def _known(session: Session, browser: str, name: str) -> Account:
    row = session.get(SignInName, name) if _knows(session, browser, name) else None
    account = session.get(Account, (row.commune_id, row.account_id)) if row and row.account_id else None
    if account is None:
        raise NotFound
    return account


def _signed_in(session: Session, cookie: str | None, now: datetime) -> Account:
    holder = find_holder(session, cookie, now)
    if holder.pages != "desk":
        raise SignInRequired
    return session.get_one(Account, (holder.commune_id, holder.id))


def _knows(session: Session, browser: str, name: str) -> bool:
    return throttle.is_known(session, Attempt(f"desk {name}", "", browser))
