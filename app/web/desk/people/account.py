"""/desk/account: one's own password, sessions, and the number for the teams to call."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.areas import place_names
from app.commune.credentials import own_account
from app.core.errors import PhoneInvalid
from app.core.numbers.phone import display_phone
from app.core.strings import lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.people.supervisors.words import own_resets
from app.web.forms import At, Filled, Form, Sent, Text, Values, submit
from app.web.screens import screen
from app.web.sign_in.guard import guard_for
from app.web.sign_in.own_account import DONE, PASSWORD, refused_page
from app.web.sign_in.own_account import change_password as change_own_password
from app.web.sign_in.password_fields import password_problems

router = APIRouter()
_DONE = {**DONE, "contact": lazy("Đã lưu. Máy của các tổ nhận số này ở lần gửi tới.")}
CONTACT = Form(
    Text(
        "contact",
        lazy("Số điện thoại"),
        lazy("Hiện cùng họ tên ở mục Trợ giúp trên máy của các tổ. Để trống thì không hiện."),
        maxlength=20,
        shown=40,
        type="tel",
        inputmode="tel",
    ),
    refusals={PhoneInvalid: At("contact", lazy("Số điện thoại chưa đúng."))},
)


@router.get("/desk/account")
def show_account(request: Request, settings: Config, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(desk, desk_cookie(request, settings), done=_DONE.get(done, ""))


@router.post("/desk/account/password")
def change_password(request: Request, settings: Config, desk: Desk, sent: Sent) -> Response:
    """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
    cookie, form = desk_cookie(request, settings), PASSWORD.read(sent, desk.now)
    current, password, repeated = (form.values[name] for name in ("current", "password", "repeated"))
    name = desk.read(lambda session: own_account.own_sign_in_name(session, desk.actor))
    places = desk.read(lambda session: place_names(session, desk.actor.commune_id))
    if problems := password_problems(password, repeated, desk.actor.name, name, places=places):
        return _page(desk, cookie, form.with_problems(problems))
    guard = guard_for(request, settings, "desk", name)

    def store(session: Session, old_hash: str, new_hash: str) -> None:
        own_account.change_password(session, desk.actor, old_hash, new_hash, cookie, desk.now)

    if refused := change_own_password(desk.database, guard, name, current, password, desk.now, store):
        return refused_page(partial(_page, desk, cookie), form, refused)
    return RedirectResponse("/desk/account?done=password", 303)


@router.post("/desk/account/contact")
def change_contact(request: Request, settings: Config, desk: Desk, sent: Sent) -> Response:
    """*Số để tổ gọi*: it is on the phones of the commune's teams after their next exchange."""

    def change(session: Session, typed: Values) -> None:
        own_account.change_contact_phone(session, desk.actor, typed["contact"][:40])

    def again(form: Filled) -> Response:
        return _page(desk, desk_cookie(request, settings), contact=form)

    return submit(desk, CONTACT, sent, change, "/desk/account?done=contact", again)


@router.post("/desk/account/elsewhere")
def sign_out_elsewhere(request: Request, settings: Config, desk: Desk) -> Response:
    """*Đăng xuất nơi khác*."""
    cookie = desk_cookie(request, settings)
    desk.database.write(lambda session: own_account.sign_out_elsewhere(session, desk.actor, cookie))
    return RedirectResponse("/desk/account?done=elsewhere", 303)


def _page(
    desk: DeskContext,
    cookie: str | None,
    password: Filled | None = None,
    *,
    contact: Filled | None = None,
    done: str = "",
) -> Response:
    """The page, with the form that was refused; `resets`: that somebody else has set the password."""

    def load(session: Session) -> Mapping[str, Any]:
        number = display_phone(own_account.contact_phone(session, desk.actor))
        return {
            "name": desk.actor.name,
            "sign_in_name": own_account.own_sign_in_name(session, desk.actor),
            "contact": contact or CONTACT.blank(contact=number),
            "password": password or PASSWORD.blank(),
            "sessions": own_account.list_sessions(session, desk.actor, cookie, desk.now),
            "done": done,
            "resets": own_resets(session, desk),
        }

    refused = password or contact
    return screen(desk, "desk/people/account.html", "", load, refused.status if refused else 200)
