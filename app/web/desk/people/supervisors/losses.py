"""/desk/factor-losses: a colleague has lost the second factor; confirming it, or stopping what was asked."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials.second_step import losing
from app.commune.second_factor import losses
from app.commune.second_factor.losses import OpenLoss
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SUPERVISORS, Frame, build_frame
from app.web.desk.page.labels import Link
from app.web.reading import RecentFactor
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/factor-losses/{loss_id}"
_REASONS = {
    "own": lazy("Đây là yêu cầu của chính bạn: cần một đồng nghiệp khác xác nhận."),
    "operator": lazy("Yêu cầu của người vận hành tự có hiệu lực sau 24 giờ, không cần xác nhận."),
    "no_factor": lazy("Bạn cần đặt xác thực hai lớp cho mình trước, rồi mới xác nhận cho người khác."),
    "new_factor": lazy("Bạn mới đặt xác thực hai lớp: sau 24 giờ mới xác nhận cho người khác được."),
    "reset": lazy("Bạn đã cấp đường dẫn đặt mật khẩu cho người này: cần một đồng nghiệp khác xác nhận."),
}


@dataclass(frozen=True)
class LossPage:
    """What templates/desk/people/factor_loss.html shows. `refusal`: why the reader cannot confirm it."""

    title: str
    frame: Frame
    address: str
    sentence: str
    person: str
    is_confirmed: bool
    refusal: str


@router.get(PATH)
def show_loss(request: Request, settings: Config, loss_id: PathId, desk: Desk) -> Response:
    """What was asked, and what confirming and stopping do."""
    return _page(desk, desk_cookie(request, settings), loss_id)


@router.post(f"{PATH}/confirm", dependencies=[RecentFactor])
def confirm(request: Request, settings: Config, loss_id: PathId, desk: Desk) -> Response:
    """*Xác nhận*."""
    cookie = desk_cookie(request, settings)
    is_confirmed = desk.database.write(
        lambda session: losing.confirm_loss(session, desk.actor, cookie, loss_id, desk.now)
    )
    return RedirectResponse("/desk/", 303) if is_confirmed else _page(desk, cookie, loss_id, 409)


@router.post(f"{PATH}/stop")
def stop(loss_id: PathId, desk: Desk) -> Response:
    """*Dừng*: the factor stays as it is."""

    def store(session: Session) -> None:
        losses.stop(session, desk.actor, losses.find_open(session, desk.actor, loss_id, desk.now), desk.now)

    desk.database.write(store)
    return RedirectResponse("/desk/", 303)


def open_losses(session: Session, desk: DeskContext) -> list[Link]:
    """What was asked and is not decided, each with its page."""
    found = losses.list_open(session, desk.actor, desk.now)
    return [Link(_sentence(one), f"/desk/factor-losses/{one.loss.id}") for one in found]


def _page(desk: DeskContext, cookie: str | None, loss_id: str, status: int = 200) -> Response:
    def load(session: Session) -> LossPage:
        found = losses.list_open(session, desk.actor, desk.now)
        one = next((one for one in found if one.loss.id == loss_id), None)
        if one is None:
            raise NotFound
        reason = losing.why_not_confirm(session, desk.actor, cookie, one.loss, desk.now)
        return LossPage(
            title=_("Lớp thứ hai của %(person)s", person=one.person),
            frame=build_frame(session, desk.actor, SUPERVISORS),
            address=f"/desk/factor-losses/{loss_id}",
            sentence=_sentence(one),
            person=one.person,
            is_confirmed=one.loss.confirmed_at is not None,
            refusal=str(_REASONS.get(reason, "")),
        )

    return html("desk/people/factor_loss.html", desk.database.read(load), status)


def _sentence(one: OpenLoss) -> str:
    loss, person = one.loss, one.person
    if loss.due_at:
        return _(
            "%(by)s, người vận hành, xin đặt lại lớp thứ hai của %(person)s, có hiệu lực từ %(when)s.",
            by=loss.operator,
            person=person,
            when=moment(loss.due_at),
        )
    if loss.confirmed_at:
        return _("%(person)s được xác nhận mất lớp thứ hai, đang đặt lớp mới.", person=person)
    return _(
        "%(person)s báo mất lớp thứ hai lúc %(when)s, từ %(where)s: cần một đồng nghiệp xác nhận.",
        person=person,
        when=moment(loss.asked_at),
        where=loss.browser,
    )
