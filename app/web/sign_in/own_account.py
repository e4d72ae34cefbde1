"""One's own password and sessions, of supervisors and of operators: *Tài khoản* has both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.hashing import hash_secret
from app.commune.credentials import passwords
from app.core.db import Database
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.strings import _, lazy
from app.web.forms import Filled, Form, Text
from app.web.sign_in.guard import SignInGuard

DONE = {
    "password": lazy("Đã đổi mật khẩu. Các nơi khác phải đăng nhập lại."),
    "elsewhere": lazy("Đã đăng xuất ở các nơi khác."),
}


def _secret(name: str, label: str, hint: str = "", *, is_new: bool = True) -> Text:
    """A password, which no page shows again."""
    autocomplete = "new-password" if is_new else "current-password"
    return Text(name, label, hint, type="password", autocomplete=autocomplete, shown=0)


PASSWORD = Form(
    _secret("current", lazy("Mật khẩu đang dùng"), is_new=False),
    _secret("password", lazy("Mật khẩu mới"), lazy("Ít nhất 12 ký tự. Nên ghép vài từ dễ nhớ.")),
    _secret("repeated", lazy("Gõ lại mật khẩu mới")),
)
Store = Callable[[Session, str, str], None]
"""Stores a new hash in the place of the old one; both are given."""


@dataclass(frozen=True)
class Refusal:
    """Why the password was not changed: a sentence about the one in use. `retry_after`: seconds, 0 if it may
    be tried again at once."""

    sentence: str
    retry_after: int = 0


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


def refused_page(page: Callable[[Filled], Response], form: Filled, refused: Refusal) -> Response:
    """The page with why the password in use was not taken."""
    status = 429 if refused.retry_after else 422
    answer = page(form.with_problems({"current": refused.sentence}, status))
    if refused.retry_after:
        answer.headers["Retry-After"] = str(refused.retry_after)
    return answer
