"""/desk/second-factor/setup: an authenticator app is added by the code that it shows."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials.second_step import changing
from app.commune.credentials.second_step.holder import Holder
from app.commune.second_factor import authenticator, recovery
from app.commune.second_factor.factors import CodeWrong
from app.core.strings import _
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.desk.people.invites import QrCode, qr_code
from app.web.expired_session import SET_UP, safe_address
from app.web.rendering import html
from app.web.second_factor.codes import setup_answer
from app.web.sign_in.browsers import describe_browser
from app.web.sign_in.going_on import Carried, parse_carried

router = APIRouter()


@dataclass(frozen=True)
class SetupPage:
    """What templates/desk/second_factor/setup.html shows. `shown_secret`: in groups of four letters;
    `address`: what the app opens; `is_first`: the person has no factor yet, and goes on to nothing else
    without one if `is_required`."""

    name: str
    sign_in_name: str
    secret: str
    shown_secret: list[str]
    address: str
    qr: QrCode
    problem: str
    is_first: bool
    is_required: bool
    next: str
    posted: str
    form: str


@router.get(SET_UP)
def show_setup(request: Request, database: Db, settings: Config, now: Now, holder: SessionHolder) -> Response:
    """A new secret as a QR code, and the field for the code."""
    cookie = desk_cookie(request, settings)
    database.read(lambda session: changing.require_change(session, cookie, now))
    goal = safe_address(request.query_params.get("next", ""))
    return _form(holder, authenticator.new_secret(), Carried(next=goal))


@router.post(SET_UP)
def set_up(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    holder: SessionHolder,
    carried: Annotated[Carried, Depends(parse_carried)],
    secret: Annotated[str, Form(max_length=100)] = "",
    code: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Add the app and, if it is the first factor, show the recovery codes. Without a secret: show the form,
    which carries what was typed elsewhere."""
    cookie = desk_cookie(request, settings)
    salt = database.read(lambda session: _salt(session, cookie, now))
    if not authenticator.is_secret(secret):
        return _form(holder, authenticator.new_secret(), carried)
    typed = "".join(code.split())
    if authenticator.step_of_code(secret, typed, now) is None:
        problem = _("Mã chưa đúng. Hãy nhập 6 số đang hiện trên ứng dụng; giờ của điện thoại phải đúng.")
        return _form(holder, secret, carried, problem)
    browser = describe_browser(request.headers.get("user-agent", ""))
    codes = recovery.new_codes()
    hashes = recovery.hashes_of(codes, salt)
    try:
        setup = database.write(
            lambda session: changing.set_up_app(session, cookie, secret, typed, browser, hashes, now)
        )
    except CodeWrong:
        return _form(holder, secret, carried, _("Mã đã hết hạn. Hãy nhập mã mới."))
    return setup_answer(holder, setup, codes, carried, settings)


def _salt(session: Session, cookie: str | None, now: Now) -> bytes:
    changing.require_change(session, cookie, now)
    return recovery.salt(session)


def _form(holder: Holder, secret: str, carried: Carried, problem: str = "") -> Response:
    address = authenticator.setup_address(secret, holder.sign_in_name)
    page = SetupPage(
        name=holder.name,
        sign_in_name=holder.sign_in_name,
        secret=secret,
        shown_secret=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        address=address,
        qr=qr_code(address),
        problem=problem,
        is_first=holder.row.confirmed_at is None,
        is_required=bool(holder.row.pending),
        next=carried.next,
        posted=carried.posted,
        form=carried.form,
    )
    return html("desk/second_factor/setup.html", page, 422 if problem else 200)
