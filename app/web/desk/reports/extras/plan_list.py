"""/desk/settings/report-extras/plans: the plans under which days and sessions are done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import MAX_DAYS
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.reports.extras.models import wanted_extras
from app.reports.plans.commands import (
    MAX_NAME,
    MAX_NUMBER,
    MAX_PLANS,
    PlanText,
    add_plan,
    remove_plan,
    restore_plan,
)
from app.reports.plans.models import Plan
from app.reports.plans.queries import list_plans
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import IdField, IdFilter
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.desk.reports.extras.typed import TypedForm, TypedRow, refused, typed_row
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/settings/report-extras/plans"
ShortText = Annotated[str, Form(max_length=1_000)]
_PROBLEMS = {
    "number": lazy("Ghi số của kế hoạch, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_NUMBER),
    "name": lazy("Ghi tên kế hoạch, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_NAME),
    "first": lazy("Ghi ngày bắt đầu theo mẫu 24/11/2026."),
    "last": lazy(
        "Ghi ngày kết thúc theo mẫu 24/11/2026, không trước ngày bắt đầu; dài nhất %(days)s ngày.",
        days=MAX_DAYS,
    ),
}
_NOTICES = {"count": lazy("Đã có %(most)s kế hoạch. Bỏ bớt rồi ghi thêm.", most=MAX_PLANS)}
_DONE = {
    "saved": lazy("Đã lưu. Phiếu hoạt động chọn được kế hoạch này."),
    "removed": lazy("Đã bỏ. Phiếu hoạt động không có kế hoạch này nữa."),
    "restored": lazy("Đã hoàn tác. Phiếu hoạt động lại chọn được kế hoạch này."),
}


@dataclass(frozen=True)
class PlansPage:
    """What templates/desk/reports/extras/plans.html shows. `replaces`: the id of the plan that the form
    corrects, or empty; `notice`: why nothing was saved."""

    title: str
    frame: Frame
    action: str
    done: str
    notice: str
    replaces: str
    typed: Mapping[str, str]
    problems: Mapping[str, str]
    plans: list[TypedRow]


@router.get(PATH)
def show_plans(desk: Desk, edit: IdFilter = "", done: str = "") -> Response:
    """The plans, and the form for another one, or to correct the one of `edit`."""
    return _page(desk, TypedForm(replaces=edit), str(_DONE.get(done, "")))


@router.post(f"{PATH}/{{plan_id}}")
def type_plan(
    plan_id: PathId,
    desk: Desk,
    number: ShortText = "",
    name: ShortText = "",
    first: ShortText = "",
    last: ShortText = "",
    replaces: IdField = "",
) -> Response:
    """*Lưu*: what is not understood comes back with a sentence at its field."""
    typed = {"number": number, "name": name, "first": first, "last": last}
    today = local_date(desk.now)
    text = PlanText(number, name, parse_day(first, today), parse_day(last, today))
    form = TypedForm(plan_id, replaces, typed)

    def work(session: Session) -> None:
        add_plan(session, desk.actor, plan_id, text, replaces, desk.now)

    return _written(desk, work, "saved", form)


@router.post(f"{PATH}/{{plan_id}}/remove")
def remove(plan_id: PathId, desk: Desk) -> Response:
    """*Bỏ*."""
    return _written(
        desk, lambda session: remove_plan(session, desk.actor, plan_id, desk.now), "removed", TypedForm()
    )


@router.post(f"{PATH}/{{plan_id}}/restore")
def restore(plan_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of *Bỏ*."""
    return _written(
        desk, lambda session: restore_plan(session, desk.actor, plan_id, desk.now), "restored", TypedForm()
    )


def _written(desk: DeskContext, work: Callable[[Session], None], done: str, form: TypedForm) -> Response:
    def write(session: Session) -> None:
        _check_wanted(session, desk)
        work(session)

    try:
        desk.database.write(write)
    except (Invalid, StaleDecision, TextRefused) as error:
        return _page(desk, refused(form, error, _PROBLEMS, _NOTICES))
    return RedirectResponse(f"{PATH}?done={done}", 303)


def _check_wanted(session: Session, desk: DeskContext) -> None:
    """Raises `NotFound` where the commune wants no plans."""
    if "plans" not in wanted_extras(session, desk.actor):
        raise NotFound


def _page(desk: DeskContext, form: TypedForm, done: str = "") -> Response:
    def load(session: Session) -> PlansPage:
        _check_wanted(session, desk)
        plans = list_plans(session, desk.actor)
        names = supervisor_names(session, desk.actor)
        typed = form.typed or _stored(plans, form.replaces)
        return PlansPage(
            title=_("Kế hoạch"),
            frame=build_frame(session, desk.actor, SETTINGS),
            action=f"{PATH}/{form.id}",
            done=done,
            notice=form.notice,
            replaces=form.replaces,
            typed={name: typed.get(name, "") for name in _PROBLEMS},
            problems={name: form.problems.get(name, "") for name in _PROBLEMS},
            plans=[_row(one, names) for one in plans],
        )

    return html("desk/reports/extras/plans.html", desk.database.read(load), form.status)


def _stored(plans: list[Plan], plan_id: str) -> Mapping[str, str]:
    """What was typed of the plan that is to be corrected."""
    one = next((one for one in plans if one.id == plan_id and one.removed_at is None), None)
    if one is None:
        return {}
    days = {"first": format_day(one.first), "last": format_day(one.last)}
    return {"number": one.number, "name": one.name} | days


def _row(one: Plan, names: Mapping[str, str]) -> TypedRow:
    line = _(
        "Từ %(first)s đến %(last)s. %(who)s ghi lúc %(when)s",
        first=format_day(one.first),
        last=format_day(one.last),
        who=names.get(one.typed_by, ""),
        when=moment(one.typed_at),
    )
    return typed_row(one, (one.number, one.name, line), names, PATH)
