"""/desk/supervisors/{id}: a colleague; a link for a new password, *Cho nghỉ*, coming back, and erasing the
name of one who has left."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.commune.credentials import supervisors
from app.commune.credentials.supervisors import Supervisor
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.upkeep.erasure.people import ERASED_SUPERVISOR, erase_supervisor
from app.web.addresses import commune_origin
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SUPERVISORS, build_frame
from app.web.desk.page.labels import Badge
from app.web.desk.people.supervisors.labels import state_badge
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, moment

router = APIRouter()
_DONE = {
    "ended": lazy("Đã cho nghỉ. Các lượt đã duyệt vẫn mang tên người này."),
    "erased": lazy("Đã xóa tên và số."),
}


@dataclass(frozen=True)
class SupervisorPage:
    """What templates/desk/people/supervisor.html, supervisor_end.html and supervisor_erase.html show;
    `address` is the page's own, `erased_name` what stands for an erased name."""

    title: str
    frame: Frame
    address: str
    name: str
    sign_in_name: str
    state: Badge
    last_use: str
    is_ended: bool
    is_erased: bool
    erased_name: str
    done: str


@router.get("/desk/supervisors/{account_id}")
def show_supervisor(account_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page, for oneself *Tài khoản*; `done` names what was just done."""
    if account_id == desk.actor.account_id:
        return RedirectResponse("/desk/account", 303)
    one = _find(desk, account_id)
    return html("desk/people/supervisor.html", _page(desk, one, one.account.name, _DONE.get(done, "")))


@router.post("/desk/supervisors/{account_id}/link", dependencies=[RecentFactor])
def reset_password(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cấp đường dẫn đặt mật khẩu*."""
    token = desk.database.write(
        lambda session: supervisors.reset_password(session, desk.actor, account_id, desk.now)
    )
    return _link_sheet(request, desk, account_id, token)


@router.get("/desk/supervisors/{account_id}/end")
def show_end_form(account_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Cho nghỉ* and say what it does."""
    one = _find(desk, account_id)
    return html(
        "desk/people/supervisor_end.html", _page(desk, one, _("Cho %(name)s nghỉ?", name=one.account.name))
    )


@router.post("/desk/supervisors/{account_id}/end", dependencies=[RecentFactor])
def end_supervisor(account_id: PathId, desk: Desk) -> Response:
    """*Cho nghỉ*."""
    desk.database.write(lambda session: supervisors.end_supervisor(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"/desk/supervisors/{account_id}?done=ended", 303)


@router.post("/desk/supervisors/{account_id}/return", dependencies=[RecentFactor])
def bring_back(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cho trở lại*: shows a link for a new password."""
    token = desk.database.write(
        lambda session: supervisors.bring_back(session, desk.actor, account_id, desk.now)
    )
    return _link_sheet(request, desk, account_id, token)


@router.get("/desk/supervisors/{account_id}/erase")
def show_erase_form(account_id: PathId, desk: Desk) -> Response:
    """Ask whether to erase the name of a colleague who has left, and say what it does."""
    one = _find(desk, account_id)
    if one.account.ended_at is None or one.account.erased_at is not None:
        raise NotFound
    title = _("Xóa tên và số của %(name)s?", name=one.account.name)
    return html("desk/people/supervisor_erase.html", _page(desk, one, title))


@router.post("/desk/supervisors/{account_id}/erase", dependencies=[RecentFactor])
def erase(account_id: PathId, desk: Desk) -> Response:
    """*Xóa tên và số*."""
    desk.database.write(lambda session: erase_supervisor(session, desk.actor, account_id, desk.now))
    desk.database.rewrite_log()
    return RedirectResponse(f"/desk/supervisors/{account_id}?done=erased", 303)


def _find(desk: DeskContext, account_id: str) -> Supervisor:
    """A colleague. Raises `NotFound`, also for oneself: nobody ends their own account."""
    if account_id == desk.actor.account_id:
        raise NotFound
    return desk.database.read(
        lambda session: supervisors.find_supervisor(session, desk.actor, account_id, desk.now)
    )


def _page(desk: DeskContext, one: Supervisor, title: str, done: str = "") -> SupervisorPage:
    return SupervisorPage(
        title=title,
        frame=desk.database.read(lambda session: build_frame(session, desk.actor, SUPERVISORS)),
        address=f"/desk/supervisors/{one.account.id}",
        name=one.account.name,
        sign_in_name=one.sign_in_name,
        state=state_badge(one),
        last_use=moment(one.last_used_at) if one.last_used_at else "",
        is_ended=one.account.ended_at is not None,
        is_erased=one.account.erased_at is not None,
        erased_name=ERASED_SUPERVISOR,
        done=done,
    )


def _link_sheet(request: Request, desk: DeskContext, account_id: str, token: str) -> Response:
    one = _find(desk, account_id)
    frame = desk.database.read(lambda session: build_frame(session, desk.actor, SUPERVISORS))
    address = f"/desk/supervisors/{account_id}"
    origin = desk.database.read(lambda session: commune_origin(session, request, desk.actor.commune_id))
    return link_sheet(origin, frame, address, (one.account.name, one.sign_in_name), token, desk.now)
