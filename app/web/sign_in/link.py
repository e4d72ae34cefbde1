"""/link/{token} and /link: choosing a password by a one-time link.

The address with the token answers with a cookie and goes on to /link, so that the token stays in no history,
no `Referer` and no address on a screen. Neither GET uses the link up.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import throttle
from app.commune.accounts.hashing import hash_secret
from app.commune.areas import place_names, refuse_other_host
from app.commune.credentials import choosing, links, passwords
from app.commune.credentials.choosing import SignedIn
from app.commune.credentials.links import LinkTarget
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import LinkInvalid, NameTaken
from app.web.cookies import delete_cookie, set_cookie
from app.web.deps import Config, Db, Now, cookie_name
from app.web.rendering import html
from app.web.sign_in.browsers import describe_browser
from app.web.sign_in.guard import guard_for
from app.web.sign_in.new_name import NAME_IS_IN_USE, name_problems
from app.web.sign_in.password_fields import password_problems
from app.web.sign_in.session_cookies import set_session_cookies, start_of

router = APIRouter()
COOKIE = "link"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class LinkPage:
    """What templates/desk/sign_in/link.html shows; `problems` are sentences by field. Only a new operator
    chooses the names."""

    is_new_operator: bool
    name: str
    sign_in_name: str
    problems: dict[str, str]


@router.get("/link/{token}")
def open_link(token: str, settings: Config) -> Response:
    """Keep the token in a cookie and go on. Whether the link is open is said there."""
    if not _TOKEN.fullmatch(token):
        raise LinkInvalid
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    response = RedirectResponse("/link", 303, headers=headers)
    set_cookie(response, COOKIE, token, links.LIFETIME, settings)
    return response


@router.get("/link")
def show_form(request: Request, database: Db, settings: Config, now: Now) -> Response:
    token = _token(request, settings)
    target = database.read(lambda session: links.find(session, token, now))
    if target is None:
        raise LinkInvalid
    return _form(target, _names(target, "", ""), {})


@router.post("/link")
def choose_password(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    password: Annotated[str, Form()] = "",
    repeated: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    sign_in_name: Annotated[str, Form()] = "",
) -> Response:
    """Store the password, use the link up and sign in. A new operator chooses a name too."""
    target = _find(request, database, settings, now)
    names = _names(target, name, sign_in_name.strip().lower())
    problems = name_problems(*names) if target.is_new_operator else {}
    commune_id = target.account.commune_id if target.account else ""
    places = database.read(lambda session: place_names(session, commune_id))
    problems |= password_problems(password, repeated, *names, places=places)
    if problems:
        return _form(target, names, problems)
    # Hashed outside the transaction: it takes too long to hold a lock meanwhile.
    password_hash = hash_secret(passwords.normalize(password))
    browser, demand = describe_browser(request.headers.get("user-agent", "")), settings.factor_demand
    attempt = guard_for(request, settings, "desk", names[1]).attempt

    def store(session: Session) -> tuple[SignedIn, str]:
        signed_in = choosing.choose_password(session, target, names, password_hash, now, browser, demand)
        refuse_other_host(session, signed_in.commune_id, request.url.hostname)
        return signed_in, throttle.remember_browser(session, attempt, now)

    try:
        signed_in, known = database.write(store)
    except NameTaken:
        return _form(target, names, {"sign_in_name": NAME_IS_IN_USE})
    response = RedirectResponse(start_of(signed_in), 303)
    set_session_cookies(response, signed_in, known, settings)
    return delete_cookie(response, COOKIE, settings)


def _find(request: Request, database: Database, settings: Settings, now: datetime) -> LinkTarget:
    """What the link of the request is for; one that is not open counts as a failure of its address.

    Raises `LinkInvalid`, `TooManyAttempts`.
    """
    token = _token(request, settings)
    guard = guard_for(request, settings, "link", token)

    def find(session: Session) -> LinkTarget | None:
        throttle.count_attempt(session, guard.attempt, now)
        target = links.find(session, token, now)
        if target:
            throttle.take_off(session, guard.attempt)
        return target

    with guard.log_refusal():
        target = database.write(find)
        if target is None:
            raise LinkInvalid
    return target


def _token(request: Request, settings: Settings) -> str:
    """The token of the cookie. Raises `LinkInvalid` if there is none."""
    token = request.cookies.get(cookie_name(COOKIE, settings), "")
    if not _TOKEN.fullmatch(token):
        raise LinkInvalid
    return token


def _names(target: LinkTarget, name: str, sign_in_name: str) -> tuple[str, str]:
    """The name and sign-in name of the link's person; those that were typed for a new operator."""
    if target.is_new_operator:
        return name, sign_in_name
    return target.account.name if target.account else "", target.sign_in_name


def _form(target: LinkTarget, names: tuple[str, str], problems: dict[str, str]) -> Response:
    page = LinkPage(
        is_new_operator=target.is_new_operator,
        name=names[0],
        sign_in_name=names[1],
        problems=dict.fromkeys(("name", "sign_in_name", "password", "repeated"), "") | problems,
    )
    return html("desk/sign_in/link.html", page, 422 if problems else 200)
