"""*Máy của tổ*: the devices of volunteers and leaders; *Thu hồi máy*, *Cho dùng lại*."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import devices
from app.commune.accounts.devices import DeviceWithOwner
from app.core.errors import NotFound
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import DEVICES, build_frame
from app.web.desk.page.labels import phone_number
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class DeviceRow:
    """One device in the list.

    `phone_link` calls its owner; empty without a number. `action` is the address of *Thu hồi máy* or *Cho
    dùng lại*, `lost` that of *Máy bị mất*. `second`: a sentence if the owner's name is in use on another
    phone too: since when it is on this one, and who issued the code.
    """

    id: str
    person: str
    person_href: str
    team: str
    phone: str
    phone_link: str
    device_name: str
    last_contact: str
    unsent: str
    unsent_since: str
    build: str
    revoked_at: str
    action: str
    lost: str
    second: str


@dataclass(frozen=True)
class DevicesPage:
    """What templates/desk/people/devices.html shows; `done` says what the supervisor has just done, or is
    empty."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[DeviceRow]
    done: str


@dataclass(frozen=True)
class RevokePage:
    """What templates/desk/people/revoke.html shows: one device, before it is revoked."""

    title: str
    frame: Frame
    row: DeviceRow


@router.get("/desk/devices")
def show_devices(desk: Desk, done: str = "") -> Response:
    """The list; `done` is the id of the device that has just been revoked or allowed."""

    def load(session: Session) -> DevicesPage:
        rows = devices.list_devices(session, desk.actor)
        return DevicesPage(
            title=_("Máy của tổ"),
            frame=build_frame(session, desk.actor, DEVICES),
            as_of=moment(desk.now),
            count=number(len(rows)),
            rows=[_row(entry) for entry in rows],
            done=next((_done_sentence(entry) for entry in rows if entry.device.id == done), ""),
        )

    return html("desk/people/devices.html", desk.database.read(load))


@router.get("/desk/devices/{device_id}/revoke")
def show_revoke_form(device_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Thu hồi máy* and say what it does."""
    return html(
        "desk/people/revoke.html", desk.database.read(lambda session: _revoke_page(session, desk, device_id))
    )


@router.post("/desk/devices/{device_id}/revoke", dependencies=[RecentFactor])
def revoke_device(device_id: PathId, desk: Desk) -> Response:
    """*Thu hồi máy*."""
    desk.database.write(lambda session: devices.revoke(session, desk.actor, device_id, desk.now))
    return _redirect(device_id)


@router.post("/desk/devices/{device_id}/allow")
def allow_device(device_id: PathId, desk: Desk) -> Response:
    """*Cho dùng lại*."""
    desk.database.write(lambda session: devices.allow(session, desk.actor, device_id, desk.now))
    return _redirect(device_id)


def _redirect(device_id: str) -> Response:
    return RedirectResponse(f"/desk/devices?done={device_id}", 303)


def _revoke_page(session: Session, desk: DeskContext, device_id: str) -> RevokePage:
    found = devices.list_devices(session, desk.actor, device_id)
    if not found:
        raise NotFound
    row = _row(found[0])
    return RevokePage(
        _("%(person)s – Thu hồi máy", person=row.person), build_frame(session, desk.actor, DEVICES), row
    )


def _row(entry: DeviceWithOwner) -> DeviceRow:
    device, owner = entry.device, entry.owner
    phone, phone_link = phone_number(owner.phone)
    return DeviceRow(
        id=device.id,
        person=owner.name,
        person_href=f"/desk/people/{owner.id}",
        team=_("%(team)s, đã nghỉ", team=entry.team) if owner.ended_at else entry.team,
        phone=phone,
        phone_link=phone_link,
        device_name=device.name,
        last_contact=_when(device.last_contact_at),
        unsent=_("%(count)s lượt", count=number(device.queue_count)) if device.queue_count else "",
        unsent_since=_when(device.queue_oldest_at) if device.queue_count else "",
        build=device.build,
        revoked_at=_when(device.revoked_at),
        action=f"/desk/devices/{device.id}/{'allow' if device.revoked_at else 'revoke'}",
        lost=f"/desk/devices/{device.id}/lost",
        second=_second_sentence(entry) if entry.is_second else "",
    )


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


def _when(instant: datetime | None) -> str:
    return moment(instant) if instant else ""
