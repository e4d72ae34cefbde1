"""Signing in and out at the desk: /desk/sign-in."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.areas import refuse_other_host
from app.commune.credentials import choosing, cookies, passwords
from app.commune.credentials.choosing import SignedIn
from app.commune.credentials.second_step import stopping
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import PasswordWrong, TooManyAttempts, Unavailable
from app.core.strings import _
from app.web.cookies import end_session
from app.web.deps import Config, Db, Now, desk_cookie
from app.web.expired_session import SIGN_IN, SignInPage, StepPage, safe_address, step_address
from app.web.own_loss import own_loss_sentence
from app.web.rendering import html
from app.web.sign_in.browsers import describe_browser
from app.web.sign_in.going_on import Carried, go_on
from app.web.sign_in.guard import guard_for, known_browser, remove_unprintable
from app.web.sign_in.session_cookies import set_session_cookies, start_of

router = APIRouter()


def parse_page(
    name: Annotated[str, Form(max_length=80)] = "",
    next_address: Annotated[str, Form(alias="next")] = "",
    posted: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
) -> SignInPage:
    """The fields of the form, but for the password, as the page shows them again."""
    sign_in_name = remove_unprintable(name).strip().lower()
    return SignInPage(sign_in_name, next=safe_address(next_address), posted=posted and "yes", form=form)


@router.get("/desk/sign-in")
def show_sign_in(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """The form; `next` in the address is the page to go on to."""
    page = SignInPage(next=safe_address(request.query_params.get("next", "")))
    return html("desk/sign_in/sign_in.html", _with_own_loss(page, request, database, settings, now))


@router.post("/desk/sign-in")
def sign_in_at_desk(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    page: Annotated[SignInPage, Depends(parse_page)],
    password: Annotated[str, Form(max_length=800)] = "",
    remember: Annotated[str, Form()] = "",
) -> Response:
    """Open a desk session; a wrong or throttled attempt shows the form again with a sentence."""
    guard = guard_for(request, settings, "desk", page.name)
    browser_name, demand = describe_browser(request.headers.get("user-agent", "")), settings.factor_demand

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, now)
        return sign_in.find_password_hash(session, page.name)

    def open_session(session: Session) -> tuple[SignedIn, str]:
        signed_in = choosing.sign_in_at_desk(
            session, page.name, password_hash, now, browser_name, demand, remember=remember == "yes"
        )
        refuse_other_host(session, signed_in.commune_id, request.url.hostname)
        return signed_in, throttle.record_success(session, guard.attempt, now)

    try:
        with guard.log_refusal():
            # Two transactions: hashing the password takes too long to hold a lock meanwhile.
            password_hash = database.write(stored_hash)
            sign_in.check_password(password_hash, passwords.normalize(password))
            signed_in, browser = database.write(open_session)
    except TooManyAttempts as error:
        answer = html("desk/sign_in/sign_in.html", replace(page, problem=_("Thử lại sau 5 phút.")), 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    except PasswordWrong:
        problem = _("Tên đăng nhập hoặc mật khẩu không đúng.")
        page = replace(_with_own_loss(page, request, database, settings, now), problem=problem)
        return html("desk/sign_in/sign_in.html", page, 401)
    guard.log_success(signed_in.id)
    return set_session_cookies(_go_on(page, signed_in), signed_in, browser, settings)


@router.post("/desk/sign-out")
def sign_out_of_desk(request: Request, database: Db, settings: Config) -> Response:
    cookie = desk_cookie(request, settings)
    database.write(lambda session: cookies.sign_out(session, cookie))
    return end_session(RedirectResponse(SIGN_IN, 303), "desk", request, database, settings)


def _with_own_loss(
    page: SignInPage, request: Request, database: Database, settings: Settings, now: datetime
) -> SignInPage:
    """The page, with what somebody has reported of whoever has signed in with this browser before."""
    browser, cookie = known_browser(request, settings), desk_cookie(request, settings)
    found = None
    if browser:
        with suppress(Unavailable):  # the form is shown all the same
            found = database.read(lambda s: stopping.find_in_browser(s, cookie, browser, page.name, now))
    return replace(page, own_loss=own_loss_sentence(found[1]), loss_name=found[0]) if found else page


def _go_on(page: SignInPage, signed_in: SignedIn) -> Response:
    """The page that was asked for, the form that waits to be sent again, or first what has to be shown."""
    start, carried = start_of(signed_in), Carried(page.next, page.posted, page.form)
    default = "/desk/account" if signed_in.has_reset else ""  # it says so
    if not signed_in.step:
        return go_on(Carried("", "", "") if default and not page.posted else carried, start, default)
    if page.posted:
        shown = StepPage(signed_in.step, next=page.next, posted="yes", form=page.form)
        return html("desk/sign_in/step.html", shown)
    goal = default or (page.next if page.next.startswith(start) else start)
    return RedirectResponse(f"{step_address(signed_in.step)}?next={quote(goal, safe='/')}", 303)
