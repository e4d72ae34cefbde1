"""/desk/unlock: a desk that nobody has used for 15 minutes goes on after the password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.sessions import UNLOCK
from app.commune.credentials import passwords
from app.commune.credentials.second_step import showing
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.strings import _
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie, is_background
from app.web.expired_session import IN_USE, UNLOCK_PAGE, StepPage, safe_address
from app.web.rendering import html
from app.web.second_factor.step import refused
from app.web.sign_in.going_on import Carried, go_on, parse_carried
from app.web.sign_in.guard import guard_for
from app.web.sign_in.session_cookies import start_of_pages

router = APIRouter()


@router.post(IN_USE)
def record_use(request: Request, database: Db, settings: Config, now: Now, holder: SessionHolder) -> Response:
    """Somebody types or reads on a page that sends nothing (`static/desk/idleLock.ts`)."""
    cookie = desk_cookie(request, settings)
    if not showing.is_recorded(holder, now):
        database.write(lambda session: showing.record_use(session, cookie, now))
    return Response(status_code=204)


@router.get(UNLOCK_PAGE)
def show_unlock(request: Request, now: Now, holder: SessionHolder) -> Response:
    """The field for the password, or the page that was asked for if nothing is locked; a page that looks by
    itself gets nothing then."""
    goal = safe_address(request.query_params.get("next", ""))
    if holder.step(now) != UNLOCK:
        if is_background(request):
            return Response(status_code=204)
        return go_on(Carried(next=goal), start_of_pages(holder.pages))
    return html("desk/sign_in/step.html", StepPage(UNLOCK, holder.sign_in_name, next=goal))


@router.post(UNLOCK_PAGE)
def unlock(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    holder: SessionHolder,
    carried: Annotated[Carried, Depends(parse_carried)],
    password: Annotated[str, Form(max_length=800)] = "",
) -> Response:
    """Go on after the password; a wrong one counts as a sign-in."""
    guard = guard_for(request, settings, "desk", holder.sign_in_name)
    cookie = desk_cookie(request, settings)

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, now)
        return sign_in.find_password_hash(session, holder.sign_in_name)

    def store(session: Session) -> None:
        if sign_in.find_password_hash(session, holder.sign_in_name) != password_hash:
            raise PasswordWrong
        showing.unlock(session, cookie, now)
        throttle.take_off(session, guard.attempt)

    try:
        with guard.log_refusal():
            # Two transactions: hashing the password takes too long to hold a lock meanwhile.
            password_hash = database.write(stored_hash)
            sign_in.check_password(password_hash, passwords.normalize(password))
            database.write(store)
    except TooManyAttempts as error:
        return refused(holder, carried, now, _("Thử lại sau 5 phút."), error.retry_after or 0)
    except PasswordWrong:
        return refused(holder, carried, now, _("Mật khẩu chưa đúng."))
    return go_on(carried, start_of_pages(holder.pages))
