"""/desk/account: one's own password and sessions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.hashing import hash_secret
from app.commune.credentials import own_account, passwords
from app.core.errors import PasswordWrong, PhoneInvalid, TooManyAttempts
from app.core.phone import display_phone
from app.core.strings import _, lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import Frame, build_frame
from app.web.desk.people.supervisors.resets import own_resets
from app.web.rendering import html, moment
from app.web.sign_in.guard import guard_for
from app.web.sign_in.password_fields import password_problems

router = APIRouter()
_DONE = {
    "password": lazy("Đã đổi mật khẩu. Các nơi khác phải đăng nhập lại."),
    "contact": lazy("Đã lưu. Máy của các tổ nhận số này ở lần gửi tới."),
    "elsewhere": lazy("Đã đăng xuất ở các nơi khác."),
}


@dataclass(frozen=True)
class SessionRow:
    """A session in the list."""

    browser: str
    last_use: str
    is_current: bool


@dataclass(frozen=True)
class AccountPage:
    """What templates/desk/people/account.html shows; `problems` are sentences by field. `resets`: that
    somebody else has set the password."""

    title: str
    frame: Frame
    name: str
    sign_in_name: str
    contact_phone: str
    problems: dict[str, str]
    sessions: list[SessionRow]
    done: str
    resets: list[str]


@router.get("/desk/account")
def show_account(request: Request, settings: Config, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(desk, desk_cookie(request, settings), {}, _DONE.get(done, ""))


@router.post("/desk/account/password")
def change_password(
    request: Request,
    settings: Config,
    desk: Desk,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    repeated: Annotated[str, Form()] = "",
) -> Response:
    """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
    cookie = desk_cookie(request, settings)
    name = desk.database.read(lambda session: own_account.own_sign_in_name(session, desk.actor))
    problems = password_problems(password, repeated, desk.actor.name, name)
    if problems:
        return _page(desk, cookie, problems)
    guard = guard_for(request, settings, "desk", name)

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, desk.now)
        return sign_in.find_password_hash(session, name)

    def store(session: Session) -> None:
        own_account.change_password(session, desk.actor, password_hash, new_hash, cookie, desk.now)
        throttle.take_off(session, guard.attempt)

    try:
        with guard.log_refusal():
            # Two transactions: hashing takes too long to hold a lock meanwhile.
            password_hash = desk.database.write(stored_hash)
            sign_in.check_password(password_hash, passwords.normalize(current))
            new_hash = hash_secret(passwords.normalize(password))
            desk.database.write(store)
    except TooManyAttempts as error:
        page = _page(desk, cookie, {"current": _("Thử lại sau 5 phút.")}, status=429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    except PasswordWrong:
        return _page(desk, cookie, {"current": _("Mật khẩu đang dùng chưa đúng.")})
    return RedirectResponse("/desk/account?done=password", 303)


@router.post("/desk/account/contact")
def change_contact(
    request: Request, settings: Config, desk: Desk, contact: Annotated[str, Form()] = ""
) -> Response:
    """*Số để tổ gọi*: it is on the phones of the commune's teams after their next exchange."""
    try:
        desk.database.write(
            lambda session: own_account.change_contact_phone(session, desk.actor, contact[:40])
        )
    except PhoneInvalid:
        cookie = desk_cookie(request, settings)
        return _page(desk, cookie, {"contact": _("Số điện thoại chưa đúng.")}, contact=contact[:40])
    return RedirectResponse("/desk/account?done=contact", 303)


@router.post("/desk/account/elsewhere")
def sign_out_elsewhere(request: Request, settings: Config, desk: Desk) -> Response:
    """*Đăng xuất nơi khác*."""
    cookie = desk_cookie(request, settings)
    desk.database.write(lambda session: own_account.sign_out_elsewhere(session, desk.actor, cookie))
    return RedirectResponse("/desk/account?done=elsewhere", 303)


def _page(
    desk: DeskContext,
    cookie: str | None,
    problems: dict[str, str],
    done: str = "",
    status: int = 0,
    contact: str | None = None,
) -> Response:
    def load(session: Session) -> AccountPage:
        return AccountPage(
            title=_("Tài khoản"),
            frame=build_frame(session, desk.actor, ""),
            name=desk.actor.name,
            sign_in_name=own_account.own_sign_in_name(session, desk.actor),
            contact_phone=(
                display_phone(own_account.contact_phone(session, desk.actor)) if contact is None else contact
            ),
            problems={"contact": "", "current": "", "password": "", "repeated": ""} | problems,
            sessions=[
                SessionRow(one.browser or _("Trình duyệt"), moment(one.last_used_at), one.is_current)
                for one in own_account.list_sessions(session, desk.actor, cookie, desk.now)
            ],
            done=done,
            resets=own_resets(session, desk),
        )

    return html("desk/people/account.html", desk.database.read(load), status or (422 if problems else 200))
