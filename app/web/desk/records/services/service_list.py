"""/desk/services: the services that phones offer, in their order, and those that are switched off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.catalog import commands
from app.commune.catalog.services import Service
from app.core.clock import local_date
from app.core.errors import LastService, StaleDecision
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.frame import SERVICES, build_frame
from app.web.desk.page.labels import PILLARS
from app.web.desk.records.services.by_use import Reordering, count_uses, order_before, proposed_order
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
_LIST = "/desk/services"
_DONE = {
    "on": lazy("Đã bật lại, ở chỗ cũ. Máy của tổ thấy việc này ở lần liên lạc sau."),
    "off": lazy("Đã tắt. Máy của tổ thôi đưa ra việc này ở lần liên lạc sau; lượt đã ghi vẫn được tính."),
    "saved": lazy("Đã lưu. Máy của tổ thấy ở lần liên lạc sau."),
    "last": lazy("Chưa tắt: đây là việc duy nhất đang bật. Bật một việc khác trước."),
    "ordered": lazy("Đã đưa các việc dùng nhiều lên đầu. Máy của tổ thấy ở lần liên lạc sau."),
    "undone": lazy("Đã trả lại thứ tự trước đó."),
    "changed": lazy("Chưa đổi thứ tự: danh sách vừa được người khác đổi. Đây là thứ tự bây giờ."),
}


@dataclass(frozen=True)
class ServiceRow:
    """One service. `edit`: the address of its form, empty unless it is the commune's own; `days`: from and
    until when it is offered; `uses`: visits of the last 90 days; `changed`: who changed it last, and when."""

    id: str
    label: str
    pillar: str
    address: str
    edit: str
    days: str
    uses: str
    changed: str
    position: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class ServicesPage:
    """What templates/desk/records/services.html shows; `done` says what was just done, or is empty.

    `proposal`: another order of what is on; `undo`: the order before the last one.
    """

    title: str
    frame: Frame
    offered: list[ServiceRow]
    switched_off: list[ServiceRow]
    may_add: bool
    done: str
    proposal: Reordering | None
    undo: Reordering | None


@router.get("/desk/services")
def show_services(desk: Desk, done: str = "", before: str = "") -> Response:
    """`before`: the order of the services before it was changed."""
    page = desk.database.read(lambda session: _page(session, desk, done, before))
    return html("desk/records/services.html", page)


@router.post("/desk/services/{code}/on")
def switch_on(code: PathId, desk: Desk) -> Response:
    """*Bật*."""
    desk.database.write(lambda session: commands.switch_on(session, desk.actor, code, desk.now))
    return RedirectResponse(f"{_LIST}?done=on", 303)


@router.post("/desk/services/{code}/off")
def switch_off(code: PathId, desk: Desk) -> Response:
    """*Tắt*; the only service that is on stays on, and a sentence says so."""
    try:
        desk.database.write(lambda session: commands.switch_off(session, desk.actor, code, desk.now))
    except LastService:
        return RedirectResponse(f"{_LIST}?done=last", 303)
    return RedirectResponse(f"{_LIST}?done=off", 303)


@router.post("/desk/services/{code}/up")
def move_up(code: PathId, desk: Desk, position: Annotated[str, Form()] = "") -> Response:
    """*Lên*: before the one that stands above it."""
    return _move(desk, code, -1, position)


@router.post("/desk/services/{code}/down")
def move_down(code: PathId, desk: Desk, position: Annotated[str, Form()] = "") -> Response:
    """*Xuống*."""
    return _move(desk, code, 1, position)


def _move(desk: DeskContext, code: str, steps: int, position: str) -> Response:
    place = parse_version(position)
    try:
        desk.database.write(lambda session: commands.move(session, desk.actor, code, steps, place, desk.now))
    except StaleDecision:
        return RedirectResponse(f"{_LIST}?done=changed", 303)
    return RedirectResponse(f"{_LIST}#service-{code}", 303)


def _page(session: Session, desk: DeskContext, done: str, before: str) -> ServicesPage:
    services = commands.list_services(session, desk.actor)
    offered = [service for service in services if service.active]
    names = supervisor_names(session, desk.actor)
    today = local_date(desk.now)
    uses = count_uses(session, desk.actor, services, today)
    row = _row_maker(names, today, offered, uses)
    return ServicesPage(
        title=_("Việc hướng dẫn"),
        frame=build_frame(session, desk.actor, SERVICES),
        offered=[row(service) for service in offered],
        switched_off=[row(service) for service in services if not service.active],
        may_add=sum(commands.is_own(service) for service in services) < commands.MAX_OWN_SERVICES,
        done=_DONE.get(done, ""),
        proposal=None if before else proposed_order(offered, uses),
        undo=order_before(offered, before) if before else None,
    )


def _row_maker(
    names: dict[str, str], today: date, offered: list[Service], uses: dict[str, int]
) -> Callable[[Service], ServiceRow]:
    first, last = (offered[0], offered[-1]) if offered else (None, None)

    def row(service: Service) -> ServiceRow:
        address = f"{_LIST}/{service.code}"
        return ServiceRow(
            id=f"service-{service.code}",
            label=service.label,
            pillar=PILLARS.get(service.pillar, service.pillar),
            address=address,
            edit=address if commands.is_own(service) else "",
            days=_days(service, today),
            uses=number(uses.get(service.code, 0)),
            changed=_changed(service, names),
            position=service.position,
            is_first=service is first,
            is_last=service is last,
        )

    return row


def _days(service: Service, today: date) -> str:
    """*01/12/2026 – 31/12/2026, chưa đến ngày*; empty without a limit."""
    first, last = service.first_day, service.last_day
    if first is None and last is None:
        return ""
    span = f"{day(first) if first else '…'} – {day(last) if last else '…'}"
    if first and today < first:
        return _("%(span)s (chưa đến ngày)", span=span)
    return _("%(span)s (đã hết hạn)", span=span) if last and last < today else span


def _changed(service: Service, names: dict[str, str]) -> str:
    if service.changed_at is None:
        return ""
    return f"{names.get(service.changed_by or '', '')} {moment(service.changed_at)}".strip()
