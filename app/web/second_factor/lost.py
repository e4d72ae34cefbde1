"""/desk/second-factor/lost: whoever has neither factor nor recovery code asks a colleague to confirm it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.sessions import CODE
from app.commune.credentials.second_step import losing
from app.commune.credentials.second_step.holder import Holder
from app.commune.second_factor import losses
from app.commune.second_factor.models import FactorLoss
from app.core.strings import _
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.expired_session import LOST, SECOND_FACTOR
from app.web.rendering import html, moment
from app.web.sign_in.browsers import describe_browser

router = APIRouter()


@dataclass(frozen=True)
class LostPage:
    """What templates/desk/second_factor/lost.html shows. `may_ask`: a colleague can confirm it, which only
    supervisors have; `is_usable`: a new factor may be set up now; `states`: what was asked, in sentences."""

    name: str
    may_ask: bool
    is_usable: bool
    is_asked: bool
    states: list[str]


@router.get(LOST)
def show_lost(database: Db, now: Now, holder: SessionHolder) -> Response:
    """What can be done, and what became of what was asked."""
    if holder.row.pending != CODE:
        return RedirectResponse(SECOND_FACTOR, 303)
    return html("desk/second_factor/lost.html", database.read(lambda session: _page(session, holder, now)))


@router.post(LOST)
def ask(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """*Xin đồng nghiệp xác nhận*."""
    cookie = desk_cookie(request, settings)
    browser = describe_browser(request.headers.get("user-agent", ""))
    database.write(lambda session: losing.ask_for_colleague(session, cookie, browser, now))
    return RedirectResponse(LOST, 303)


def _page(session: Session, holder: Holder, now: datetime) -> LostPage:
    is_supervisor = holder.pages == "desk"
    found = losses.open_of(session, holder.commune_id, holder.id, now) if is_supervisor else []
    states = [_sentence(one) for one in found]
    return LostPage(
        name=holder.name,
        may_ask=is_supervisor,
        is_usable=losing.usable_loss(session, holder, now) is not None,
        is_asked=any(one.due_at is None for one in found),
        states=states,
    )


def _sentence(one: FactorLoss) -> str:
    if one.due_at:
        return _("Người vận hành đã xin đặt lại: từ %(when)s đặt được lớp mới.", when=moment(one.due_at))
    when = moment(one.asked_at)
    return _("Đã xin lúc %(when)s. Khi có đồng nghiệp xác nhận, tải lại trang này.", when=when)
