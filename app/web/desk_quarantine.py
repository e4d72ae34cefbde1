"""*Chờ xử lý*: what is kept apart, and what the supervisor makes of it: *Nhận*, *Bỏ*, *Giữ*."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Rejected, StaleDecision
from app.sync import decisions
from app.sync.queries import waiting
from app.web.desk_devices import DeviceId
from app.web.desk_frame import QUARANTINE, Frame, Seat, Seated, frame_of
from app.web.desk_kept import Kept, KeptRow, kept_page, kept_row
from app.web.desk_kept_words import FAULTS, NO_FIT, STALE_HOME
from app.web.desk_visits import Version, known_shape, seen_version
from app.web.rendering import html, moment, number
from app.web.strings import _

router = APIRouter()

_PAGE = re.compile(r"[0-9]{1,6}")

DONE = {
    "applied": _("Đã nhận. Từ giờ được tính."),
    "all": _("Đã nhận tất cả lượt chờ của máy đó. Từ giờ được tính."),
    "some": _("Đã nhận các lượt nhận được của máy đó. Lượt còn lại vẫn chờ dưới đây."),
    "changed": _("Máy đó vừa gửi thêm hoặc đã có quyết định khác: chưa nhận lượt nào. Hãy xem lại."),
    "dropped": _("Đã bỏ. Người ghi sẽ thấy trên máy là xã không nhận."),
}


def known_operation(op_id: str, payload_hash: str) -> Kept:
    """Ids as ids are made. Raises `NotFound`."""
    return Kept(known_shape(op_id), known_shape(payload_hash))


Named = Annotated[Kept, Depends(known_operation)]


@dataclass(frozen=True)
class Pager:
    """*Trang 2/11* and the addresses beside it, empty at the ends."""

    page: str
    pages: str
    previous: str
    next: str


@dataclass(frozen=True)
class QuarantinePage:
    """What templates/desk/quarantine.html shows; `done` says what was just decided, or is empty."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[KeptRow]
    pager: Pager
    done: str


@router.get("/desk/quarantine")
def show_quarantine(desk: Seated, page: str = "", done: str = "") -> Response:
    """What waits for a decision, the longest waiting first."""

    def look(session: Session) -> QuarantinePage:
        found = waiting(session, desk.actor, _number(page))
        return QuarantinePage(
            title=_("Chờ xử lý"),
            frame=frame_of(session, desk.actor, QUARANTINE),
            as_of=moment(desk.now),
            count=number(found.total),
            rows=[kept_row(one) for one in found.rows],
            pager=_pager(found.page, found.pages),
            done=DONE.get(done, ""),
        )

    return html("desk/quarantine.html", desk.database.read(look))


@router.post("/desk/quarantine/devices/{device_id}/accept")
def accept_all(device_id: DeviceId, desk: Seated, seen: Annotated[str, Form()] = "") -> Response:
    """*Nhận* for all that a revoked phone delivered; `seen` is how many the page said."""
    count = seen_version(seen)
    try:
        taken = desk.database.write(
            lambda session: decisions.accept_all(session, desk.actor, device_id, count, desk.now)
        )
    except StaleDecision:
        return RedirectResponse("/desk/quarantine?done=changed", 303)
    return RedirectResponse(f"/desk/quarantine?done={'all' if taken == count else 'some'}", 303)


@router.get("/desk/quarantine/{op_id}/{payload_hash}")
def show_kept(named: Named, desk: Seated) -> Response:
    return _kept(desk, named)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/accept")
def accept(named: Named, desk: Seated) -> Response:
    """*Nhận*; what cannot be applied stays, with a sentence that says why."""
    try:
        state = desk.database.write(
            lambda session: decisions.accept(session, desk.actor, *_key(named), desk.now)
        )
    except Rejected as fault:
        return _kept(desk, named, FAULTS.get(fault.code, NO_FIT), 409)
    return RedirectResponse(f"/desk/quarantine?done={state}" if state != "open" else named.address(), 303)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/drop")
def drop(named: Named, desk: Seated) -> Response:
    """*Bỏ*."""
    state = desk.database.write(lambda session: decisions.drop(session, desk.actor, *_key(named), desk.now))
    return RedirectResponse(f"/desk/quarantine?done={state}", 303)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/choose")
def choose(
    named: Named,
    desk: Seated,
    version: Version,
    head_name: Annotated[str, Form()] = "",
    house_no: Annotated[str, Form()] = "",
    alley: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
) -> Response:
    """*Giữ*: for each field `ours` or `theirs`."""
    given = {"head_name": head_name, "house_no": house_no, "alley": alley, "phone": phone, "state": state}
    asked = {
        side.name for side in desk.database.read(lambda session: kept_page(session, desk.actor, named)).sides
    }
    if any(given[name] not in ("ours", "theirs") for name in asked):
        return _kept(desk, named, _("Chọn một giá trị cho mỗi ô."), 422)
    theirs = {name for name in asked if given[name] == "theirs"}
    try:
        state = desk.database.write(
            lambda session: decisions.choose(session, desk.actor, *_key(named), version, theirs, desk.now)
        )
    except StaleDecision:
        return _kept(desk, named, STALE_HOME, 409)
    except Rejected as fault:
        return _kept(desk, named, FAULTS.get(fault.code, NO_FIT), 409)
    return RedirectResponse(f"/desk/quarantine?done={state}", 303)


def _key(named: Kept) -> tuple[str, str]:
    return named.op_id, named.payload_hash


def _kept(desk: Seat, named: Kept, problem: str = "", status: int = 200) -> Response:
    page = desk.database.read(lambda session: kept_page(session, desk.actor, named, problem))
    return html("desk/kept.html", page, status)


def _number(page: str) -> int:
    """From 1; whatever is no number is the first page."""
    return int(page) if _PAGE.fullmatch(page) else 1


def _pager(page: int, pages: int) -> Pager:
    def address(number_: int) -> str:
        return f"/desk/quarantine?page={number_}" if 1 <= number_ <= pages else ""

    return Pager(number(page), number(pages), address(page - 1), address(page + 1))
