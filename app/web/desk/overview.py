"""*Tổng quan*: the phones to call today with the reasons in sentences, and how much waits for a decision."""

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
from app.core.strings import _
from app.deduplication.duplicates import find_duplicate_pairs
from app.sync.quarantine.view import count_waiting
from app.teams.unused_invites import UnusedInvite, unused_invites
from app.web.desk.context import Desk, DeskContext, PathId
from app.web.desk.duplicates import format_count
from app.web.desk.frame import OVERVIEW, Frame, build_frame
from app.web.desk.labels import phone_number
from app.web.desk.people.labels import code_age
from app.web.rendering import html, moment, number

router = APIRouter()

INVITES_SHOWN = 10
LOSS_CHANGED = _("Tin về máy này vừa thay đổi. Hãy xem lại rồi quyết định.")


@dataclass(frozen=True)
class CallCard:
    """One call. `action` is the address of *Đã gọi* or of its *Hoàn tác*, `settle_action` that of *Đã rõ,
    thôi nhắc*, empty without a loss; `loss` is the fingerprint of the loss that the card shows."""

    person: str
    person_href: str
    team: str
    device_name: str
    phone: str
    phone_link: str
    reasons: list[str]
    action: str
    settle_action: str
    loss: str


@dataclass(frozen=True)
class InviteCard:
    """Somebody who has not used their invite; `href` is the person's page."""

    person: str
    href: str
    team: str
    phone: str
    phone_link: str
    sentence: str


@dataclass(frozen=True)
class PendingDecisions:
    """How many decisions a screen waits for."""

    href: str
    count: str
    label: str


@dataclass(frozen=True)
class OverviewPage:
    """What templates/desk/overview.html shows; `called`: the phones that somebody called today; `invites`:
    the oldest of the unused ones, of which there are `invite_count`."""

    title: str
    frame: Frame
    as_of: str
    calls: list[CallCard]
    called: list[CallCard]
    invites: list[InviteCard]
    invite_count: str
    problem: str
    decisions: list[PendingDecisions]


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(desk: Desk) -> Response:
    return _overview(desk)


@router.post("/desk/calls/{device_id}")
def mark_called(device_id: PathId, desk: Desk) -> Response:
    """*Đã gọi*."""
    desk.database.write(lambda session: calls.mark_called(session, desk.actor, device_id, desk.now))
    return RedirectResponse("/desk/", 303)


