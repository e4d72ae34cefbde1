"""What one has set up: the factors, how many recovery codes are left, and changing them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials.second_step import changing
from app.commune.credentials.second_step.holder import Holder
from app.commune.second_factor import factors, recovery
from app.commune.second_factor.models import APP, SecondFactor
from app.core.config import Settings
from app.core.db import Database
from app.core.strings import _, lazy
from app.web.deps import Config, Db, Now, SessionHolder, desk_cookie
from app.web.expired_session import SECOND_FACTOR
from app.web.rendering import html, moment, number
from app.web.second_factor.codes import codes_page
from app.web.sign_in.going_on import Carried
from app.web.sign_in.session_cookies import start_of_pages

router = APIRouter()
_DONE = {"removed": lazy("Đã bỏ."), "added": lazy("Đã thêm.")}


@dataclass(frozen=True)
class FactorRow:
    """A factor in the list; `remove`: the address of *Bỏ*, empty for the only one."""

    label: str
    where: str
    added: str
    last_use: str
    remove: str


@dataclass(frozen=True)
class ManagementPage:
    """What templates/desk/second_factor/manage.html shows. `is_asked`: whether a sign-in asks for the
    factor; the demo does not. `account`: the address of the own account."""

    name: str
    rows: list[FactorRow]
    codes_left: str
    is_asked: bool
    account: str
    done: str


def management_page(request: Request, database: Database, settings: Settings, holder: Holder) -> Response:
    """The page; `done` in the address names what was just done."""

    def load(session: Session) -> ManagementPage:
        found = factors.list_factors(session, holder.sign_in_name)
        return ManagementPage(
            name=holder.name,
            rows=[_row(one, is_only=len(found) == 1) for one in found],
            codes_left=number(recovery.count_left(session, holder.sign_in_name)),
            is_asked=settings.factor_demand != "none",
            account=f"{start_of_pages(holder.pages)}account",
            done=_DONE.get(request.query_params.get("done", ""), ""),
        )

    return html("desk/second_factor/manage.html", database.read(load))


@router.post(f"{SECOND_FACTOR}/codes")
def replace_codes(
    request: Request, database: Db, settings: Config, now: Now, holder: SessionHolder
) -> Response:
    """*Tạo 10 mã mới*: those of before open nothing any more."""
    cookie = desk_cookie(request, settings)

    def salt_of(session: Session) -> bytes:
        changing.require_change(session, cookie, now)
        return recovery.salt(session)

    codes = recovery.new_codes()
    hashes = recovery.hashes_of(codes, database.read(salt_of))
    database.write(lambda session: changing.replace_codes(session, cookie, hashes, now))
    return codes_page(holder, codes, Carried())


@router.post(f"{SECOND_FACTOR}/remove")
def remove_factor(
    request: Request,
    database: Db,
    settings: Config,
    now: Now,
    factor: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """*Bỏ* one of several."""
    cookie = desk_cookie(request, settings)
    database.write(lambda session: changing.remove_factor(session, cookie, factor, now))
    return RedirectResponse(f"{SECOND_FACTOR}?done=removed", 303)


def _row(one: SecondFactor, *, is_only: bool) -> FactorRow:
    return FactorRow(
        label=_("Ứng dụng xác thực") if one.kind == APP else _("Khóa truy cập"),
        where=one.name,
        added=moment(one.added_at),
        last_use=moment(one.last_used_at) if one.last_used_at else "",
        remove="" if is_only else one.id,
    )
