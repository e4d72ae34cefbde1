"""Choosing the language of the desk: /desk/language. It is kept in the browser, so the sign-in has it too."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.core.strings import known_language
from app.web.cookies import set_cookie
from app.web.deps import Config
from app.web.expired_session import SIGN_IN, START, safe_address
from app.web.middleware.language import COOKIE

router = APIRouter()
LIFETIME = timedelta(days=365)


@router.post("/desk/language")
def choose_language(
    request: Request, settings: Config, language: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Choose it, and go back to the page."""
    response = RedirectResponse(_page_before(request), 303)
    set_cookie(response, COOKIE, known_language(language), LIFETIME, settings)
    return response


def _page_before(request: Request) -> str:
    before = urlsplit(request.headers.get("referer", ""))
    if before.netloc != request.headers.get("host"):
        return START
    page = f"{before.path}?{before.query}" if before.query else before.path
    return safe_address(page) or (SIGN_IN if before.path == SIGN_IN else START)
