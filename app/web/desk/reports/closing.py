"""/desk/reports/{period}/close and /reopen: *Chốt kỳ*, *Mở lại*, each asked once with its consequences."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import Period, parse_period, period_label
from app.commune.settings import settings_of
from app.core.errors import Invalid, NotFound
from app.core.strings import _, lazy
from app.fieldwork.derived.flags.evaluation import evaluate
from app.fieldwork.periods.queries import find_closed
from app.reports.adjustments import find_adjustments
from app.reports.closing import (
    MAX_REASON,
    close_period,
    find_obstacles,
    later_closed,
    may_close,
    reopen_period,
)
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.reports.wording.queries import wording_of
from app.review.visit_list.trust import trust_in
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.reports.choose import label_of, report_address, visits_address
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, number

router = APIRouter()
Reason = Annotated[str, Form(max_length=4_000)]
_TOO_LONG = lazy("Nhiều nhất %(count)s ký tự.", count=MAX_REASON)


@dataclass(frozen=True)
class ClosePage:
    """What templates/desk/reports/report_close.html shows. `obstacles`: a sentence and the address of what is
    in the way; with any, a reason is required. `adjusted`: the earlier periods of which it has adjustments.
    `is_outdated`: the figures have changed since somebody edited the sentences."""

    title: str
    frame: Frame
    address: str
    obstacles: list[tuple[str, str]]
    adjusted: str
    is_outdated: bool
    reason: str
    problem: str


@dataclass(frozen=True)
class ReopenPage:
    """What templates/desk/reports/report_reopen.html shows. `later`: the period that has to be reopened
    first, and the address of its report; empty if there is none."""

    title: str
    frame: Frame
    address: str
    later: tuple[str, str]
    reason: str
    problem: str


@router.get("/desk/reports/{code}/close")
def show_close_form(code: str, desk: Desk) -> Response:
    """Ask for confirmation, with what is in the way."""
    return _close_form(desk, code, "", "")


@router.post("/desk/reports/{code}/close", dependencies=[RecentFactor])
def close(code: str, desk: Desk, reason: Reason = "") -> Response:
    """*Chốt kỳ*."""
    # Apart, so that the flags that are found stay when the period is not closed, and the form shows them.
    desk.database.write(lambda session: evaluate(session, desk.actor.commune_id))
    try:
        desk.database.write(lambda session: close_period(session, desk.actor, code, reason, desk.now))
    except Invalid as error:
        if error.fields != ["reason"]:
            raise
        missing = _("Ghi lý do chốt khi còn việc chưa xong.")
        return _close_form(desk, code, reason, missing if not reason.strip() else _TOO_LONG)
    return RedirectResponse(f"/desk/reports/{code}?done=closed", 303)


@router.get("/desk/reports/{code}/reopen")
def show_reopen_form(code: str, desk: Desk) -> Response:
    """Ask for the reason, and say what reopening does."""
    return _reopen_form(desk, code, "", "")


@router.post("/desk/reports/{code}/reopen", dependencies=[RecentFactor])
def reopen(code: str, desk: Desk, reason: Reason = "") -> Response:
    """*Mở lại*."""
    try:
        desk.database.write(lambda session: reopen_period(session, desk.actor, code, reason, desk.now))
    except Invalid as error:
        missing = _("Ghi lý do mở lại.") if not reason.strip() else _TOO_LONG
        return _reopen_form(desk, code, reason, missing if error.fields == ["reason"] else "")
    return RedirectResponse(f"/desk/reports/{code}?done=reopened", 303)


def _close_form(desk: DeskContext, code: str, reason: str, problem: str) -> Response:
    def load(session: Session) -> ClosePage:
        period = parse_period(code, settings_of(session, desk.actor.commune_id).month_start_day)
        if not may_close(period, desk.now) or find_closed(session, desk.actor, code):
            raise NotFound
        table = report_table(session, desk.actor, period, desk.now)
        adjusted = [label_of(one.period) for one in find_adjustments(session, desk.actor, period)]
        return ClosePage(
            title=_("Chốt %(period)s?", period=period_label(period)),
            frame=build_frame(session, desk.actor, REPORTS),
            address=report_address(period),
            obstacles=obstacle_links(session, desk, period),
            adjusted=", ".join(adjusted),
            is_outdated=wording_of(session, desk.actor, table, desk.now).is_outdated,
            reason=reason,
            problem=problem,
        )

    return html("desk/reports/report_close.html", desk.database.read(load), 422 if problem else 200)


def obstacle_links(session: Session, desk: DeskContext, period: Period) -> list[tuple[str, str]]:
    """What is in the way of closing the period: a sentence, and the address where it is decided."""
    found, links = find_obstacles(session, desk.actor, period, desk.now), []
    if found.flagged:
        waiting = _("%(count)s lượt cần xem chưa quyết định", count=number(found.flagged))
        links.append((waiting, visits_address(period, {"flag": "any", "state": "received"})))
    if found.phones:
        counts = {"phones": number(found.phones), "unsent": number(found.unsent)}
        links.append((_("%(phones)s máy còn %(unsent)s bản ghi chưa gửi", **counts), "/desk/devices"))
    return links


def trust_of(session: Session, desk: DeskContext, table: ReportTable) -> str:
    """What of the visits of a report nobody has decided on; empty for one that is closed."""
    return "" if table.is_closed else trust_in(session, desk.actor, table.period).sentence(number)


def _reopen_form(desk: DeskContext, code: str, reason: str, problem: str) -> Response:
    def load(session: Session) -> ReopenPage:
        closed = find_closed(session, desk.actor, code)
        if closed is None:
            raise NotFound
        later = later_closed(session, desk.actor, closed)
        return ReopenPage(
            title=_("Mở lại %(period)s?", period=label_of(closed)),
            frame=build_frame(session, desk.actor, REPORTS),
            address=f"/desk/reports/{code}",
            later=(label_of(later), f"/desk/reports/{later.code}") if later else ("", ""),
            reason=reason,
            problem=problem,
        )

    return html("desk/reports/report_reopen.html", desk.database.read(load), 422 if problem else 200)
