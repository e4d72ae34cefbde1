"""Signing in and out at the desk: /desk/sign-in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import sessions, sign_in, throttle
from app.accounts.sessions import DESK_SESSION_LIFETIME
from app.accounts.throttle import KNOWN_BROWSER_LIFETIME
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.strings import _
from app.web.cookies import end_session, set_cookie
from app.web.deps import Config, Db, Now
from app.web.rendering import html
from app.web.sign_in_guard import KNOWN_BROWSER, guard_for, remove_unprintable

router = APIRouter()


@dataclass(frozen=True)
class SignInPage:
    """What templates/desk/sign_in.html shows; `problem` is a sentence or empty."""

    name: str = ""
    problem: str = ""


@router.get("/desk/sign-in")
def show_sign_in() -> Response:
    return html("desk/sign_in.html", SignInPage())


@router.post("/desk/sign-in")
def sign_in_at_desk(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    name: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Open a desk session; a wrong or throttled attempt shows the form again with a sentence."""
    sign_in_name = remove_unprintable(name).strip().lower()
    guard = guard_for(request, settings, "desk", sign_in_name)

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, now)
        return sign_in.find_password_hash(session, sign_in_name)

    def open_session(session: Session) -> tuple[str, str, str]:
        account = sign_in.find_desk_account(session, sign_in_name, password_hash)
        cookie = sessions.open_session(session, account, now)
        return account.id, cookie, throttle.record_success(session, guard.attempt, now)

    try:
        with guard.log_refusal():
            # Two transactions: hashing the password takes too long to hold a lock meanwhile.
            password_hash = database.write(stored_hash)
            sign_in.check_password(password_hash, password)
            account_id, cookie, browser = database.write(open_session)
    except TooManyAttempts as error:
        page = html("desk/sign_in.html", SignInPage(sign_in_name, _("Thử lại sau 5 phút.")), 429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    except PasswordWrong:
        problem = _("Tên đăng nhập hoặc mật khẩu không đúng.")
        return html("desk/sign_in.html", SignInPage(sign_in_name, problem), 401)
    guard.log_success(account_id)
    response = RedirectResponse("/desk/", 303)
    set_cookie(response, "desk", cookie, DESK_SESSION_LIFETIME, settings)
    set_cookie(response, KNOWN_BROWSER, browser, KNOWN_BROWSER_LIFETIME, settings)
    return response


@router.post("/desk/sign-out")
def sign_out_of_desk(request: Request, database: Db, settings: Config) -> Response:
    return end_session(RedirectResponse("/desk/sign-in", 303), "desk", request, database, settings)
