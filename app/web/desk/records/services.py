"""/desk/services: the services that phones offer, in their order, those that are switched off, and the form
of one of the commune's own.

*Xếp theo mức dùng* proposes the services that the commune records most, before *Việc khác*; the order changes
on one click, which can be taken back. A list that orders itself would move under the thumb of whoever knows
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.catalog import commands
from app.commune.catalog.commands import FIRST_OUTCOMES, MAX_OWN_SERVICES, ServiceContent
from app.commune.catalog.services import FRONT_COUNT, Service
from app.core.clock import local_date
from app.core.errors import Invalid, LastService, NameTaken, StaleDecision
from app.core.strings import _, lazy
from app.fieldwork.derived.sums import sum_visits
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.frame import SERVICES
from app.web.desk.page.labels import OUTCOMES, PILLARS
from app.web.forms import At, Code, Codes, Day, Filled, Form, Sent, Values, Version, name_field, submit
from app.web.rendering import day
from app.web.screens import screen

router = APIRouter()
_LIST = "/desk/services"
_SPAN = timedelta(days=90)
_ENOUGH = 30  # visits with a service; of fewer nothing follows
_DONE = {
    "on": lazy("Đã bật lại, ở chỗ cũ. Máy của tổ thấy việc này ở lần liên lạc sau."),
    "off": lazy("Đã tắt. Máy của tổ thôi đưa ra việc này ở lần liên lạc sau; lượt đã ghi vẫn được tính."),
    "saved": lazy("Đã lưu. Máy của tổ thấy ở lần liên lạc sau."),
    "last": lazy("Chưa tắt: đây là việc duy nhất đang bật. Bật một việc khác trước."),
    "ordered": lazy("Đã đưa các việc dùng nhiều lên đầu. Máy của tổ thấy ở lần liên lạc sau."),
    "undone": lazy("Đã trả lại thứ tự trước đó."),
    "changed": lazy("Chưa đổi thứ tự: danh sách vừa được người khác đổi. Đây là thứ tự bây giờ."),
}


def _wrong_order(typed: Values) -> Mapping[str, str]:
    first, last = typed["first_day"], typed["last_day"]
    return {"last_day": _("Ngày cuối phải từ ngày đầu trở đi.")} if first and last and last < first else {}


SERVICE = Form(
    name_field(
        "label",
        lazy("Tên việc"),
        lazy("Nhập tên việc."),
        lazy("Ngắn gọn, như trên máy: Cài ứng dụng của tỉnh"),
    ),
    Code("pillar", lazy("Nhóm"), wrong=lazy("Chọn một nhóm."), options=PILLARS, empty=lazy("Chọn nhóm")),
    Codes(
        "first",
        lazy("Ba kết quả đưa ra trước"),
        wrong=lazy("Chọn ba kết quả khác nhau."),
        options=OUTCOMES,
        least=FIRST_OUTCOMES,
        most=FIRST_OUTCOMES,
    ),
    Codes(
        "outcome",
        lazy("Kết quả khác được phép"),
        lazy("Kết quả đã cho phép thì không bỏ được: máy của tổ có thể còn lượt ghi kết quả đó, chưa gửi."),
        lazy("Chọn trong các kết quả dưới đây."),
        options=OUTCOMES,
    ),
    Day("first_day", lazy("Từ ngày"), lazy("Để trống là không giới hạn. Mẫu: 24/11/2026"), asks_year=True),
    Day("last_day", lazy("Đến hết ngày"), asks_year=True),
    Version(),
    refusals={
        NameTaken: At("label", lazy("Danh mục đã có việc tên này, có thể đang tắt. Đặt tên khác.")),
        "count": At(
            "label", lazy("Đã có %(count)s việc riêng, không thêm được nữa.", count=MAX_OWN_SERVICES)
        ),
        StaleDecision: "",  # the page says who changed it
    },
    check=_wrong_order,
)


@dataclass(frozen=True)
class Reordering:
    """Codes of the services that are offered: the order that is shown, and the one that a click makes of it.
    `labels`: what comes to the front by it."""

    shown: str
    wanted: str
    labels: Sequence[str] = ()


@router.get(_LIST)
def show_services(desk: Desk, done: str = "", before: str = "") -> Response:
    """`before`: the order of the services before it was changed."""

    def load(session: Session) -> Mapping[str, Any]:
        services = commands.list_services(session, desk.actor)
        offered = [service for service in services if service.active]
        own = {service.code for service in services if commands.is_own(service)}
        today = local_date(desk.now)
        codes = [service.code for service in services]
        uses = sum_visits(session, desk.actor, today - _SPAN + timedelta(days=1), today, codes)
        return {
            "offered": offered,
            "switched_off": [service for service in services if not service.active],
            "own": own,
            "days": {service.code: _days(service, today) for service in services},
            "uses": uses,
            "pillars": PILLARS,
            "names": supervisor_names(session, desk.actor),
            "may_add": len(own) < MAX_OWN_SERVICES,
            "done": _DONE.get(done, ""),
            "proposal": None if before else proposed_order(offered, uses),
            "undo": order_before(offered, before) if before else None,
        }

    return screen(desk, "desk/records/services.html", SERVICES, load)


@router.post(f"{_LIST}/order")  # before the addresses with a code: *order* is none
def reorder(
    desk: Desk,
    shown: Annotated[str, FormField()] = "",
    wanted: Annotated[str, FormField()] = "",
    undo: bool = False,
) -> Response:
    """*Đưa lên đầu*, and *Hoàn tác* with the order before."""
    before, after = shown.split(" "), wanted.split(" ")
    try:
        desk.database.write(lambda session: commands.reorder(session, desk.actor, before, after, desk.now))
    except (StaleDecision, Invalid):
        return RedirectResponse(f"{_LIST}?done=changed", 303)
    done = {"done": "undone"} if undo else {"done": "ordered", "before": shown}
    return RedirectResponse(f"{_LIST}?{urlencode(done)}", 303)


@router.post(f"{_LIST}/{{code}}/on")
def switch_on(code: PathId, desk: Desk) -> Response:
    """*Bật*."""
    desk.database.write(lambda session: commands.switch_on(session, desk.actor, code, desk.now))
    return RedirectResponse(f"{_LIST}?done=on", 303)


@router.post(f"{_LIST}/{{code}}/off")
def switch_off(code: PathId, desk: Desk) -> Response:
    """*Tắt*; the only service that is on stays on, and a sentence says so."""
    try:
        desk.database.write(lambda session: commands.switch_off(session, desk.actor, code, desk.now))
    except LastService:
        return RedirectResponse(f"{_LIST}?done=last", 303)
    return RedirectResponse(f"{_LIST}?done=off", 303)


@router.post(f"{_LIST}/{{code}}/up")
def move_up(code: PathId, desk: Desk, position: Annotated[str, FormField()] = "") -> Response:
    """*Lên*: before the one that stands above it."""
    return _move(desk, code, -1, position)


@router.post(f"{_LIST}/{{code}}/down")
def move_down(code: PathId, desk: Desk, position: Annotated[str, FormField()] = "") -> Response:
    """*Xuống*."""
    return _move(desk, code, 1, position)


@router.get(f"{_LIST}/new")
def show_new_service(desk: Desk) -> Response:
    return _form_page(desk, "", SERVICE.blank())


@router.post(f"{_LIST}/new")
def add_service(desk: Desk, sent: Sent) -> Response:
    """Add the service; a wrong field shows the form again with a sentence."""

    def add(session: Session, typed: Values) -> None:
        commands.add_service(session, desk.actor, _content(typed), desk.now)

    return submit(desk, SERVICE, sent, add, f"{_LIST}?done=saved", partial(_form_page, desk, ""))


@router.get(f"{_LIST}/{{code}}")
def show_service(code: PathId, desk: Desk) -> Response:
    service = desk.read(lambda session: commands.find_own_service(session, desk.actor, code))
    return _form_page(desk, code, SERVICE.of(service, label=service.label_vi, outcome=service.outcomes))


@router.post(f"{_LIST}/{{code}}")
def change_service(code: PathId, desk: Desk, sent: Sent) -> Response:
    """Change the service; if a colleague did so meanwhile, the form says that and shows what was typed."""

    def change(session: Session, typed: Values) -> None:
        commands.change_service(session, desk.actor, code, _content(typed), typed["version"], desk.now)

    return submit(desk, SERVICE, sent, change, f"{_LIST}?done=saved", partial(_form_page, desk, code))


def _content(typed: Values) -> ServiceContent:
    texts = (typed["label"], typed["pillar"], typed["first"], typed["outcome"])
    return ServiceContent(*texts, typed["first_day"], typed["last_day"])


def _form_page(desk: DeskContext, code: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        service = commands.find_own_service(session, desk.actor, code) if code else None
        names = supervisor_names(session, desk.actor) if form.is_stale else {}
        return {"service": service, "form": form, "code": code, "names": names}

    return screen(desk, "desk/records/service_form.html", SERVICES, load, form.status)


def proposed_order(offered: Sequence[Service], uses: Mapping[str, int]) -> Reordering | None:
    """The most used ones first, the others as they are. None if they stand first already, or there are too
    few visits to tell."""
    if sum(uses.values()) < _ENOUGH:
        return None
    by_use = sorted(offered, key=lambda service: -uses.get(service.code, 0))
    front = [service for service in by_use[:FRONT_COUNT] if uses.get(service.code)]
    rising = [service for service in front if service not in offered[:FRONT_COUNT]]
    if not rising:
        return None
    wanted = [*front, *(service for service in offered if service not in front)]
    return Reordering(_codes(offered), _codes(wanted), [service.label for service in rising])


def order_before(offered: Sequence[Service], before: str) -> Reordering | None:
    """What takes a reordering back: the order `before` it; None if that has other services."""
    codes = before.split(" ")
    is_same = sorted(codes) == sorted(service.code for service in offered)
    return Reordering(_codes(offered), before) if is_same else None


def _codes(services: Sequence[Service]) -> str:
    """Their codes, of which none has a blank."""
    return " ".join(service.code for service in services)


def _move(desk: DeskContext, code: str, steps: int, position: str) -> Response:
    place = parse_version(position)
    try:
        desk.database.write(lambda session: commands.move(session, desk.actor, code, steps, place, desk.now))
    except StaleDecision:
        return RedirectResponse(f"{_LIST}?done=changed", 303)
    return RedirectResponse(f"{_LIST}#service-{code}", 303)


def _days(service: Service, today: date) -> str:
    """*01/12/2026 – 31/12/2026 (chưa đến ngày)*; empty without a limit."""
    first, last = service.first_day, service.last_day
    if first is None and last is None:
        return ""
    span = f"{day(first) if first else '…'} – {day(last) if last else '…'}"
    if first and today < first:
        return _("%(span)s (chưa đến ngày)", span=span)
    return _("%(span)s (đã hết hạn)", span=span) if last and last < today else span
