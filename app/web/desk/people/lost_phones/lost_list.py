"""/desk/lost-phones: the phones that were reported as lost, with the hours in which to tell of them."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.models import Account, Device
from app.core.law.hours import NOTICE, SERIOUS_INCIDENT
from app.core.strings import _
from app.sync.lost_phones import commands
from app.sync.lost_phones.models import LostPhone
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import DEVICES, build_frame
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class LostRow:
    """One lost phone: when it was detected, and the ends of the hours; `left`: what is left of
    the 72. `state`: whether it is revoked, or is allowed again."""

    person: str
    href: str
    device_name: str
    detected: str
    serious: str
    notice: str
    left: str
    state: str


@dataclass(frozen=True)
class LostPhonesPage:
    """What templates/desk/people/lost_phones.html shows."""

    title: str
    frame: Frame
    count: str
    as_of: str
    rows: list[LostRow]


@router.get("/desk/lost-phones")
def show_lost_phones(desk: Desk) -> Response:
    def load(session: Session) -> LostPhonesPage:
        found = commands.list_lost(session, desk.actor)
        return LostPhonesPage(
            title=_("Máy bị mất"),
            frame=build_frame(session, desk.actor, DEVICES),
            count=number(len(found)),
            as_of=moment(desk.now),
            rows=[_row(desk, *one) for one in found],
        )

    return html("desk/people/lost_phones.html", desk.database.read(load))


def _row(desk: DeskContext, lost: LostPhone, device: Device, owner: Account) -> LostRow:
    return LostRow(
        person=owner.name,
        href=f"/desk/lost-phones/{lost.id}",
        device_name=device.name,
        detected=moment(lost.detected_at),
        serious=moment(lost.detected_at + SERIOUS_INCIDENT),
        notice=moment(lost.detected_at + NOTICE),
        left=hours_left(desk, lost),
        state=_("Đã thu hồi %(when)s", when=moment(device.revoked_at))
        if device.revoked_at
        else _("Đã cho dùng lại"),
    )


def hours_left(desk: DeskContext, lost: LostPhone) -> str:
    """*Còn 31 giờ để thông báo*, or that the 72 hours are over."""
    left = lost.detected_at + NOTICE - desk.now
    hours = int(left.total_seconds() // 3600)
    if hours < 0:
        return _("Đã hết 72 giờ")
    return _("Còn %(hours)s giờ", hours=number(hours))
