"""What people do with their second factors: whoever a desk cookie signed in, supervisor, operator or viewer.

Each change is in the desk log, so that a restore knows of it (docs/decisions/0140).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.deactivation import end_sessions
from app.commune.accounts.models import Account, DeskSession
from app.commune.accounts.sessions import (
    SETUP,
    SecondStepRequired,
    find_desk_session,
    require_confirmed,
    step_of,
)
from app.commune.areas import refuse_off
from app.commune.credentials.choosing import Pages
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.own_account import sign_in_name_of
from app.commune.credentials.viewers import VIEWERS
from app.commune.second_factor import factors, recovery
from app.core import desk_log
from app.core.errors import NotFound, SignInRequired

ADDED, REMOVED, NEW_CODES, CODE_USED = "factor.added", "factor.removed", "factor.codes", "factor.code_used"


@dataclass(frozen=True)
class Holder:
    """Whose session it is, whatever has to be shown before it opens anything. `kind`: the detail of the desk
    log that has the `id`; `commune_id`: empty for those without a commune; `row`: the session's."""

    pages: Pages
    kind: str
    id: str
    commune_id: str
    name: str
    sign_in_name: str
    row: DeskSession

    def step(self, now: datetime) -> str:
        """What has to be shown before the session opens anything; empty if nothing."""
        return step_of(self.row.pending, self.row.last_used_at, now, locks=self.row.locks)

    def note(self, session: Session, what: str, now: datetime, **details: str) -> None:
        """Add an entry to the desk log."""
        desk_log.note(session, self.commune_id, what, now, **{self.kind: self.id}, **details)


def find_holder(session: Session, cookie: str | None, now: datetime) -> Holder:
    """Whose session a desk cookie is. Raises `SignInRequired`, `CommuneOff`."""
    if operator := OPERATORS.find_row(session, cookie, now):
        one, row = operator
        return Holder("operator", "operator", one.id, "", one.name, one.sign_in_name, row)
    if viewer := VIEWERS.find_row(session, cookie, now):
        other, its = viewer
        return Holder("province", "viewer", other.id, "", other.name, other.sign_in_name, its)
    found = find_desk_session(session, cookie, now)
    account = session.get(Account, (found.commune_id, found.account_id)) if found else None
    if found is None or account is None or account.ended_at is not None or account.role != "supervisor":
        raise SignInRequired
    refuse_off(session, account.commune_id)
    name = sign_in_name_of(session, account.commune_id, account.id)
    return Holder("desk", "account", account.id, account.commune_id, account.name, name, found)


def require_recent(session: Session, cookie: str | None, now: datetime) -> None:
    """Raises `SecondStepRequired` if the factor was not shown of late, and `SignInRequired`."""
    require_confirmed(find_holder(session, cookie, now).row, now)


def confirm_by_app(session: Session, cookie: str | None, code: str, now: datetime) -> Holder:
    """Open the session by the code of an authenticator app. Raises `CodeWrong`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    factors.use_app_code(session, holder.sign_in_name, code, now)
    return opened(session, holder, now)


def confirm_by_recovery(session: Session, cookie: str | None, code_hash: str, now: datetime) -> Holder:
    """Open the session by a recovery code, which is used up. Raises `CodeWrong`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    used = recovery.use(session, holder.sign_in_name, code_hash, now)
    if used is None:
        raise factors.CodeWrong
    holder.note(session, CODE_USED, now, code=used)
    return opened(session, holder, now)


def unlock(session: Session, cookie: str | None, now: datetime) -> Holder:
    """Go on with a session that was locked, whose person has shown the password. What else has to be shown
    is still asked."""
    holder = find_holder(session, cookie, now)
    holder.row.last_used_at = now
    session.add(holder.row)
    return holder


def require_change(session: Session, cookie: str | None, now: datetime) -> Holder:
    """Whoever may change their factors now: the session is open and the factor was shown of late, or there is
    none yet. Raises `SecondStepRequired`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    if holder.step(now) not in ("", SETUP):
        raise SecondStepRequired(holder.step(now))
    require_confirmed(holder.row, now)
    return holder


def set_up_app(
    session: Session, cookie: str | None, secret: str, code: str, name: str, hashes: list[str], now: datetime
) -> bool:
    """Add an authenticator app; whether it is the person's first factor, which gets the recovery codes of
    `hashes` and ends their other sessions.

    Raises `CodeWrong`, `SecondStepRequired`, `SignInRequired`, and `NotFound` above `MAX_FACTORS`.
    """
    holder = require_change(session, cookie, now)
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
) -> bool:
    """What follows a new factor, of either kind; whether it is the first one."""
    holder.note(session, ADDED, now, factor=factor_id)
    if is_first:
        recovery.replace(session, holder.sign_in_name, hashes)
        holder.note(session, NEW_CODES, now)
        end_other_sessions(session, holder, cookie)
    opened(session, holder, now)
    return is_first


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


def opened(session: Session, holder: Holder, now: datetime) -> Holder:
    """The session opens everything from now on: its person has shown a factor."""
    holder.row.pending, holder.row.confirmed_at, holder.row.last_used_at = "", now, now
    session.add(holder.row)
    return holder


def end_other_sessions(session: Session, holder: Holder, cookie: str | None) -> None:
    """Every other session of the person ends: it was opened by the password alone."""
    if holder.pages == "desk":
        account = session.get_one(Account, (holder.commune_id, holder.id))
        end_sessions(session, account, keep=cookie)
    elif operator := OPERATORS.find(session, holder.sign_in_name):
        OPERATORS.sign_out_elsewhere(session, operator, cookie)
    elif viewer := VIEWERS.find(session, holder.sign_in_name):
        VIEWERS.sign_out_elsewhere(session, viewer, cookie)
