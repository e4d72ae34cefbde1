"""/desk/citizen-requests/{id}: one request with its clock, and each step until it is closed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.review.citizen_requests import commands
from app.review.citizen_requests.deadlines import extension_days
from app.review.citizen_requests.queries import ListedRequest, find_request
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import REQUESTS, build_frame
from app.web.desk.page.labels import REQUEST_KINDS, Link
from app.web.desk.records.requests.words import PATH, about, answer_text, done_text, state_text
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, number

router = APIRouter()
_MAX_TYPED = 20
_NO_PROBLEMS = {"day": "", "reason": ""}
_DONE = {
    "entered": lazy("Đã vào sổ."),
    "answered": lazy("Đã ghi ngày trả lời."),
    "extended": lazy("Đã gia hạn."),
    "done": lazy("Đã ghi là xong."),
    "refused": lazy("Đã ghi là từ chối."),
    "reopened": lazy("Đã mở lại."),
}
_STALE = lazy("Yêu cầu này vừa được người khác cập nhật, nên chưa ghi gì. Hãy xem lại rồi ghi.")


@dataclass(frozen=True)
class StepForm:
    """What was typed for a step (its name), with the sentences of a refused form by field."""

    step: str = ""
    day: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=lambda: _NO_PROBLEMS)


@dataclass(frozen=True)
class RequestPage:
    """What templates/desk/records/request.html shows. `sheet`: the address of the household's data on a
    sheet; `erase`: that of erasing it, for a request of that kind; `problem`: why a step was not taken;
    `extension`: by how many days it may still be extended, empty if not."""

    title: str
    frame: Frame
    done: str
    problem: str
    address: str
    version: int
    about: Link
    hamlet: str
    sheet: str
    erase: str
    reference: str
    others: str
    received: str
    entered_by: str
    answer_by: str
    answer_left: str
    done_by: str
    done_left: str
    state: str
    extension_reason: str
    refusal_reason: str
    is_open: bool
    is_answered: bool
    extension: str
    today: str
    form: StepForm


@router.get(f"{PATH}/{{request_id}}")
def show_request(request_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _show(desk, request_id, StepForm(), done=_DONE.get(done, ""))


@router.post(f"{PATH}/{{request_id}}/{{step}}")
def take_step(
    request_id: PathId,
    step: str,
    desk: Desk,
    version: FormVersion,
    day: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """One step, with the day on which it was taken, and with a reason where the law wants one."""
    typed = StepForm(step, day[:_MAX_TYPED], reason)
    on = parse_day(day, local_date(desk.now))
    take = _command(desk, request_id, version, step, on, reason)
    if take is None:
        return _refused(desk, request_id, typed, "day")
    try:
        desk.database.write(take)
    except StaleDecision:
        return _show(desk, request_id, typed, problem=_STALE, status=409)
    except (Invalid, TextRefused) as error:
        return _refused(desk, request_id, typed, error.fields[0])
    return RedirectResponse(f"{PATH}/{request_id}?done={step}", 303)


def _command(
    desk: DeskContext, id: str, version: int, step: str, on: date | None, reason: str
) -> Callable[[Session], None] | None:
    """What the step does; None if it wants a day and has none. Raises `NotFound` for a step that there is
    not."""
    actor, now = desk.actor, desk.now
    if step == "extended":
        return lambda session: commands.extend(session, actor, id, version, reason, now)
    if step == "reopened":
        return lambda session: commands.reopen(session, actor, id, version, now)
    if step not in _DONE or step == "entered":
        raise NotFound
    if on is None:
        return None
    if step == "answered":
        return lambda session: commands.answer(session, actor, id, version, on, now)
    if step == "done":
        return lambda session: commands.close(session, actor, id, version, on, now)
    return lambda session: commands.refuse(session, actor, id, version, on, reason, now)


def _refused(desk: DeskContext, request_id: str, typed: StepForm, wrong: str) -> Response:
    most = number(commands.MAX_REASON)
    problems = {
        "day": {"day": _("Ghi ngày từ ngày nhận đến hôm nay, như 24/11/2026.")},
        "reason": {"reason": _("Ghi lý do, nhiều nhất %(most)s ký tự, không có ký tự lạ.", most=most)},
    }
    if wrong == "late":
        late = _("Đã quá hạn, nên không gia hạn được nữa.")
        return _show(desk, request_id, typed, problem=late, status=422)
    return _show(desk, request_id, replace(typed, problems=_NO_PROBLEMS | problems[wrong]), status=422)


def _show(
    desk: DeskContext, id: str, form: StepForm, *, done: str = "", problem: str = "", status: int = 200
) -> Response:
    page = desk.database.read(lambda session: _page(session, desk, id, form))
    return html("desk/records/request.html", replace(page, done=done, problem=problem), status)


def _page(session: Session, desk: DeskContext, id: str, form: StepForm) -> RequestPage:
    one = find_request(session, desk.actor, id, desk.now)
    request, clock = one.request, one.clock
    household = f"/desk/households/{request.household_id}" if request.household_id else ""
    return RequestPage(
        title=REQUEST_KINDS[request.kind],
        frame=build_frame(session, desk.actor, REQUESTS),
        done="",
        problem="",
        address=f"{PATH}/{request.id}",
        version=request.version,
        about=about(one),
        hamlet=one.hamlet,
        sheet=household and f"{household}/data-sheet",
        erase=household and f"{household}/erase" if request.kind == "erase" else "",
        reference=request.reference,
        others=_("có") if request.with_others else _("không"),
        received=format_day(request.received_on),
        entered_by=one.entered_by,
        answer_by=format_day(clock.answer_by),
        answer_left=answer_text(one, desk.now),
        done_by=format_day(clock.done_by),
        done_left=done_text(one, desk.now),
        state=state_text(one),
        extension_reason=request.extension_reason,
        refusal_reason=request.refusal_reason,
        is_open=request.closed_on is None,
        is_answered=request.answered_on is not None,
        extension=_extension(one),
        today=format_day(local_date(desk.now)),
        form=form,
    )


def _extension(one: ListedRequest) -> str:
    request = one.request
    is_possible = request.closed_on is None and request.extended_on is None and not one.clock.done_late
    return number(extension_days(request.kind)) if is_possible else ""
