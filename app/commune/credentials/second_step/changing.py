"""Setting up, replacing and removing one's factors and recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.sessions import (
    SETUP,
    SecondStepRequired,
    require_confirmed,
)
from app.commune.credentials.second_step.events import ADDED, NEW_CODES, REMOVED
from app.commune.credentials.second_step.holder import (
    Holder,
    NewCookie,
    end_other_sessions,
    find_holder,
    opened,
)
from app.commune.credentials.second_step.losing import replace_lost, usable_loss
from app.commune.second_factor import factors, recovery
from app.core.errors import NotFound


@dataclass(frozen=True)
class Setup:
    """A factor was added. `is_first`: it is the person's first one; `cookie`: as `opened` returns it."""

    is_first: bool
    cookie: NewCookie | None


def require_change(session: Session, cookie: str | None, now: datetime) -> Holder:
    """Whoever may change their factors now: the session is open and the factor was shown of late, there is
    none yet, or its loss was confirmed. Raises `SecondStepRequired`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    if holder.step(now) not in ("", SETUP) and usable_loss(session, holder, now) is None:
        raise SecondStepRequired(holder.step(now))
    require_confirmed(holder.row, now)
    return holder


def set_up_app(
    session: Session, cookie: str | None, secret: str, code: str, name: str, hashes: list[str], now: datetime
) -> Setup:
    """Add an authenticator app. The person's first factor gets the recovery codes of `hashes` and ends their
    other sessions.

    Raises `CodeWrong`, `SecondStepRequired`, `SignInRequired`, and `NotFound` above `MAX_FACTORS`.
    """
    holder = require_change(session, cookie, now)
    replace_lost(session, holder, now)
    known = factors.count(session, holder.sign_in_name)
    if known >= factors.MAX_FACTORS:
        raise NotFound
    added = factors.add_app(session, holder.sign_in_name, secret, code, name, now)
    return finish_setup(session, cookie, holder, added, hashes, now, is_first=known == 0)


def finish_setup(
    session: Session,
    cookie: str | None,
    holder: Holder,
    factor_id: str,
    hashes: list[str],
    now: datetime,
    *,
    is_first: bool,
) -> Setup:
    """What follows a new factor, of either kind."""
    holder.note(session, ADDED, now, factor=factor_id)
    if is_first:
        recovery.replace(session, holder.sign_in_name, hashes)
        holder.note(session, NEW_CODES, now)
        end_other_sessions(session, holder, cookie)
    return Setup(is_first, opened(session, holder, now))


def replace_codes(session: Session, cookie: str | None, hashes: list[str], now: datetime) -> None:
    """Replace the recovery codes. Raises `SecondStepRequired`, `SignInRequired`."""
    holder = require_change(session, cookie, now)
    recovery.replace(session, holder.sign_in_name, hashes)
    holder.note(session, NEW_CODES, now)


def remove_factor(session: Session, cookie: str | None, factor_id: str, now: datetime) -> None:
    """Remove one of several factors. Raises `NotFound`, also for the last one, `SecondStepRequired`,
    `SignInRequired`."""
    holder = require_change(session, cookie, now)
    is_last = factors.count(session, holder.sign_in_name) < 2
    if is_last or not factors.remove(session, holder.sign_in_name, factor_id):
        raise NotFound
    holder.note(session, REMOVED, now, factor=factor_id)
