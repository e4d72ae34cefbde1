"""*Cán bộ*: the supervisors of the commune; inviting one, a link for a new password, *Cho nghỉ*, coming back,
erasing the name of one who has left; a colleague who has lost the second factor."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import supervisors
from app.commune.credentials.second_step import losing
from app.commune.credentials.supervisors import list_supervisors
from app.commune.second_factor import losses
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import lazy
from app.upkeep.erasure.people import ERASED_SUPERVISOR, erase_supervisor
from app.web.addresses import commune_origin
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SUPERVISORS
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.desk.people.supervisors.words import all_resets, loss_sentence, refusal_sentences, state_badge
from app.web.forms import Filled, Form, Sent, Values, submit
from app.web.reading import RecentFactor
from app.web.screens import screen
from app.web.sign_in.new_name import NAME_REFUSALS, NEW_PERSON

router = APIRouter()
_ONE = "/desk/supervisors/{account_id}"
_LOSS = "/desk/factor-losses/{loss_id}"
_DONE = {
    "ended": lazy("Đã cho nghỉ. Các lượt đã duyệt vẫn mang tên người này."),
    "erased": lazy("Đã xóa tên và số."),
}
NEW = Form(*NEW_PERSON, refusals=NAME_REFUSALS)


@router.get("/desk/supervisors")
def show_supervisors(desk: Desk) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        found = list_supervisors(session, desk.actor, desk.now)
        return {
            "rows": [(one, state_badge(one)) for one in found],
            "own_id": desk.actor.account_id,
            "resets": all_resets(session, desk),
            "idle": [
                (one.account.name, local_date(one.idle_since), f"/desk/supervisors/{one.account.id}/end")
                for one in found
                if one.idle_since and one.is_idle(desk.now)
            ],
        }

    return screen(desk, "desk/people/supervisors.html", SUPERVISORS, load)


@router.get("/desk/supervisors/new")
def show_invite_form(desk: Desk) -> Response:
    """*Mời cán bộ mới*."""
    return _invite_page(desk, NEW.blank())


@router.post("/desk/supervisors/new", dependencies=[RecentFactor])
def invite_supervisor(request: Request, desk: Desk, sent: Sent) -> Response:
    """Add the supervisor and show their link; a wrong field shows the form again with a sentence."""

    def invite(session: Session, typed: Values) -> tuple[str, str]:
        names = (typed["name"], typed["sign_in_name"])
        account, token = supervisors.invite_supervisor(session, desk.actor, *names, desk.now)
        return account.id, token

    def invited(made: tuple[str, str]) -> Response:
        return _link_sheet(request, desk, *made)

    return submit(desk, NEW, sent, invite, invited, lambda form: _invite_page(desk, form))


@router.get(_ONE)
def show_supervisor(account_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page, for oneself *Tài khoản*; `done` names what was just done."""
    if account_id == desk.actor.account_id:
        return RedirectResponse("/desk/account", 303)
    return _page(desk, "supervisor", account_id, done)


