"""/desk/second-factor/passkey: setting up a passkey and showing it. `static/desk/passkey.ts` asks the browser
for it and sends the form."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import throttle
from app.commune.credentials.second_step import changing, passkeys
from app.commune.credentials.second_step.holder import NewCookie
from app.commune.second_factor import recovery
from app.commune.second_factor.factors import CodeWrong
from app.commune.second_factor.passkeys import MAX_CREDENTIAL, Site
from app.core.errors import TooManyAttempts
from app.core.strings import _
from app.web.cookies import set_cookie
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.expired_session import SECOND_FACTOR, SET_UP
from app.web.middleware.security import is_loopback
from app.web.second_factor.codes import setup_answer
from app.web.second_factor.step import refused
from app.web.sign_in.browsers import describe_browser
from app.web.sign_in.going_on import Carried, go_on, parse_carried
from app.web.sign_in.guard import KNOWN_BROWSER, guard_for
from app.web.sign_in.session_cookies import set_session_cookie, start_of_pages

router = APIRouter()
PATH = f"{SECOND_FACTOR}/passkey"
Credential = Annotated[str, Form(max_length=MAX_CREDENTIAL)]
ThisCarried = Annotated[Carried, Depends(parse_carried)]


@router.post(f"{PATH}/options")
def options_to_show(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """What the browser needs to show a passkey; 404 for whoever has none."""
    cookie, site = desk_cookie(request, settings), site_of(request)
    return _json(database.write(lambda session: passkeys.options_to_show(session, cookie, site, now)))


@router.post(f"{PATH}/new-options")
def options_to_add(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """What the browser needs to make one."""
    cookie, site = desk_cookie(request, settings), site_of(request)
    return _json(database.write(lambda session: passkeys.options_to_add(session, cookie, site, now)))


@router.post(PATH)
def show_passkey(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    holder: SessionHolder,
    carried: ThisCarried,
    credential: Credential = "",
) -> Response:
    """Open the session by a passkey; a wrong one counts as a wrong code."""
    guard = guard_for(request, settings, "factor", holder.sign_in_name)
    cookie, site = desk_cookie(request, settings), site_of(request)

    def store(session: Session) -> tuple[NewCookie | None, str]:
        renewed = passkeys.show(session, cookie, site, credential, now)
        return renewed, throttle.record_success(session, guard.attempt, now)

    try:
        with guard.log_refusal():
            database.write(lambda session: throttle.count_attempt(session, guard.attempt, now))
            renewed, known = database.write(store)
    except TooManyAttempts as error:
        return refused(holder, carried, now, _("Thử lại sau 5 phút."), error.retry_after or 0)
    except CodeWrong:
        return refused(holder, carried, now, _("Khóa truy cập chưa dùng được. Hãy thử lại hoặc nhập mã."))
    guard.log_success(holder.id)
    answer = go_on(carried, start_of_pages(holder.pages))
    set_cookie(answer, KNOWN_BROWSER, known, throttle.KNOWN_BROWSER_LIFETIME, settings)
    return set_session_cookie(answer, renewed, settings)


@router.post(f"{PATH}/new")
def add_passkey(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    holder: SessionHolder,
    carried: ThisCarried,
    credential: Credential = "",
) -> Response:
    """Add a passkey and, if it is the first factor, show the recovery codes."""
    cookie, site = desk_cookie(request, settings), site_of(request)
    browser = describe_browser(request.headers.get("user-agent", ""))

    def salt_of(session: Session) -> bytes:
        changing.require_change(session, cookie, now)
        return recovery.salt(session)

    codes = recovery.new_codes()
    hashes = recovery.hashes_of(codes, database.read(salt_of))
    try:
        setup = database.write(
            lambda session: passkeys.add(session, cookie, site, credential, browser, hashes, now)
        )
    except CodeWrong:
        return RedirectResponse(SET_UP, 303)
    return setup_answer(holder, setup, codes, carried, settings)


def site_of(request: Request) -> Site:
    """The host name that the request was sent to, which `AllowedHosts` has checked. Browsers make passkeys
    over HTTPS, and over HTTP for this machine's own names only: nothing else is taken over HTTP."""
    name, host = request.url.hostname or "", request.headers.get("host", "")
    schemes = ("https", "http") if is_loopback(name) else ("https",)
    return Site(name, tuple(f"{scheme}://{host}" for scheme in schemes))


def _json(content: str) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
