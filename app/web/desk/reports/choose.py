"""/desk/reports: the periods to choose from, and any dates."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import (
    MAX_DAYS,
    Period,
    PeriodKind,
    dates_period,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.commune.settings import settings_of
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import list_closed
from app.reports.extras.models import wanted_extras
from app.web.days import parse_day
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, moment

router = APIRouter()
# The kinds of periods in the order of the page, and how many of each it offers.
KINDS = (
    (PeriodKind.MONTH, lazy("Tháng"), 6),
    (PeriodKind.WEEK, lazy("Tuần"), 6),
    (PeriodKind.QUARTER, lazy("Quý"), 4),
    (PeriodKind.YEAR, lazy("Năm"), 2),
)
FirstDay = Annotated[str, Query(alias="from", max_length=80)]
QUICK_REPORT = "/desk/quick-report"
LastDay = Annotated[str, Query(alias="to", max_length=80)]


@dataclass(frozen=True)
class PeriodLink:
    """A period: *Tháng 11/2026*, its days, and the address of its report."""

    label: str
    days: str
    href: str


@dataclass(frozen=True)
class ClosedLink:
    """A closed period: when it was closed, by whom, and the reason why although something was in the way."""

    label: str
    href: str
    closed: str
    by: str
    reason: str


@dataclass(frozen=True)
class ChooserPage:
    """What templates/desk/reports/reports.html shows: links by kind, and the form for any dates with its
    `problems` by field; `quick_report`: the address of today's, empty where it is not wanted."""

    title: str
    frame: Frame
    kinds: list[tuple[str, list[PeriodLink]]]
    closed: list[ClosedLink]
    first: str
    last: str
    problems: dict[str, str]
    quick_report: str


@router.get("/desk/reports")
def show_chooser(desk: ReadingDesk, first: FirstDay = "", last: LastDay = "") -> Response:
    """The periods; with two days, the report of the days from the one to the other."""
    problems: dict[str, str] = {}
    if first or last:
        days, problems = _read_days(first, last, local_date(desk.now))
        if days:
            return RedirectResponse(report_address(dates_period(*days)), 303)
    page = desk.reading.read(lambda session: _page(session, desk, first, last, problems))
    return html("desk/reports/reports.html", page, 422 if problems else 200)


def report_address(period: Period) -> str:
    """The address of a period's report."""
    return f"/desk/reports/{period.code}"


def visits_address(period: Period, filters: dict[str, str]) -> str:
    """The list of the visits of a period that pass the filters."""
    return "/desk/visits?" + urlencode(filters | {"day": day(period.first), "to": day(period.last)})


def days_of(period: Period) -> str:
    """*01/11/2026–30/11/2026*."""
    return f"{day(period.first)}–{day(period.last)}"


def period_link(period: Period) -> PeriodLink:
    """The link to a period's report."""
    return PeriodLink(period_label(period), days_of(period), report_address(period))


def label_of(closed: ClosedPeriod) -> str:
    """*Tháng 10/2026*, as the days were when it was closed."""
    return period_label(Period(PeriodKind(closed.kind), closed.code, closed.first, closed.last))


def _read_days(first: str, last: str, today: date) -> tuple[tuple[date, date] | None, dict[str, str]]:
    """Both days, or the problems of the fields."""
    read = {"first": parse_day(first, today), "last": parse_day(last, today)}
    problems = {name: _("Ghi ngày theo mẫu 24/11/2026.") for name, value in read.items() if value is None}
    if read["first"] is None or read["last"] is None:
        return None, problems
    if read["first"] > read["last"]:
        return None, {"last": _("Ngày cuối phải không trước ngày đầu.")}
    try:
        parse_period(dates_period(read["first"], read["last"]).code, 1)
    except NotFound:
        return None, {"last": _("Nhiều nhất %(days)s ngày, từ năm 2020.", days=MAX_DAYS)}
    return (read["first"], read["last"]), {}


def _page(
    session: Session, desk: DeskContext, first: str, last: str, problems: dict[str, str]
) -> ChooserPage:
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    today = local_date(desk.now)
    return ChooserPage(
        title=_("Báo cáo"),
        frame=build_frame(session, desk.actor, REPORTS),
        kinds=[(label, _links(kind, count, today, month_start)) for kind, label, count in KINDS],
        closed=_closed(session, desk),
        first=first,
        last=last,
        problems={"first": "", "last": ""} | problems,
        quick_report=QUICK_REPORT if "today" in wanted_extras(session, desk.actor) else "",
    )


def _closed(session: Session, desk: DeskContext) -> list[ClosedLink]:
    names = supervisor_names(session, desk.actor)
    return [
        ClosedLink(
            label_of(one),
            f"/desk/reports/{one.code}",
            moment(one.closed_at),
            names[one.closed_by],
            one.reason,
        )
        for one in list_closed(session, desk.actor)
    ]


def _links(kind: PeriodKind, count: int, today: date, month_start: int) -> list[PeriodLink]:
    """The current period and those before it, newest first."""
    period, links = period_of(kind, today, month_start), []
    for _place in range(count):
        links.append(period_link(period))
        period = previous_period(period, month_start)
    return links
