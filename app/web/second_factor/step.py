"""/desk/second-factor: the code of an authenticator app or a recovery code, after the password or once more;
and what one has set up, when nothing is asked."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import throttle
from app.commune.accounts.sessions import CODE, CONFIRM, SETUP, UNLOCK, is_confirmed
from app.commune.credentials.second_step import showing
from app.commune.credentials.second_step.holder import Holder, NewCookie
from app.commune.second_factor import authenticator, recovery
from app.commune.second_factor.factors import CodeWrong
from app.core.db import Database
from app.core.errors import TooManyAttempts
from app.core.strings import _
from app.web.cookies import set_cookie
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.expired_session import SECOND_FACTOR, StepPage, safe_address, step_address
from app.web.rendering import html
from app.web.second_factor.manage import management_page
from app.web.sign_in.going_on import Carried, go_on, parse_carried
from app.web.sign_in.guard import KNOWN_BROWSER, SignInGuard, guard_for
from app.web.sign_in.session_cookies import set_session_cookie, start_of_pages

router = APIRouter()


@router.get(SECOND_FACTOR)
def show_step(request: Request, database: Db, settings: Config, now: Now, holder: SessionHolder) -> Response:
    """The form for what is asked; nothing is: what the person has set up."""
    goal, step = safe_address(request.query_params.get("next", "")), holder.step(now)
    if step in (SETUP, UNLOCK):
        return RedirectResponse(f"{step_address(step)}?next={quote(goal, safe='/')}", 303)
    if step == CODE or (goal and not is_confirmed(holder.row, now)):
        return html("desk/sign_in/step.html", StepPage(step or CONFIRM, next=goal))
    return RedirectResponse(goal, 303) if goal else management_page(request, database, settings, holder)


@router.post(SECOND_FACTOR)
def show_code(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    holder: SessionHolder,
    carried: Annotated[Carried, Depends(parse_carried)],
    code: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Open the session by a code; a wrong or throttled one shows the form again with a sentence."""
    guard = guard_for(request, settings, "factor", holder.sign_in_name)
    try:
        with guard.log_refusal():
            renewed, known = _confirm(database, guard, desk_cookie(request, settings), _normalized(code), now)
    except TooManyAttempts as error:
        return refused(holder, carried, now, _("Thử lại sau 5 phút."), error.retry_after or 0)
    except CodeWrong:
        return refused(holder, carried, now, _("Mã chưa đúng, hoặc đã dùng rồi. Hãy nhập mã mới."))
    guard.log_success(holder.id)
    answer = go_on(carried, start_of_pages(holder.pages))
    set_cookie(answer, KNOWN_BROWSER, known, throttle.KNOWN_BROWSER_LIFETIME, settings)
    return set_session_cookie(answer, renewed, settings)


def refused(holder: Holder, carried: Carried, now: datetime, problem: str, retry_after: int = 0) -> Response:
    """The form again, with a sentence."""
    step = holder.step(now) or CONFIRM
    page = StepPage(step, holder.sign_in_name, problem, "", carried.next, carried.posted, carried.form)
    answer = html("desk/sign_in/step.html", page, 429 if retry_after else 401)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def _confirm(
    database: Database, guard: SignInGuard, cookie: str | None, code: str, now: datetime
) -> tuple[NewCookie | None, str]:
    """The session's new cookie, and the value of the known browser's. Raises `CodeWrong`, `TooManyAttempts`.

    Two transactions: hashing a recovery code takes too long to hold a lock meanwhile.
    """

    def count(session: Session) -> bytes:
        throttle.count_attempt(session, guard.attempt, now)
        return recovery.salt(session)

    salt = database.write(count)
    is_of_app = authenticator.is_code(code)
    code_hash = "" if is_of_app else recovery.hashes_of([code], salt)[0]

    def confirm(session: Session) -> tuple[NewCookie | None, str]:
        if is_of_app:
            renewed = showing.confirm_by_app(session, cookie, code, now)
        else:
            renewed = showing.confirm_by_recovery(session, cookie, code_hash, now)
        return renewed, throttle.record_success(session, guard.attempt, now)

    return database.write(confirm)


def _normalized(code: str) -> str:
    """The code without what people type between its characters."""
    return "".join(char for char in code.lower() if char.isalnum())
