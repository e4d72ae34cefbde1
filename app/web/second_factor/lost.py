"""/desk/second-factor/lost: whoever has neither factor nor recovery code asks to have it confirmed;
and whoever reads that somebody did so in their name stops it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.sessions import CODE, REMEMBERED_LIFETIME
from app.commune.credentials.second_step import losing, stopping
from app.commune.credentials.second_step.holder import Holder
from app.commune.second_factor import losses
from app.commune.second_factor.models import FactorLoss
from app.core.strings import _
from app.web.cookies import set_cookie
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.expired_session import LOST, SECOND_FACTOR
from app.web.rendering import html, moment
from app.web.sign_in.browsers import describe_browser
from app.web.sign_in.guard import known_browser

router = APIRouter()


@dataclass(frozen=True)
class LostPage:
    """What templates/desk/second_factor/lost.html shows. `may_ask`: somebody can confirm it, which is so for
    supervisors only; `is_usable`: a new factor may be set up now; `states`: what was asked, in sentences."""

    name: str
    may_ask: bool
    is_usable: bool
    is_asked: bool
    states: list[str]


@dataclass(frozen=True)
class StoppedPage:
    """What templates/desk/second_factor/stopped.html shows."""

    name: str


@router.get(LOST)
def show_lost(database: Db, now: Now, holder: SessionHolder) -> Response:
    """What can be done, and what became of what was asked."""
    if holder.row.pending != CODE:
        return RedirectResponse(SECOND_FACTOR, 303)
    return html("desk/second_factor/lost.html", database.read(lambda session: _page(session, holder, now)))


@router.post(LOST)
def ask(request: Request, database: Db, settings: Config, now: Now) -> Response:
    """*Xin xác nhận*. The browser keeps the session until it can be used."""
    cookie = desk_cookie(request, settings)
    browser = describe_browser(request.headers.get("user-agent", ""))
    database.write(lambda session: losing.ask_for_colleague(session, cookie, browser, now))
    answer = RedirectResponse(LOST, 303)
    set_cookie(answer, "desk", cookie or "", REMEMBERED_LIFETIME, settings)
    return answer


@router.post(f"{LOST}/stop")
def stop(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    name: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """*Không phải tôi, dừng lại*: in a session of one's own, or in a browser that has signed in as `name`."""
    cookie, browser = desk_cookie(request, settings), known_browser(request, settings)
    person = database.write(lambda session: stopping.stop_own(session, cookie, browser, name, now))
    return html("desk/second_factor/stopped.html", StoppedPage(person))


def _page(session: Session, holder: Holder, now: datetime) -> LostPage:
    is_supervisor = holder.pages == "desk"
    found = losses.open_of(session, holder.commune_id, holder.id, now) if is_supervisor else []
    states = [_sentence(one) for one in found]
    return LostPage(
        name=holder.name,
        may_ask=is_supervisor,
        is_usable=losing.usable_loss(session, holder, now) is not None,
        is_asked=any(not one.operator for one in found),
        states=states,
    )


def _sentence(one: FactorLoss) -> str:
    due = moment(one.due_at) if one.due_at else ""
    if one.operator:
        return _("Người vận hành đã xin đặt lại: từ %(when)s đặt được lớp mới.", when=due)
    if one.confirmed_at:
        return _("Đã được xác nhận: từ %(when)s đặt được lớp mới, ở trình duyệt này.", when=due)
    when = moment(one.asked_at)
    return _("Đã xin lúc %(when)s, chưa ai xác nhận. Sớm nhất %(due)s đặt được lớp mới.", when=when, due=due)
