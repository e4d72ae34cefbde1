"""/desk/spot-checks: the draws there were, and the form for another one."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import (
    Period,
    PeriodKind,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.commune.settings import settings_of
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, TextRefused
from app.core.strings import _, lazy
from app.reports.spot_checks.lines import check_sentence, figures_of
from app.review.spot_checks.commands import (
    MAX_REASON,
    MOST_DRAWN,
    MOST_DRAWS,
    USUAL_SIZE,
    WantedDraw,
    draw_households,
    may_draw,
)
from app.review.spot_checks.models import SpotCheck
from app.review.spot_checks.queries import DrawOptions, draw_options, list_checks
from app.web.desk.page.context import Desk, DeskContext, require_id
from app.web.desk.page.frame import SPOT_CHECKS, build_frame
from app.web.desk.page.labels import Link
from app.web.frame import Frame
from app.web.rendering import html, number

router = APIRouter()
PATH = "/desk/spot-checks"
MONTHS = 4  # that the list offers: this month and those before it
ShortText = Annotated[str, Form(max_length=40)]
LongText = Annotated[str, Form(max_length=4_000)]
_PROBLEMS = {
    "households": lazy("Tháng này chưa có hộ nào đã gặp, hoặc có quá nhiều nhóm để rút."),
    "reason": lazy("Tháng này đã rút. Ghi lý do rút lại, nhiều nhất %(most)s ký tự.", most=MAX_REASON),
    "digits": lazy("Có dãy số dài như số điện thoại, số tài khoản. Bỏ dãy số đó rồi lưu."),
    "draws": lazy("Một tháng rút nhiều nhất %(most)s lần.", most=MOST_DRAWS),
}
_ODD = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")


@dataclass(frozen=True)
class SpotChecksPage:
    """What templates/desk/reports/spot_checks/list.html shows: the draws with what they found, and the months
    that can be drawn."""

    title: str
    frame: Frame
    checks: list[Link]
    months: list[Link]


@dataclass(frozen=True)
class DrawingPage:
    """What templates/desk/reports/spot_checks/draw.html shows. `is_possible`: there is a size to choose.
    `again`: the month was drawn before, so a reason is asked for."""

    title: str
    frame: Frame
    id: str
    period: str
    households: str
    strata: str
    least: str
    most: str
    size: str
    is_possible: bool
    again: bool
    reason: str
    size_problem: str
    reason_problem: str
    problem: str


@router.get(PATH)
def show_checks(desk: Desk) -> Response:
    """The newest draws, and the months for another one."""

    def load(session: Session) -> SpotChecksPage:
        names = supervisor_names(session, desk.actor)
        return SpotChecksPage(
            title=_("Hậu kiểm"),
            frame=build_frame(session, desk.actor, SPOT_CHECKS),
            checks=[
                Link(check_sentence(figures_of(one), names), f"{PATH}/{one.check.id}")
                for one in list_checks(session, desk.actor)
            ],
            months=_months(session, desk),
        )

    return html("desk/reports/spot_checks/list.html", desk.database.read(load))


@router.get(f"{PATH}/new")
def show_drawing_form(desk: Desk, period: str = "") -> Response:
    """The form for the month that `period` names."""
    return _form(desk, period, "", "", "")


@router.post(PATH)
def draw_check(
    desk: Desk, id: ShortText = "", period: ShortText = "", size: ShortText = "", reason: LongText = ""
) -> Response:
    """*Rút*; the same form again leads to the same draw."""
    check_id = require_id(id)
    wanted_size = int(size) if size.isascii() and size.isdecimal() else 0
    wanted = WantedDraw(check_id, wanted_size, reason, secrets.randbits(48))

    def work(session: Session) -> SpotCheck:
        return draw_households(session, desk.actor, _month(session, desk, period), wanted, desk.now)

    try:
        drawn = desk.database.write(work)
    except Invalid as error:
        return _form(desk, period, size, reason, error.fields[0])
    except TextRefused:
        return _form(desk, period, size, reason, "odd")
    return RedirectResponse(f"{PATH}/{drawn.id}", 303)


def _form(desk: DeskContext, code: str, size: str, reason: str, problem: str) -> Response:
    def load(session: Session) -> DrawingPage:
        period = _month(session, desk, code)
        options = draw_options(session, desk.actor, period)
        most = min(options.households, MOST_DRAWN)
        usual = max(options.strata, min(USUAL_SIZE, most))
        return DrawingPage(
            title=_("Rút hộ hậu kiểm, %(period)s", period=period_label(period)),
            frame=build_frame(session, desk.actor, SPOT_CHECKS),
            id=str(uuid.uuid4()),
            period=period.code,
            households=number(options.households),
            strata=number(options.strata),
            least=number(options.strata),
            most=number(most),
            size=size or str(usual),
            is_possible=0 < options.strata <= most,
            again=options.draws > 0,
            reason=reason,
            size_problem=_size_problem(options, most) if problem == "size" else "",
            reason_problem=_reason_problem(problem),
            problem=_other_problem(problem),
        )

    return html("desk/reports/spot_checks/draw.html", desk.database.read(load), 422 if problem else 200)


def _size_problem(options: DrawOptions, most: int) -> str:
    return _("Ghi số hộ từ %(least)s đến %(most)s.", least=number(options.strata), most=number(most))


def _reason_problem(problem: str) -> str:
    if problem == "odd":
        return str(_ODD)
    return str(_PROBLEMS[problem]) if problem in ("reason", "digits") else ""


def _other_problem(problem: str) -> str:
    return str(_PROBLEMS[problem]) if problem in ("households", "draws") else ""


def _month(session: Session, desk: DeskContext, code: str) -> Period:
    """Raises `NotFound` for what is no month that has begun."""
    period = parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)
    if not may_draw(period, desk.now):
        raise NotFound
    return period


def _months(session: Session, desk: DeskContext) -> list[Link]:
    start = settings_of(session, desk.actor.commune_id).month_start_day
    period, links = period_of(PeriodKind.MONTH, local_date(desk.now), start), []
    for _place in range(MONTHS):
        links.append(Link(period_label(period), f"{PATH}/new?period={period.code}"))
        period = previous_period(period, start)
    return links
