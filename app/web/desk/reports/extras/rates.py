"""/desk/reports/{period}/rates: rates that belong to the police or the one-stop centre, with their source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import Period, parse_period, period_label
from app.commune.settings import settings_of
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.commands import takes_remarks
from app.reports.extras.hamlet_counts import MAX_AGE, MAX_SOURCE
from app.reports.extras.models import TypedRate, wanted_extras
from app.reports.extras.rates import (
    MAX_NAME,
    MAX_RATES,
    RateText,
    add_rate,
    list_rates,
    remove_rate,
    restore_rate,
)
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import IdField, IdFilter
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.reports.choose import report_address
from app.web.desk.reports.extras.typed import TypedForm, TypedRow, refused, typed_row
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/reports/{code}/rates"
ShortText = Annotated[str, Form(max_length=1_000)]
_PROBLEMS = {
    "name": lazy("Ghi tên số liệu, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_NAME),
    "value": lazy("Chép con số, như 87,5 (có thể kèm dấu phần trăm), 1.240 hoặc 1.240 / 1.850."),
    "source": lazy("Ghi nơi cung cấp, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_SOURCE),
    "as_of": lazy("Ghi ngày của số liệu theo mẫu 24/11/2026, trong %(years)s năm qua.", years=MAX_AGE),
}
_NOTICES = {
    "count": lazy("Kỳ này đã có %(most)s số liệu. Bỏ bớt rồi ghi thêm.", most=MAX_RATES),
    "period": lazy("Kỳ này không ghi được số liệu của nơi khác."),
}
_DONE = {
    "saved": lazy("Đã lưu. Báo cáo in số này."),
    "removed": lazy("Đã bỏ. Báo cáo không in số này nữa."),
    "restored": lazy("Đã hoàn tác. Báo cáo lại in số này."),
}


@dataclass(frozen=True)
class RatesPage:
    """What templates/desk/reports/extras/rates.html shows. `id`: of the rate that the form adds; `replaces`:
    of the one that it corrects, or empty. `notice`: why nothing was saved."""

    title: str
    frame: Frame
    report: str
    action: str
    done: str
    notice: str
    id: str
    replaces: str
    typed: Mapping[str, str]
    problems: Mapping[str, str]
    rates: list[TypedRow]


@router.get(PATH)
def show_rates(code: str, desk: Desk, edit: IdFilter = "", done: str = "") -> Response:
    """The rates of a period that is open, and the form for another one, or to correct the one of `edit`."""
    return _page(desk, code, TypedForm(replaces=edit), str(_DONE.get(done, "")))


@router.post(f"{PATH}/{{rate_id}}")
def type_rate(
    code: str,
    rate_id: PathId,
    desk: Desk,
    name: ShortText = "",
    value: ShortText = "",
    source: ShortText = "",
    as_of: ShortText = "",
    replaces: IdField = "",
) -> Response:
    """*Lưu*: what is not understood comes back with a sentence at its field."""
    typed = {"name": name, "value": value, "source": source, "as_of": as_of}
    text = RateText(name, value, source, parse_day(as_of, local_date(desk.now)))

    def work(session: Session) -> None:
        period = _period(session, desk, code)
        add_rate(session, desk.actor, period, (rate_id, text), replaces, desk.now)

    return _written(desk, code, work, "saved", TypedForm(rate_id, replaces, typed))


@router.post(f"{PATH}/{{rate_id}}/remove")
def remove(code: str, rate_id: PathId, desk: Desk) -> Response:
    """*Bỏ*."""

    def work(session: Session) -> None:
        _period(session, desk, code)
        remove_rate(session, desk.actor, rate_id, desk.now)

    return _written(desk, code, work, "removed", TypedForm())


@router.post(f"{PATH}/{{rate_id}}/restore")
def restore(code: str, rate_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of *Bỏ*."""

    def work(session: Session) -> None:
        _period(session, desk, code)
        restore_rate(session, desk.actor, rate_id, desk.now)

    return _written(desk, code, work, "restored", TypedForm())


def rates_address(session: Session, desk: DeskContext, period: Period, *, is_closed: bool) -> str:
    """Where the rates of a period are typed; empty if the commune wants none, or the period takes none."""
    is_open = takes_remarks(period, desk.now) and not is_closed
    return (
        f"{report_address(period)}/rates" if is_open and "rates" in wanted_extras(session, desk.actor) else ""
    )


def _written(
    desk: DeskContext, code: str, work: Callable[[Session], None], done: str, form: TypedForm
) -> Response:
    try:
        desk.database.write(work)
    except (Invalid, PeriodClosed, StaleDecision, TextRefused) as error:
        return _page(desk, code, _refused(form, error))
    return RedirectResponse(f"/desk/reports/{code}/rates?done={done}", 303)


def _refused(form: TypedForm, error: Exception) -> TypedForm:
    """The form again, with why it was not saved."""
    if isinstance(error, PeriodClosed):
        notice = _("Kỳ vừa được chốt nên chưa lưu được. Mở lại kỳ rồi lưu.")
        return replace(form, notice=notice, status=409)
    return refused(form, error, _PROBLEMS, _NOTICES)


def _period(session: Session, desk: DeskContext, code: str) -> Period:
    """Raises `NotFound` for a code of no period, and where the commune wants no rates."""
    if "rates" not in wanted_extras(session, desk.actor):
        raise NotFound
    return parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)


def _page(desk: DeskContext, code: str, form: TypedForm, done: str = "") -> Response:
    def load(session: Session) -> RatesPage:
        period = _period(session, desk, code)
        is_closed = find_closed(session, desk.actor, code) is not None
        if not form.notice and not rates_address(session, desk, period, is_closed=is_closed):
            raise NotFound
        rates = list_rates(session, desk.actor, period.code)
        names = supervisor_names(session, desk.actor)
        base = f"{report_address(period)}/rates"
        typed = form.typed or _stored(rates, form.replaces)
        return RatesPage(
            title=_("Tỷ lệ do nơi khác cung cấp: %(period)s", period=period_label(period)),
            frame=build_frame(session, desk.actor, REPORTS),
            report=report_address(period),
            action=f"{base}/{form.id}",
            done=done,
            notice=form.notice,
            id=form.id,
            replaces=form.replaces,
            typed={name: typed.get(name, "") for name in _PROBLEMS},
            problems={name: form.problems.get(name, "") for name in _PROBLEMS},
            rates=[_row(one, names, base) for one in rates],
        )

    return html("desk/reports/extras/rates.html", desk.database.read(load), form.status)


def _stored(rates: list[TypedRate], rate_id: str) -> Mapping[str, str]:
    """What was typed of the rate that is to be corrected."""
    one = next((one for one in rates if one.id == rate_id and one.removed_at is None), None)
    if one is None:
        return {}
    return {"name": one.name, "value": one.value, "source": one.source, "as_of": format_day(one.as_of)}


def _row(one: TypedRate, names: Mapping[str, str], base: str) -> TypedRow:
    line = _(
        "Theo %(source)s, ngày %(day)s. %(who)s ghi lúc %(when)s",
        source=one.source,
        day=format_day(one.as_of),
        who=names.get(one.typed_by, ""),
        when=moment(one.typed_at),
    )
    return typed_row(one, (one.name, one.value, line), names, base)
