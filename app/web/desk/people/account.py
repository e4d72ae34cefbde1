"""/desk/account: one's own password and sessions."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.areas import place_names
from app.commune.credentials import own_account
from app.core.errors import PhoneInvalid
from app.core.numbers.phone import display_phone
from app.core.strings import _, lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import build_frame
from app.web.desk.people.supervisors.resets import own_resets
from app.web.frame import Frame
from app.web.sign_in.guard import guard_for
from app.web.sign_in.own_account import DONE, Field, SessionRow, account_page, session_rows
from app.web.sign_in.own_account import change_password as change_own_password
from app.web.sign_in.password_fields import password_problems

router = APIRouter()
_DONE = {**DONE, "contact": lazy("Đã lưu. Máy của các tổ nhận số này ở lần gửi tới.")}


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
    current: Field = "",
    password: Field = "",
    repeated: Field = "",
) -> Response:
    """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
    cookie = desk_cookie(request, settings)
    name = desk.database.read(lambda session: own_account.own_sign_in_name(session, desk.actor))
    places = desk.database.read(lambda session: place_names(session, desk.actor.commune_id))
    problems = password_problems(password, repeated, desk.actor.name, name, places=places)
    if problems:
        return _page(desk, cookie, problems)
    guard = guard_for(request, settings, "desk", name)

    def store(session: Session, old_hash: str, new_hash: str) -> None:
        own_account.change_password(session, desk.actor, old_hash, new_hash, cookie, desk.now)

    if refused := change_own_password(desk.database, guard, name, current, password, desk.now, store):
        return _page(desk, cookie, {"current": refused.sentence}, retry_after=refused.retry_after)
    return RedirectResponse("/desk/account?done=password", 303)


@router.post("/desk/account/contact")
def change_contact(request: Request, settings: Config, desk: Desk, contact: Field = "") -> Response:
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
    retry_after: int = 0,
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
            sessions=session_rows(own_account.list_sessions(session, desk.actor, cookie, desk.now)),
            done=done,
            resets=own_resets(session, desk),
        )

    return account_page("desk/people/account.html", desk.database.read(load), problems, retry_after)
