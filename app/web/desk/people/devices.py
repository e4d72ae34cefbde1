"""*Máy của tổ*: the devices of volunteers and leaders; *Thu hồi máy*, *Cho dùng lại*; *Máy bị mất*, asked
once with its consequences, the phones that were reported as lost, and their papers."""

import re
from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import devices
from app.commune.accounts.commune import commune_of
from app.commune.accounts.devices import DeviceWithOwner
from app.core.clock import VIETNAM
from app.core.errors import NotFound
from app.core.law.hours import INCIDENT, NOTICE, SERIOUS_INCIDENT
from app.core.strings import _, lazy
from app.sync.lost_phones import commands
from app.sync.lost_phones.models import LostPhone
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import DEVICES
from app.web.forms import At, Day, Filled, Form, Sent, Text, Values, submit
from app.web.reading import RecentFactor
from app.web.rendering import ShownNumber, moment, number
from app.web.screens import screen

router = APIRouter()
_TIME = re.compile(r"([0-9]{1,2})[:.hg ]([0-9]{2})")
_NO_TIME = lazy("Ghi ngày và giờ phát hiện, như 24/11/2026 và 16:40.")
_TOO_LONG = lazy("Ghi ngắn hơn %(most)s ký tự, không có ký tự lạ.", most=ShownNumber(commands.MAX_TEXT))


def _clock(text: str) -> clock_time | None:
    """*16:40*, *16h40*, *8.05*; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    hour, minute = map(int, found.groups()) if found else (24, 0)
    return clock_time(hour, minute) if hour <= 23 and minute <= 59 else None


LOST = Form(
    Day("day", lazy("Ngày phát hiện"), wrong=_NO_TIME, is_wanted=True, shown=20),
    Text("time", lazy("Giờ phát hiện"), maxlength=20, shown=20),
    Text(
        "reason",
        lazy("Việc đã xảy ra (nếu biết): ở đâu, thế nào. Không ghi tên hộ dân."),
        wrong=_TOO_LONG,
        odd=_TOO_LONG,
        lines=3,
    ),
    refusals={"detected_at": At("day", lazy("Giờ phát hiện phải trong một năm qua, không sau bây giờ."))},
    check=lambda typed: {} if _clock(typed["time"]) else {"day": str(_NO_TIME)},
)


@router.get("/desk/devices")
def show_devices(desk: Desk, done: str = "") -> Response:
    """The list; `done` is the id of the device that has just been revoked or allowed."""

    def load(session: Session) -> Mapping[str, Any]:
        rows = devices.list_devices(session, desk.actor)
        return {
            "rows": [(one, _second_sentence(one) if one.is_second else "") for one in rows],
            "done": next((_done_sentence(one) for one in rows if one.device.id == done), ""),
        }

    return screen(desk, "desk/people/devices.html", DEVICES, load)


@router.get("/desk/devices/{device_id}/revoke")
def show_revoke_form(device_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Thu hồi máy* and say what it does."""

    def load(session: Session) -> Mapping[str, Any]:
        return {"entry": _find(session, desk, device_id)}

    return screen(desk, "desk/people/revoke.html", DEVICES, load)


@router.post("/desk/devices/{device_id}/revoke", dependencies=[RecentFactor])
def revoke_device(device_id: PathId, desk: Desk) -> Response:
    """*Thu hồi máy*."""
    desk.database.write(lambda session: devices.revoke(session, desk.actor, device_id, desk.now))
    return RedirectResponse(f"/desk/devices?done={device_id}", 303)


@router.post("/desk/devices/{device_id}/allow")
def allow_device(device_id: PathId, desk: Desk) -> Response:
    """*Cho dùng lại*."""
    desk.database.write(lambda session: devices.allow(session, desk.actor, device_id, desk.now))
    return RedirectResponse(f"/desk/devices?done={device_id}", 303)


@router.get("/desk/devices/{device_id}/lost")
def show_lost_form(device_id: PathId, desk: Desk) -> Response:
    """Ask when the loss was detected, in Vietnam, and say what the report does."""
    now = desk.now.astimezone(VIETNAM)
    return _lost_page(desk, device_id, LOST.blank(day=now.date(), time=now.strftime("%H:%M")))


