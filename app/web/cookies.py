"""The cookies of the sign-ins."""

from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

from app.commune.accounts import sessions
from app.core.config import Settings
from app.core.db import Database
from app.web.deps import cookie_name


def set_cookie(
    response: Response, kind: str, value: str, max_age: timedelta | None, settings: Settings
) -> None:
    """Set the cookie `kind` (see `deps.cookie_name`) for `max_age`; None: until the browser is closed."""
    response.set_cookie(
        cookie_name(kind, settings),
        value,
        max_age=None if max_age is None else int(max_age.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=not settings.is_demo,
    )


def end_session(
    response: Response, kind: str, request: Request, database: Database, settings: Settings
) -> Response:
    """End the session that the request's cookie `kind` belongs to; `response` deletes the cookie."""
    name = cookie_name(kind, settings)
    database.write(lambda session: sessions.sign_out(session, request.cookies.get(name)))
    return delete_cookie(response, kind, settings)


def delete_cookie(response: Response, kind: str, settings: Settings) -> Response:
    """Delete the cookie `kind`."""
    name = cookie_name(kind, settings)
    response.delete_cookie(name, secure=not settings.is_demo, httponly=True, samesite="lax")
    return response
