"""/operator/account: an operator's own password and sessions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import operators
from app.core.strings import _
from app.web.deps import Config, desk_cookie
from app.web.desk.page.frame import Frame
from app.web.operator.context import ACCOUNT, OperatorContext, operator_frame
from app.web.sign_in import own_account
from app.web.sign_in.guard import guard_for
from app.web.sign_in.own_account import account_page
from app.web.sign_in.password_fields import password_problems

router = APIRouter()
Context = Annotated[OperatorContext, Depends()]


@dataclass(frozen=True)
class OperatorAccountPage:
    """What templates/operator/account.html shows; `problems` are sentences by field."""

    title: str
    frame: Frame
    name: str
    sign_in_name: str
    problems: dict[str, str]
    sessions: list[own_account.SessionRow]
    done: str


@router.get(ACCOUNT)
def show_account(request: Request, settings: Config, context: Context, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(context, desk_cookie(request, settings), {}, own_account.DONE.get(done, ""))


@router.post(f"{ACCOUNT}/password")
def change_password(
    request: Request,
    settings: Config,
    context: Context,
    current: own_account.Field = "",
    password: own_account.Field = "",
    repeated: own_account.Field = "",
) -> Response:
    """*Đổi mật khẩu*: asks the old one, which counts as a sign-in when it is wrong."""
    cookie, operator = desk_cookie(request, settings), context.operator
    name = operator.sign_in_name
    if problems := password_problems(password, repeated, operator.name, name):
        return _page(context, cookie, problems)
    guard = guard_for(request, settings, "desk", name)

    def store(session: Session, old_hash: str, new_hash: str) -> None:
        operators.change_password(session, operator, old_hash, new_hash, cookie, context.now)

    if refused := own_account.change_password(
        context.database, guard, name, current, password, context.now, store
    ):
        return _page(context, cookie, {"current": refused.sentence}, retry_after=refused.retry_after)
    return RedirectResponse(f"{ACCOUNT}?done=password", 303)


@router.post(f"{ACCOUNT}/elsewhere")
def sign_out_elsewhere(request: Request, settings: Config, context: Context) -> Response:
    """*Đăng xuất nơi khác*."""
    cookie = desk_cookie(request, settings)
    context.database.write(lambda session: operators.sign_out_elsewhere(session, context.operator, cookie))
    return RedirectResponse(f"{ACCOUNT}?done=elsewhere", 303)


def _page(
    context: OperatorContext,
    cookie: str | None,
    problems: dict[str, str],
    done: str = "",
    retry_after: int = 0,
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
        sessions=own_account.session_rows(found),
        done=done,
    )
    return account_page("operator/account.html", page, problems, retry_after)
