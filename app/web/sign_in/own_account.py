"""One's own password and sessions, of supervisors and of operators: *Tài khoản* has both."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Form
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.hashing import hash_secret
from app.commune.credentials import passwords
from app.commune.credentials.own_account import OwnSession
from app.core.db import Database
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.strings import _, lazy
from app.web.rendering import html, moment
from app.web.sign_in.guard import SignInGuard

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

DONE = {
    "password": lazy("Đã đổi mật khẩu. Các nơi khác phải đăng nhập lại."),
    "elsewhere": lazy("Đã đăng xuất ở các nơi khác."),
}

Field = Annotated[str, Form()]
Store = Callable[[Session, str, str], None]
"""Stores a new hash in the place of the old one; both are given."""


@dataclass(frozen=True)
class SessionRow:
    """A session in the list."""

    browser: str
    last_use: str
    is_current: bool


@dataclass(frozen=True)
class Refusal:
    """Why the password was not changed: a sentence about the one in use. `retry_after`: seconds, 0 if it may
    be tried again at once."""

    sentence: str
    retry_after: int = 0


def session_rows(sessions: Iterable[OwnSession]) -> list[SessionRow]:
    """The sessions as the page lists them."""
    return [
        SessionRow(one.browser or _("Trình duyệt"), moment(one.last_used_at), one.is_current)
        for one in sessions
    ]


def change_password(
    database: Database,
    guard: SignInGuard,
    name: str,
    current: str,
    password: str,
    now: datetime,
    store: Store,
) -> Refusal | None:
    """Change the password of the sign-in name `name`. The `current` one counts as a sign-in when it is
    wrong."""

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, now)
        return sign_in.find_password_hash(session, name)

    def store_new(session: Session) -> None:
        store(session, password_hash, new_hash)
        throttle.take_off(session, guard.attempt)

    try:
        with guard.log_refusal():
            # Two transactions: hashing takes too long to hold a lock meanwhile.
            password_hash = database.write(stored_hash)
            sign_in.check_password(password_hash, passwords.normalize(current))
            new_hash = hash_secret(passwords.normalize(password))
            database.write(store_new)
    except TooManyAttempts as error:
        return Refusal(_("Thử lại sau 5 phút."), error.retry_after or 0)
    except PasswordWrong:
        return Refusal(_("Mật khẩu đang dùng chưa đúng."))
    return None


def account_page(
    template: str, page: "DataclassInstance", problems: Mapping[str, str], retry_after: int
) -> Response:
    """The page, with the status that says what is wrong."""
    status = 429 if retry_after else 422 if problems else 200
    answer = html(template, page, status)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
