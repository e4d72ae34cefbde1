"""Showing a factor, or the password of a desk that was locked."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.sessions import SecondStepRequired, is_use_due, require_confirmed
from app.commune.credentials.second_step.events import CODE_USED
from app.commune.credentials.second_step.holder import Holder, NewCookie, find_holder, opened
from app.commune.second_factor import factors, recovery


def require_recent(session: Session, cookie: str | None, now: datetime) -> None:
    """Raises `SecondStepRequired` if the factor was not shown of late, and `SignInRequired`."""
    require_confirmed(find_holder(session, cookie, now).row, now)


def confirm_by_app(session: Session, cookie: str | None, code: str, now: datetime) -> NewCookie | None:
    """Open the session by the code of an authenticator app. Raises `CodeWrong`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    factors.use_app_code(session, holder.sign_in_name, code, now)
    return opened(session, holder, now)


def confirm_by_recovery(
    session: Session, cookie: str | None, code_hash: str, now: datetime
) -> NewCookie | None:
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


def is_recorded(holder: Holder, now: datetime) -> bool:
    """Whether `record_use` has nothing to do. Raises `SecondStepRequired` for a session that is not open."""
    if step := holder.step(now):
        raise SecondStepRequired(step)
    return not is_use_due(holder.row.last_used_at, now, locks=holder.row.locks)


def record_use(session: Session, cookie: str | None, now: datetime) -> None:
    """Record that an open session is in use. Raises `SecondStepRequired`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    if not is_recorded(holder, now):
        holder.row.last_used_at = now
        session.add(holder.row)