@router.post(f"{_ONE}/link", dependencies=[RecentFactor])
def reset_password(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cấp đường dẫn đặt mật khẩu*."""
    token = desk.database.write(
        lambda session: supervisors.reset_password(session, desk.actor, account_id, desk.now)
    )
    return _link_sheet(request, desk, account_id, token)


@router.get(f"{_ONE}/end")
def show_end_form(account_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Cho nghỉ* and say what it does."""
    return _page(desk, "supervisor_end", account_id)


@router.post(f"{_ONE}/end", dependencies=[RecentFactor])
def end_supervisor(account_id: PathId, desk: Desk) -> Response:
    """*Cho nghỉ*."""
    desk.database.write(lambda session: supervisors.end_supervisor(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"/desk/supervisors/{account_id}?done=ended", 303)


@router.post(f"{_ONE}/return", dependencies=[RecentFactor])
def bring_back(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cho trở lại*: shows a link for a new password."""
    token = desk.database.write(
        lambda session: supervisors.bring_back(session, desk.actor, account_id, desk.now)
    )
    return _link_sheet(request, desk, account_id, token)


@router.get(f"{_ONE}/erase")
def show_erase_form(account_id: PathId, desk: Desk) -> Response:
    """Ask whether to erase the name of a colleague who has left, and say what it does."""
    return _page(desk, "supervisor_erase", account_id)


@router.post(f"{_ONE}/erase", dependencies=[RecentFactor])
def erase(account_id: PathId, desk: Desk) -> Response:
    """*Xóa tên và số*."""
    desk.database.write(lambda session: erase_supervisor(session, desk.actor, account_id, desk.now))
    desk.database.rewrite_log()
    return RedirectResponse(f"/desk/supervisors/{account_id}?done=erased", 303)


@router.get(_LOSS)
def show_loss(request: Request, settings: Config, loss_id: PathId, desk: Desk) -> Response:
    """What was asked for, and what confirming and stopping do."""
    return _loss_page(desk, desk_cookie(request, settings), loss_id)


@router.post(f"{_LOSS}/confirm", dependencies=[RecentFactor])
def confirm_loss(request: Request, settings: Config, loss_id: PathId, desk: Desk) -> Response:
    """*Xác nhận*."""
    cookie = desk_cookie(request, settings)
    is_confirmed = desk.database.write(
        lambda session: losing.confirm_loss(session, desk.actor, cookie, loss_id, desk.now)
    )
    return RedirectResponse("/desk/", 303) if is_confirmed else _loss_page(desk, cookie, loss_id, 409)


@router.post(f"{_LOSS}/stop")
def stop_loss(loss_id: PathId, desk: Desk) -> Response:
    """*Dừng*: the factor stays as it is."""

    def store(session: Session) -> None:
        loss = losses.find_open(session, desk.actor.commune_id, loss_id, desk.now)
        losses.stop(session, loss, desk.actor.account_id, desk.now)

    desk.database.write(store)
    return RedirectResponse("/desk/", 303)


def _invite_page(desk: DeskContext, form: Filled) -> Response:
    template = "desk/people/supervisor_form.html"
    return screen(desk, template, SUPERVISORS, lambda _: {"form": form}, form.status)


def _page(desk: DeskContext, template: str, account_id: str, done: str = "") -> Response:
    """A page about a colleague. Raises `NotFound`, also for oneself: nobody ends their own account; and for
    the question whether to erase one who has not left, or was erased."""

    def load(session: Session) -> Mapping[str, Any]:
        if account_id == desk.actor.account_id:
            raise NotFound
        one = supervisors.find_supervisor(session, desk.actor, account_id, desk.now)
        account = one.account
        if template == "supervisor_erase" and (account.ended_at is None or account.erased_at is not None):
            raise NotFound
        return {
            "one": one,
            "account": account,
            "state": state_badge(one),
            "erased_name": ERASED_SUPERVISOR,
            "done": _DONE.get(done, ""),
        }

    return screen(desk, f"desk/people/{template}.html", SUPERVISORS, load)


def _loss_page(desk: DeskContext, cookie: str | None, loss_id: str, status: int = 200) -> Response:
    """`refusal`: why the reader cannot confirm it."""

    def load(session: Session) -> Mapping[str, Any]:
        found = losses.list_open(session, desk.actor, desk.now)
        one = next((one for one in found if one.loss.id == loss_id), None)
        if one is None:
            raise NotFound
        refusal = losing.why_not_confirm(session, desk.actor, cookie, one.loss, desk.now)
        return {
            "one": one,
            "sentence": loss_sentence(one),
            "refusal": refusal_sentences(desk.actor, one, refusal) if refusal else [],
        }

    return screen(desk, "desk/people/factor_loss.html", SUPERVISORS, load, status)


def _link_sheet(request: Request, desk: DeskContext, account_id: str, token: str) -> Response:
    one = desk.read(lambda session: supervisors.find_supervisor(session, desk.actor, account_id, desk.now))
    origin = desk.read(lambda session: commune_origin(session, request, desk.actor.commune_id))
    names = (one.account.name, one.sign_in_name)
    return link_sheet(desk, SUPERVISORS, origin, f"/desk/supervisors/{account_id}", names, token)
