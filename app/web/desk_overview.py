"""*Tổng quan*: first of all whom to call today, each phone with the reasons in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import calls
from app.accounts.calls import Call
from app.accounts.models import Device
from app.core.errors import StaleDecision
from app.households.doubles import find_doubles
from app.sync.queries import count_waiting
from app.web.desk_devices import DeviceId
from app.web.desk_duplicates import count_of
from app.web.desk_frame import OVERVIEW, Frame, Seat, Seated, frame_of
from app.web.desk_labels import phone_number
from app.web.rendering import html, moment, number
from app.web.strings import _

router = APIRouter()

LOSS_CHANGED = _("Tin về máy này vừa thay đổi. Hãy xem lại rồi quyết định.")


@dataclass(frozen=True)
class CallCard:
    """One phone to ask after. `settle` is the address that closes the alarm of a loss, empty without one."""

    person: str
    team: str
    device: str
    phone: str
    call: str
    reasons: list[str]
    way: str
    settle: str
    seen: str


@dataclass(frozen=True)
class ToDecide:
    """Something that waits for a decision: how many, and where."""

    href: str
    count: str
    label: str


@dataclass(frozen=True)
class OverviewPage:
    """What templates/desk/overview.html shows; `called` are those that somebody called today."""

    title: str
    frame: Frame
    as_of: str
    calls: list[CallCard]
    called: list[CallCard]
    problem: str
    decisions: list[ToDecide]


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(desk: Seated) -> Response:
    return _overview(desk)


@router.post("/desk/calls/{device_id}")
def note_called(device_id: DeviceId, desk: Seated) -> Response:
    """*Đã gọi*."""
    desk.database.write(lambda session: calls.note_called(session, desk.actor, device_id, desk.now))
    return RedirectResponse("/desk/", 303)


@router.post("/desk/calls/{device_id}/undo")
def take_back_call(device_id: DeviceId, desk: Seated) -> Response:
    """*Hoàn tác* of *Đã gọi*."""
    desk.database.write(lambda session: calls.take_back_call(session, desk.actor, device_id))
    return RedirectResponse("/desk/", 303)


@router.post("/desk/calls/{device_id}/settle")
def settle_loss(device_id: DeviceId, desk: Seated, seen: Annotated[str, Form()] = "") -> Response:
    """*Đã rõ, thôi nhắc*: the loss is known."""
    try:
        desk.database.write(lambda session: calls.settle_loss(session, desk.actor, device_id, seen, desk.now))
    except StaleDecision:
        return _overview(desk, LOSS_CHANGED, 409)
    return RedirectResponse("/desk/", 303)


def _overview(desk: Seat, problem: str = "", status: int = 200) -> Response:
    def look(session: Session) -> OverviewPage:
        found = calls.to_call(session, desk.actor, desk.now)
        return OverviewPage(
            title=_("Tổng quan"),
            frame=frame_of(session, desk.actor, OVERVIEW),
            as_of=moment(desk.now),
            calls=[_card(call, desk.now) for call in found if not call.called],
            called=[_card(call, desk.now) for call in found if call.called],
            problem=problem,
            decisions=[one for one in _decisions(session, desk) if one.count != "0"],
        )

    return html("desk/overview.html", desk.database.read(look), status)


def _decisions(session: Session, desk: Seat) -> list[ToDecide]:
    kept, found = count_waiting(session, desk.actor), find_doubles(session, desk.actor)
    return [
        ToDecide("/desk/quarantine", number(kept), _("lượt chưa tính, chờ xử lý")),
        ToDecide("/desk/duplicates", count_of(found), _("cặp hộ có thể trùng")),
    ]


def _card(call: Call, now: datetime) -> CallCard:
    device, member = call.held.device, call.held.member
    shown, link = phone_number(member.phone)
    path = f"/desk/calls/{device.id}"
    return CallCard(
        person=member.name,
        team=call.held.team,
        device=device.name,
        phone=shown,
        call=link,
        reasons=[*_losses(device), *_no_room(device), *_silence(call, now)],
        way=f"{path}/undo" if call.called else path,
        settle=f"{path}/settle" if call.has_lost else "",
        seen=call.seen,
    )


def _losses(device: Device) -> Iterator[str]:
    if device.lost and device.lost_at:
        count, when = number(device.lost), moment(device.lost_at)
        yield _("Mất %(count)s lượt đã ghi: không còn trên máy, xã cũng chưa nhận.", count=count)
        yield _("Biết từ %(when)s.", when=when)
    if device.new_life_at:
        when = moment(device.new_life_at)
        yield _("Bộ nhớ của máy bị xóa trước %(when)s. Lượt lúc đó chưa gửi thì đã mất.", when=when)
    if device.reused and device.reused_at:
        count, when = number(device.reused), moment(device.reused_at)
        yield _("Máy đã dùng lại số thứ tự của %(count)s lượt gửi trước đó.", count=count)
        yield _("Có thể máy đã bị đưa về bản sao lưu cũ. Xã giữ cả lượt cũ lẫn lượt mới.")
        yield _("Hỏi xem trên máy có thiếu lượt nào không. Biết từ %(when)s.", when=when)


def _no_room(device: Device) -> Iterator[str]:
    if device.full_since:
        when = moment(device.full_since)
        yield _("Máy này gửi quá nhiều lượt không tính được: từ %(when)s xã chưa nhận thêm.", when=when)
        yield _("Lượt chưa nhận vẫn còn trên máy. Hãy xử lý các lượt của máy này ở Chờ xử lý.")


def _silence(call: Call, now: datetime) -> Iterator[str]:
    device = call.held.device
    contact = device.last_contact_at or device.enrolled_at
    if call.silent:
        days = number((now - contact).days)
        yield _("Không liên lạc đã %(days)s ngày, từ %(when)s.", days=days, when=moment(contact))
    if call.unsent or (call.silent and device.queue_count):
        count, oldest = number(device.queue_count), moment(device.queue_oldest_at or contact)
        yield _("Còn %(count)s lượt trên máy chưa gửi, cũ nhất từ %(when)s.", count=count, when=oldest)
