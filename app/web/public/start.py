"""`/`: the way to the phone's app and to the desk, for whoever knows the address only."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.commune.credentials.second_step.holder import find_holder
from app.core.db import Database
from app.core.errors import CodedError
from app.web.deps import Config, Db, Now, cookie_name, desk_cookie
from app.web.rendering import render
from app.web.sign_in.session_cookies import start_of_pages

router = APIRouter()
PHONE = "/field/"


@router.get("/", include_in_schema=False)
def start(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """Straight to where somebody has signed in with this browser; both ways if that is nowhere or in both."""
    is_phone = cookie_name("device", settings) in request.cookies
    desk = _desk_start(database, desk_cookie(request, settings), now)
    if desk and not is_phone:
        return RedirectResponse(desk, 303)
    if is_phone and not desk:
        return RedirectResponse(PHONE, 303)
    return render("public/start.html", {"desk": desk or "/desk/"})


def _desk_start(database: Database, cookie: str | None, now: datetime) -> str:
    """The first page of the desk session's person; empty without a session that opens one."""
    if not cookie:
        return ""
    try:
        return start_of_pages(database.read(lambda session: find_holder(session, cookie, now)).pages)
    except CodedError:
        return ""
