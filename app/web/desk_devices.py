"""The volunteers' phones at the desk: what each last said of itself, *Thu hồi máy*, *Cho dùng lại*."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import devices
from app.accounts.devices import Held
from app.core.errors import NotFound
from app.web.desk_frame import DEVICES, Frame, Seat, Seated, frame_of
from app.web.desk_labels import phone_number
from app.web.desk_visits import known_shape
from app.web.rendering import html, moment, number
from app.web.strings import _

router = APIRouter()


def known_device(device_id: str) -> str:
    """An id as ids are made. Raises `NotFound`."""
    return known_shape(device_id)


DeviceId = Annotated[str, Depends(known_device)]


@dataclass(frozen=True)
class PhoneRow:
    """One phone in the list; `call` is its person's number for a link, empty if there is none.

    `revoked` says since when; `way` is the address of what can be done.
    """

    id: str
    person: str
    team: str
    phone: str
    call: str
    device: str
    contact: str
    unsent: str
    since: str
    build: str
    revoked: str
    way: str


@dataclass(frozen=True)
class DevicesPage:
    """What templates/desk/devices.html shows; `done` is a sentence about what was just done, or empty."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[PhoneRow]
    done: str


@dataclass(frozen=True)
class RevokePage:
    """What templates/desk/revoke.html shows: one phone, before it is revoked."""

    title: str
    frame: Frame
    row: PhoneRow


@router.get("/desk/devices")
def show_devices(desk: Seated, done: str = "") -> Response:
    """The list; `done` is the device that something was just done to."""

    def look(session: Session) -> DevicesPage:
        rows = devices.held(session, desk.actor)
        return DevicesPage(
            title=_("Máy của tổ"),
            frame=frame_of(session, desk.actor, DEVICES),
            as_of=moment(desk.now),
            count=number(len(rows)),
            rows=[_row(one) for one in rows],
            done=next((_done(one) for one in rows if one.device.id == done), ""),
        )

    return html("desk/devices.html", desk.database.read(look))


@router.get("/desk/devices/{device_id}/revoke")
def ask_to_revoke(device_id: DeviceId, desk: Seated) -> Response:
    """What *Thu hồi máy* would do to this phone."""
    return html("desk/revoke.html", desk.database.read(lambda session: _one(session, desk, device_id)))


@router.post("/desk/devices/{device_id}/revoke")
def revoke_device(device_id: DeviceId, desk: Seated) -> Response:
    """*Thu hồi máy*."""
    desk.database.write(lambda session: devices.revoke(session, desk.actor, device_id, desk.now))
    return _back(device_id)


@router.post("/desk/devices/{device_id}/allow")
def allow_device(device_id: DeviceId, desk: Seated) -> Response:
    """*Cho dùng lại*."""
    desk.database.write(lambda session: devices.allow(session, desk.actor, device_id, desk.now))
    return _back(device_id)


def _back(device_id: str) -> Response:
    return RedirectResponse(f"/desk/devices?done={device_id}", 303)


def _one(session: Session, desk: Seat, device_id: str) -> RevokePage:
    found = devices.held(session, desk.actor, device_id)
    if not found:
        raise NotFound
    row = _row(found[0])
    return RevokePage(
        _("%(person)s – Thu hồi máy", person=row.person), frame_of(session, desk.actor, DEVICES), row
    )


def _row(one: Held) -> PhoneRow:
    device, member = one.device, one.member
    shown, call = phone_number(member.phone)
    return PhoneRow(
        id=device.id,
        person=member.name,
        team=_("%(team)s, đã nghỉ", team=one.team) if member.ended_at else one.team,
        phone=shown,
        call=call,
        device=device.name,
        contact=_when(device.last_contact_at),
        unsent=_("%(count)s lượt", count=number(device.queue_count)) if device.queue_count else "",
        since=_when(device.queue_oldest_at) if device.queue_count else "",
        build=device.build,
        revoked=_when(device.revoked_at),
        way=f"/desk/devices/{device.id}/{'allow' if device.revoked_at else 'revoke'}",
    )


def _done(one: Held) -> str:
    person = one.member.name
    if one.device.revoked_at:
        return _("Đã thu hồi máy của %(person)s. Lượt còn trên máy sẽ vào mục Chờ xử lý.", person=person)
    return _("Máy của %(person)s dùng lại được sau khi đăng nhập bằng mã mời mới.", person=person)


def _when(instant: datetime | None) -> str:
    return moment(instant) if instant else ""
