"""What an answer to somebody who has just signed in carries, and where they begin."""

from fastapi.responses import Response

from app.commune.accounts.sessions import REMEMBERED_LIFETIME
from app.commune.accounts.throttle import KNOWN_BROWSER_LIFETIME
from app.commune.credentials.choosing import Pages, SignedIn
from app.commune.credentials.second_step.holder import NewCookie
from app.core.config import Settings
from app.web.cookies import set_cookie
from app.web.expired_session import OPERATOR_START, PROVINCE_START, START
from app.web.sign_in.guard import KNOWN_BROWSER

_STARTS: dict[Pages, str] = {"desk": START, "operator": OPERATOR_START, "province": PROVINCE_START}


def set_session_cookies(
    response: Response, signed_in: SignedIn, known_browser: str, settings: Settings
) -> Response:
    """`response` with the cookies of the session and of the known browser."""
    set_session_cookie(response, NewCookie(signed_in.cookie, signed_in.is_remembered), settings)
    set_cookie(response, KNOWN_BROWSER, known_browser, KNOWN_BROWSER_LIFETIME, settings)
    return response


def set_session_cookie(response: Response, cookie: NewCookie | None, settings: Settings) -> Response:
    """`response` with the session's cookie; None: the browser keeps the one that it has."""
    if cookie:
        lifetime = REMEMBERED_LIFETIME if cookie.is_remembered else None
        set_cookie(response, "desk", cookie.value, lifetime, settings)
    return response


def start_of(signed_in: SignedIn) -> str:
    """The address of the first page: the desk's, an operator's or a province's."""
    return start_of_pages(signed_in.pages)


def start_of_pages(pages: Pages) -> str:
    """The address of their first page."""
    return _STARTS[pages]
