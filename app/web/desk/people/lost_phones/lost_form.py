"""/desk/devices/{id}/lost: *Máy bị mất*, asked once with its consequences."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from datetime import time as clock_time
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import devices
from app.core.clock import VIETNAM, local_date
from app.core.errors import Invalid, NotFound, TextRefused
from app.core.strings import _
from app.sync.lost_phones import commands
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import DEVICES, build_frame
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment, number

router = APIRouter()
_TIME = re.compile(r"([0-9]{1,2})[:.hg ]([0-9]{2})")
_MAX_TYPED = 20
_NO_PROBLEMS = {"day": "", "reason": ""}


@dataclass(frozen=True)
class LostForm:
    """What was typed: the day and the time of the detection, in Vietnam, and what happened; with the
    sentences of a refused form by field."""

    day: str
    time: str
    reason: str = ""
    problems: dict[str, str] = field(default_factory=lambda: _NO_PROBLEMS)


@dataclass(frozen=True)
class LostFormPage:
    """What templates/desk/people/lost_form.html shows: one phone, before it is reported as lost."""

    title: str
    frame: Frame
    person: str
    person_href: str
    device_name: str
    last_contact: str
    unsent: str
    action: str
    form: LostForm


@router.get("/desk/devices/{device_id}/lost")
def show_lost_form(device_id: PathId, desk: Desk) -> Response:
    """Ask when the loss was detected, and say what the report does."""
    now = desk.now.astimezone(VIETNAM)
    return _show(desk, device_id, LostForm(format_day(now.date()), now.strftime("%H:%M")))


@router.post("/desk/devices/{device_id}/lost")
def report_lost(
    device_id: PathId,
    desk: Desk,
    day: Annotated[str, Form()] = "",
    time: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """*Báo mất và thu hồi máy*, then its papers."""
    typed = LostForm(day[:_MAX_TYPED], time[:_MAX_TYPED], reason)
    detected_at = _detected_at(desk, day, time)
    if detected_at is None:
        problems = {"day": _("Ghi ngày và giờ phát hiện, như 24/11/2026 và 16:40.")}
        return _refused(desk, device_id, typed, problems)
    report = partial(
        commands.report_lost, actor=desk.actor, device_id=device_id, detected_at=detected_at, now=desk.now
    )
    try:
        lost = desk.database.write(lambda session: report(session, happened=reason))
    except (Invalid, TextRefused) as error:
        problems = {
            "detected_at": {"day": _("Giờ phát hiện phải trong một năm qua, không sau bây giờ.")},
            "reason": {
                "reason": _("Ghi ngắn hơn %(most)s ký tự, không có ký tự lạ.", most=number(commands.MAX_TEXT))
            },
        }[error.fields[0]]
        return _refused(desk, device_id, typed, problems)
    return RedirectResponse(f"/desk/lost-phones/{lost.id}?done=reported", 303)


def _detected_at(desk: DeskContext, day: str, at: str) -> datetime | None:
    found, clock = parse_day(day, local_date(desk.now)), _TIME.fullmatch(at.strip())
    if found is None or clock is None:
        return None
    hour, minute = map(int, clock.groups())
    if hour > 23 or minute > 59:
        return None
    return datetime.combine(found, clock_time(hour, minute), VIETNAM)


def _refused(desk: DeskContext, device_id: str, typed: LostForm, problems: dict[str, str]) -> Response:
    return _show(desk, device_id, replace(typed, problems=_NO_PROBLEMS | problems), 422)


def _show(desk: DeskContext, device_id: str, form: LostForm, status: int = 200) -> Response:
    page = desk.database.read(lambda session: _page(session, desk, device_id, form))
    return html("desk/people/lost_form.html", page, status)


def _page(session: Session, desk: DeskContext, device_id: str, form: LostForm) -> LostFormPage:
    found = devices.list_devices(session, desk.actor, device_id)
    if not found:
        raise NotFound
    device, owner = found[0].device, found[0].owner
    return LostFormPage(
        title=_("%(person)s – Máy bị mất", person=owner.name),
        frame=build_frame(session, desk.actor, DEVICES),
        person=owner.name,
        person_href=f"/desk/people/{owner.id}",
        device_name=device.name,
        last_contact=moment(device.last_contact_at) if device.last_contact_at else "",
        unsent=_("%(count)s lượt", count=number(device.queue_count)) if device.queue_count else "",
        action=f"/desk/devices/{device_id}/lost",
        form=form,
    )
