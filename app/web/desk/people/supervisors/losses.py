"""/desk/factor-losses: a colleague has lost the second factor; confirming it, or stopping what was asked."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.credentials.second_step import losing
from app.commune.credentials.second_step.losing import Refusal
from app.commune.second_factor import losses
from app.commune.second_factor.losses import OpenLoss
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.web.deps import Config, desk_cookie
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SUPERVISORS, build_frame
from app.web.desk.page.labels import Link
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/factor-losses/{loss_id}"
_REASONS = {
    "own": lazy("Đây là yêu cầu của chính bạn: cần một người khác xác nhận."),
    "operator": lazy("Yêu cầu của người vận hành tự có hiệu lực sau ba ngày, không cần xác nhận."),
    "no_factor": lazy("Bạn cần đặt xác thực hai lớp cho mình trước, rồi mới xác nhận cho người khác."),
    "new_factor": lazy("Bạn mới đặt xác thực hai lớp: sau 24 giờ mới xác nhận cho người khác được."),
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
    due: str
    refusal: list[str]


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
        loss = losses.find_open(session, desk.actor.commune_id, loss_id, desk.now)
        losses.stop(session, loss, desk.actor.account_id, desk.now)

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
        refusal = losing.why_not_confirm(session, desk.actor, cookie, one.loss, desk.now)
        return LossPage(
            title=_("Lớp thứ hai của %(person)s", person=one.person),
            frame=build_frame(session, desk.actor, SUPERVISORS),
            address=f"/desk/factor-losses/{loss_id}",
            sentence=_sentence(one),
            person=one.person,
            is_confirmed=one.loss.confirmed_at is not None,
            due=moment(one.loss.due_at) if one.loss.due_at else "",
            refusal=_refusal(desk.actor, one, refusal) if refusal else [],
        )

    return html("desk/people/factor_loss.html", desk.database.read(load), status)


def _refusal(actor: Actor, one: OpenLoss, refusal: Refusal) -> list[str]:
    """Why the actor cannot confirm it, and who can."""
    if refusal.reason not in ("own", "same"):
        return [str(_REASONS[refusal.reason])]
    why = _same(actor, one, refusal) if refusal.reason == "same" else str(_REASONS["own"])
    return [why, confirmers_sentence(refusal.others)]


def confirmers_sentence(names: list[str]) -> str:
    """Which supervisors can confirm a loss, or that none can."""
    if not names:
        return _("Ở đây không còn ai khác xác nhận được: người vận hành xác nhận.")
    return _("Người xác nhận được: %(names)s.", names=", ".join(names))


def _same(actor: Actor, one: OpenLoss, refusal: Refusal) -> str:
    """Why the actor and the owner count as one person."""
    person = one.person
    if actor.account_id in refusal.shared:
        why = _("30 ngày qua bạn cấp quyền đăng nhập cho %(person)s, có thể qua người khác.", person=person)
    elif one.loss.account_id in refusal.shared:
        why = _("30 ngày qua %(person)s cấp quyền đăng nhập cho bạn, có thể qua người khác.", person=person)
    else:
        by = refusal.giver or _("người vận hành")
        why = _("30 ngày qua %(by)s cấp quyền đăng nhập cho cả hai, có thể qua người khác.", by=by)
    same = _("Hai người được tính là một người.")
    return f"{why} {same}"


def _sentence(one: OpenLoss) -> str:
    loss, person = one.loss, one.person
    due = moment(loss.due_at) if loss.due_at else ""
    if loss.operator:
        return _(
            "%(by)s, người vận hành, xin đặt lại lớp thứ hai của %(person)s, có hiệu lực từ %(when)s.",
            by=loss.operator,
            person=person,
            when=due,
        )
    if loss.confirmed_at:
        return _(
            "%(person)s được xác nhận mất lớp thứ hai: từ %(when)s đặt được lớp mới.", person=person, when=due
        )
    return _(
        "%(person)s báo mất lớp thứ hai lúc %(when)s, từ %(where)s: cần một người khác xác nhận.",
        person=person,
        when=moment(loss.asked_at),
        where=loss.browser,
    )