@router.post("/desk/calls/{device_id}/undo")
def undo_called(device_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of *Đã gọi*."""
    desk.database.write(lambda session: calls.unmark_called(session, desk.actor, device_id))
    return RedirectResponse("/desk/", 303)


@router.post("/desk/calls/{device_id}/settle")
def settle_loss(device_id: PathId, desk: Desk, seen: Annotated[str, Form()] = "") -> Response:
    """*Đã rõ, thôi nhắc*: settle a loss. `seen`: the fingerprint of the one that the page showed."""
    try:
        desk.database.write(lambda session: calls.settle_loss(session, desk.actor, device_id, seen, desk.now))
    except StaleDecision:
        return _overview(desk, LOSS_CHANGED, 409)
    return RedirectResponse("/desk/", 303)


def _overview(desk: DeskContext, problem: str = "", status: int = 200) -> Response:
    def load(session: Session) -> OverviewPage:
        phones = calls.calls_to_make(session, desk.actor, desk.now)
        invites = unused_invites(session, desk.actor, desk.now)
        return OverviewPage(
            title=_("Tổng quan"),
            frame=build_frame(session, desk.actor, OVERVIEW),
            as_of=moment(desk.now),
            calls=[_card(call, desk.now) for call in phones if not call.called],
            called=[_card(call, desk.now) for call in phones if call.called],
            invites=[_invite_card(invite, desk.now) for invite in invites[:INVITES_SHOWN]],
            invite_count=number(len(invites)),
            problem=problem,
            decisions=[screen for screen in _decisions(session, desk) if screen.count != "0"],
        )

    return html("desk/overview.html", desk.database.read(load), status)


def _decisions(session: Session, desk: DeskContext) -> list[PendingDecisions]:
    quarantined, pairs = count_waiting(session, desk.actor), find_duplicate_pairs(session, desk.actor)
    return [
        PendingDecisions("/desk/quarantine", number(quarantined), _("bản ghi chưa tính, chờ xử lý")),
        PendingDecisions("/desk/duplicates", format_count(pairs), _("cặp hộ có thể trùng")),
    ]


def _card(call: Call, now: datetime) -> CallCard:
    device, owner = call.entry.device, call.entry.owner
    phone, phone_link = phone_number(owner.phone)
    path = f"/desk/calls/{device.id}"
    return CallCard(
        person=owner.name,
        person_href=f"/desk/people/{owner.id}",
        team=call.entry.team,
        device_name=device.name,
        phone=phone,
        phone_link=phone_link,
        reasons=[*_losses(device), *_device_full(device), *_silence(call, now)],
        action=f"{path}/undo" if call.called else path,
        settle_action=f"{path}/settle" if call.has_lost else "",
        loss=call.loss,
    )


def _invite_card(invite: UnusedInvite, now: datetime) -> InviteCard:
    phone, phone_link = phone_number(invite.account.phone)
    age = code_age(now - invite.created_at)
    if invite.is_open:
        sentence = _("Mã mời %(age)s chưa dùng, hết hạn %(when)s.", age=age, when=moment(invite.expires_at))
    else:
        sentence = _("Mã mời %(age)s chưa dùng, nay không dùng được nữa: cấp lại mã.", age=age)
    return InviteCard(
        person=invite.account.name,
        href=f"/desk/people/{invite.account.id}",
        team=invite.team,
        phone=phone,
        phone_link=phone_link,
        sentence=sentence,
    )


def _losses(device: Device) -> Iterator[str]:
    if device.lost_count and device.lost_at:
        count, when = number(device.lost_count), moment(device.lost_at)
        yield _("Mất %(count)s lượt đã ghi: không còn trên máy, cũng chưa gửi về.", count=count)
        yield _("Phát hiện lúc %(when)s.", when=when)
    if device.reinstalled_at:
        when = moment(device.reinstalled_at)
        yield _("Bộ nhớ của máy bị xóa trước %(when)s. Lượt lúc đó chưa gửi thì đã mất.", when=when)
    if device.reused_count and device.reused_at:
        count, when = number(device.reused_count), moment(device.reused_at)
        yield _("Máy đã dùng lại số thứ tự của %(count)s lượt gửi trước đó.", count=count)
        yield _("Có thể máy đã bị đưa về bản sao lưu cũ. Cả lượt cũ lẫn lượt mới đều được giữ.")
        yield _("Hỏi xem trên máy có thiếu lượt nào không. Phát hiện lúc %(when)s.", when=when)


def _device_full(device: Device) -> Iterator[str]:
    if device.full_since:
        when = moment(device.full_since)
        yield _("Máy này gửi quá nhiều lượt không tính được: từ %(when)s không gửi thêm được.", when=when)
        yield _("Lượt chưa gửi được vẫn còn trên máy. Hãy xử lý các lượt của máy này ở Chờ xử lý.")


def _silence(call: Call, now: datetime) -> Iterator[str]:
    device = call.entry.device
    contact = device.last_contact_at or device.enrolled_at
    if call.silent:
        days = number((now - contact).days)
        yield _("Đã %(days)s ngày không liên lạc, từ %(when)s.", days=days, when=moment(contact))
    if call.unsent or (call.silent and device.queue_count):
        count, oldest = number(device.queue_count), moment(device.queue_oldest_at or contact)
        yield _("Còn %(count)s lượt trên máy chưa gửi, cũ nhất từ %(when)s.", count=count, when=oldest)
