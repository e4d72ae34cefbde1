"""Signing in and out: phones at /api/v1/devices, the desk at /desk/sign-in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from app.accounts import sign_in, throttle
from app.accounts.access import Actor, actor_for, visible_to
from app.accounts.models import Account
from app.accounts.sign_in import DESK_SESSION, DEVICE_SESSION, Enrolment, OpenInvite
from app.accounts.throttle import KNOWN_FOR
from app.areas import Hamlet
from app.core.config import Settings
from app.core.db import ServerEpoch
from app.core.errors import PasswordWrong, TooManyAttempts
from app.core.prepared import Prepared, among
from app.households.models import Household
from app.sync.backup import keys
from app.web.deps import Config, Db, Now, cookie_name
from app.web.rendering import html
from app.web.sign_in_guard import KNOWN_BROWSER, guarded
from app.web.strings import _

router = APIRouter()

_HAMLET: Any = Hamlet.__table__  # type: ignore[attr-defined]
_HAMLETS = Prepared(
    select(_HAMLET.c.id, _HAMLET.c.name)
    .where(_HAMLET.c.commune_id == bindparam("commune_id"), among(_HAMLET.c.id, "ids"))
    .order_by(_HAMLET.c.position)
)
_ID = r"^[A-Za-z0-9_-]+$"


class EnrolmentForm(BaseModel):
    """Body of `POST /api/v1/devices`."""

    invite: str = Field(max_length=40)
    phone: str = Field(max_length=40)
    name: str = Field(default="", max_length=80)
    device_id: str | None = Field(default=None, max_length=64, pattern=_ID)
    life: str | None = Field(default=None, max_length=64, pattern=_ID)
    next_seq: int | None = Field(default=None, ge=1, le=2**53)


@dataclass(frozen=True)
class SignInPage:
    """What templates/desk/sign_in.html shows; `problem` is a sentence or empty."""

    name: str = ""
    problem: str = ""


@router.post("/api/v1/devices", status_code=201)
def enrol_device(form: EnrolmentForm, request: Request, database: Db, settings: Config, now: Now) -> Response:
    """Sign a phone in by invite code and phone number."""
    asked = Enrolment(form.invite, form.phone, _printable(form.name), form.device_id, form.life)
    tried = guarded(request, settings, "phone", sign_in.normal_phone(form.phone) or "unreadable")

    def offer(session: Session) -> list[OpenInvite]:
        throttle.begin(session, tried.attempt, now)
        return sign_in.offered_invites(session, asked, now, demo=settings.is_demo)

    def enrol(session: Session) -> tuple[dict[str, Any], str, str]:
        account = sign_in.redeem_invite(session, asked, fitting, now, demo=settings.is_demo)
        answer, cookie = _enrol(session, account, asked, now, form.next_seq or 1)
        return answer, cookie, throttle.succeeded(session, tried.attempt, now)

    with tried.judged():
        fitting = sign_in.fitting_invite(database.write(offer), asked.invite)
        answer, cookie, browser = database.write(enrol)
    tried.succeeded(answer["account"]["id"])
    response = JSONResponse(answer, 201, headers={"Cache-Control": "no-store"})
    _set_cookie(response, "device", cookie, DEVICE_SESSION, settings)
    _set_cookie(response, KNOWN_BROWSER, browser, KNOWN_FOR, settings)
    return response


@router.delete("/api/v1/devices/current", status_code=204)
def sign_device_out(request: Request, database: Db, settings: Config) -> Response:
    """End this phone's session; its queue stays on the phone."""
    return _signed_out(Response(status_code=204), "device", request, database, settings)


@router.get("/desk/sign-in")
def show_sign_in() -> Response:
    return html("desk/sign_in.html", SignInPage())


@router.post("/desk/sign-in")
def sign_in_at_desk(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    name: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Open a desk session; a wrong or throttled attempt shows the form again with a sentence."""
    known_name = _printable(name).strip().lower()
    tried = guarded(request, settings, "desk", known_name)

    def offer(session: Session) -> str:
        throttle.begin(session, tried.attempt, now)
        return sign_in.password_hash(session, known_name)

    def enter(session: Session) -> tuple[str, str, str]:
        account = sign_in.desk_account(session, known_name, known_hash)
        cookie = sign_in.open_desk(session, account, now)
        return account.id, cookie, throttle.succeeded(session, tried.attempt, now)

    try:
        with tried.judged():
            known_hash = database.write(offer)
            sign_in.check_password(known_hash, password)
            account_id, cookie, browser = database.write(enter)
    except TooManyAttempts as fault:
        shut = html("desk/sign_in.html", SignInPage(known_name, _("Thử lại sau 5 phút.")), 429)
        shut.headers["Retry-After"] = str(fault.retry_after)
        return shut
    except PasswordWrong:
        wrong = _("Tên đăng nhập hoặc mật khẩu không đúng.")
        return html("desk/sign_in.html", SignInPage(known_name, wrong), 401)
    tried.succeeded(account_id)
    response = RedirectResponse("/desk/", 303)
    _set_cookie(response, "desk", cookie, DESK_SESSION, settings)
    _set_cookie(response, KNOWN_BROWSER, browser, KNOWN_FOR, settings)
    return response


@router.post("/desk/sign-out")
def sign_out_of_desk(request: Request, database: Db, settings: Config) -> Response:
    return _signed_out(RedirectResponse("/desk/sign-in", 303), "desk", request, database, settings)


def _enrol(
    session: Session, account: Account, asked: Enrolment, now: Any, next_seq: int
) -> tuple[dict[str, Any], str]:
    device, cookie = sign_in.enrol(session, account, asked, now)
    if device.id != asked.device_id:
        device.settled_seq = next_seq  # what the phone gave out before, it gave out as another device
    device.next_seq = max(device.next_seq, next_seq)
    keys.ensure(session, account.commune_id, now)
    actor = actor_for(session, account, device.id)
    answer = {
        "device_id": device.id,
        "account": {"id": account.id, "name": account.name, "role": account.role},
        "commune_id": account.commune_id,
        "hamlets": hamlets_of(session, actor),
        "households": _households(session, actor),
        "epoch": session.exec(select(ServerEpoch)).one().epoch,
        "next_seq": device.next_seq,
    }
    return answer, cookie


def hamlets_of(session: Session, actor: Actor) -> list[dict[str, str]]:
    """The actor's hamlets in their commune's order, as `{id, name}`."""
    return _HAMLETS.rows(session, commune_id=actor.commune_id, ids=list(actor.hamlet_ids))


def _households(session: Session, actor: Actor) -> int:
    """How many households the first download will bring."""
    mine: Any = visible_to(actor, Household)
    count: int = session.execute(mine.with_only_columns(func.count())).scalar_one()
    return count


def _signed_out(
    response: Response, kind: str, request: Request, database: Db, settings: Settings
) -> Response:
    name = cookie_name(kind, settings)
    database.write(lambda session: sign_in.sign_out(session, request.cookies.get(name)))
    response.delete_cookie(name, secure=not settings.is_demo, httponly=True, samesite="lax")
    return response


def _set_cookie(response: Response, kind: str, value: str, life: timedelta, settings: Settings) -> None:
    response.set_cookie(
        cookie_name(kind, settings),
        value,
        max_age=int(life.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=not settings.is_demo,
    )


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