@router.post("/desk/devices/{device_id}/lost")
def report_lost(device_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Báo mất và thu hồi máy*, then its papers."""

    def report(session: Session, typed: Values) -> str:
        at = datetime.combine(typed["day"], _clock(typed["time"]) or clock_time(), VIETNAM)
        lost = commands.report_lost(
            session,
            actor=desk.actor,
            device_id=device_id,
            detected_at=at,
            happened=typed["reason"],
            now=desk.now,
        )
        return f"/desk/lost-phones/{lost.id}?done=reported"

    return submit(desk, LOST, sent, report, str, partial(_lost_page, desk, device_id))


@router.get("/desk/lost-phones")
def show_lost_phones(desk: Desk) -> Response:
    """The phones that were reported as lost, with the hours in which to tell of them."""

    def load(session: Session) -> Mapping[str, Any]:
        found = commands.list_lost(session, desk.actor)
        return {"rows": [(lost, device, owner, _hours(lost, desk.now)) for lost, device, owner in found]}

    return screen(desk, "desk/people/lost_phones.html", DEVICES, load)


@router.get("/desk/lost-phones/{lost_id}")
def show_papers(lost_id: PathId, desk: Desk, done: str = "") -> Response:
    """The notice and the record of one lost phone, as drafts to print. What only the commune knows stays
    blank."""

    def load(session: Session) -> Mapping[str, Any]:
        lost, device, owner = commands.find_lost(session, desk.actor, lost_id)
        return {
            "lost": lost,
            "device": device,
            "owner": owner,
            "hours": _hours(lost, desk.now),
            "commune": commune_of(session, desk.actor),
            "reporter": commands.reporter(session, lost),
            "done": done,
        }

    return screen(desk, "desk/people/lost_phone.html", DEVICES, load)


def _find(session: Session, desk: DeskContext, device_id: str) -> DeviceWithOwner:
    found = devices.list_devices(session, desk.actor, device_id)
    if not found:
        raise NotFound
    return found[0]


def _lost_page(desk: DeskContext, device_id: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        return {"entry": _find(session, desk, device_id), "form": form}

    return screen(desk, "desk/people/lost_form.html", DEVICES, load, form.status)


def _hours(lost: LostPhone, now: datetime) -> dict[str, Any]:
    """The ends of the hours; `left`: *Còn 31 giờ*, or that the 72 hours are over."""
    hours = int((lost.detected_at + NOTICE - now).total_seconds() // 3600)
    return {
        "serious": lost.detected_at + SERIOUS_INCIDENT,
        "incident": lost.detected_at + INCIDENT,
        "notice": lost.detected_at + NOTICE,
        "left": _("Đã hết 72 giờ") if hours < 0 else _("Còn %(hours)s giờ", hours=number(hours)),
    }


def _second_sentence(entry: DeviceWithOwner) -> str:
    when, who = moment(entry.device.enrolled_at), entry.invited_by
    if who:
        return _(
            "Tên này đang dùng trên hơn một máy. Máy này đăng nhập %(when)s, mã do %(person)s cấp.",
            when=when,
            person=who,
        )
    return _("Tên này đang dùng trên hơn một máy. Máy này đăng nhập %(when)s.", when=when)


def _done_sentence(entry: DeviceWithOwner) -> str:
    person = entry.owner.name
    if entry.device.revoked_at and (count := entry.device.queue_count):
        return _(
            "Đã thu hồi máy của %(person)s. Máy còn %(count)s lượt chưa gửi; về đến thì vào mục Chờ xử lý.",
            person=person,
            count=number(count),
        )
    if entry.device.revoked_at:
        return _("Đã thu hồi máy của %(person)s. Lượt còn trên máy sẽ vào mục Chờ xử lý.", person=person)
    return _("Máy của %(person)s dùng lại được sau khi đăng nhập bằng mã mời mới.", person=person)
