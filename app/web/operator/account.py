"""/operator/account: an operator's own password and sessions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import sign_in, throttle
from app.commune.accounts.hashing import hash_secret
from app.commune.credentials import operators, passwords
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.strings import _, lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.frame import Frame
from app.web.desk.people.account import SessionRow
from app.web.operator.context import ACCOUNT, OperatorContext, operator_frame
from app.web.rendering import html, moment
from app.web.sign_in.guard import guard_for
from app.web.sign_in.password_fields import password_problems

router = APIRouter()
Context = Annotated[OperatorContext, Depends()]
_DONE = {
    "password": lazy("Đã đổi mật khẩu. Các nơi khác phải đăng nhập lại."),
    "elsewhere": lazy("Đã đăng xuất ở các nơi khác."),
}


@dataclass(frozen=True)
class OperatorAccountPage:
    """What templates/operator/account.html shows; `problems` are sentences by field."""

    title: str
    frame: Frame
    name: str
    sign_in_name: str
    problems: dict[str, str]
    sessions: list[SessionRow]
    done: str


@router.get(ACCOUNT)
def show_account(request: Request, settings: Config, context: Context, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(context, desk_cookie(request, settings), {}, _DONE.get(done, ""))


@router.post(f"{ACCOUNT}/password")
def change_password(
    request: Request,
    settings: Config,
    context: Context,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    repeated: Annotated[str, Form()] = "",
) -> Response:
    """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
    cookie, operator = desk_cookie(request, settings), context.operator
    name = operator.sign_in_name
    if problems := password_problems(password, repeated, operator.name, name):
        return _page(context, cookie, problems)
    guard = guard_for(request, settings, "desk", name)

    def stored_hash(session: Session) -> str:
        throttle.count_attempt(session, guard.attempt, context.now)
        return sign_in.find_password_hash(session, name)

    def store(session: Session) -> None:
        operators.change_password(session, operator, password_hash, new_hash, cookie, context.now)
        throttle.take_off(session, guard.attempt)

    try:
        with guard.log_refusal():
            # Two transactions: hashing takes too long to hold a lock meanwhile.
            password_hash = context.database.write(stored_hash)
            sign_in.check_password(password_hash, passwords.normalize(current))
            new_hash = hash_secret(passwords.normalize(password))
            context.database.write(store)
    except TooManyAttempts as error:
        page = _page(context, cookie, {"current": _("Thử lại sau 5 phút.")}, status=429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    except PasswordWrong:
        return _page(context, cookie, {"current": _("Mật khẩu đang dùng chưa đúng.")})
    return RedirectResponse(f"{ACCOUNT}?done=password", 303)


@router.post(f"{ACCOUNT}/elsewhere")
def sign_out_elsewhere(request: Request, settings: Config, context: Context) -> Response:
    """*Đăng xuất nơi khác*."""
    cookie = desk_cookie(request, settings)
    context.database.write(lambda session: operators.sign_out_elsewhere(session, context.operator, cookie))
    return RedirectResponse(f"{ACCOUNT}?done=elsewhere", 303)


def _page(
    context: OperatorContext, cookie: str | None, problems: dict[str, str], done: str = "", status: int = 0
) -> Response:
    found = context.database.read(
        lambda session: operators.list_sessions(session, context.operator, cookie, context.now)
    )
    page = OperatorAccountPage(
        title=_("Tài khoản"),
        frame=operator_frame(context.operator),
        name=context.operator.name,
        sign_in_name=context.operator.sign_in_name,
        problems={"current": "", "password": "", "repeated": ""} | problems,
        sessions=[
            SessionRow(one.browser or _("Trình duyệt"), moment(one.last_used_at), one.is_current)
            for one in found
        ],
        done=done,
    )
    return html("operator/account.html", page, status or (422 if problems else 200))
