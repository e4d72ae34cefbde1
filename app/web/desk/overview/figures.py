"""The figures of the overview: of a period, of weeks and of the services; and the choice of the period."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import (
    Period,
    PeriodKind,
    dates_period,
    parse_period,
    period_label,
    period_of,
    previous_period,
    same_span,
)
from app.commune.catalog.commands import list_services
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.fieldwork.derived.household_days.counts import count_guided
from app.reports.charts.models import Chart, ChartRow
from app.review.register.coverage import HamletCoverage
from app.review.register.figures import people_by_service, recent_visits_by_day, visits_by_day
from app.review.register.index import LIVING, load_visited
from app.review.visit_list.trust import Trust, trust_in
from app.web.desk.page.context import DeskContext
from app.web.desk.page.drawing import Picture, picture
from app.web.desk.page.labels import UNITS
from app.web.desk.reports.counted import figure_address
from app.web.rendering import day, number

WEEKS, WEEKS_LISTED = 52, 8  # that are drawn, and that stand as numbers below
SERVICES_SHOWN = 8
_KINDS = {
    PeriodKind.WEEK: lazy("Tuần"),
    PeriodKind.MONTH: lazy("Tháng"),
    PeriodKind.QUARTER: lazy("Quý"),
    PeriodKind.YEAR: lazy("Năm"),
}
Tile = tuple[str, str, str, str]  # its number, its label, its records, what it is compared with


def load_figures(
    session: Session,
    desk: DeskContext,
    period: Period,
    commune: HamletCoverage,
    flagged: int,
    month_start: int,
) -> Mapping[str, Any]:
    """The figures of `period`; `commune`: the coverage of all hamlets; `flagged`: how many visits are flagged
    and undecided. `year` draws the weeks up to the present, whatever the period is, and `weeks` are the last
    of them."""
    today = local_date(desk.now)
    now = dates_period(period.first, min(period.last, today))
    before = same_span(previous_period(period, month_start), period, today)
    this_week = period_of(PeriodKind.WEEK, today, month_start)
    first_week = this_week.first - timedelta(weeks=WEEKS - 1)
    visits = _visits(session, desk.actor, (now, before), first_week, today)
    weeks = _weeks(visits, first_week, month_start)
    trust = trust_in(session, desk.actor, now)
    return {
        "tiles": _tiles(session, desk, (now, before), visits, (commune, flagged, trust)),
        "before": before,
        "trust": trust.sentence(number),
        "year": _year(weeks),
        "weeks": weeks[-WEEKS_LISTED:],
        "services": _services(session, desk.actor, now),
    }


def _tiles(
    session: Session,
    desk: DeskContext,
    periods: tuple[Period, Period],
    visits: Mapping[date, int],
    beside: tuple[HamletCoverage, int, Trust],
) -> list[Tile]:
    """The large figures of the first of `periods`, each beside that of the second. `beside`: the coverage,
    how many visits are flagged in all periods, and what of the first is not decided on."""
    now, (commune, flagged, trust) = periods[0], beside
    first_days = load_visited(session, desk.actor).first_days
    guided = [count_guided(session, desk.actor, days) for days in periods]
    counted = [_sum(visits, days) for days in periods]
    new = [_sum(first_days, days) for days in periods]
    of_guided, of_visits = (figure_address(now.code, code, "") for code in ("guided", "visits"))
    of_new = f"/desk/households?new={now.first.isoformat()}..{now.last.isoformat()}"
    return [
        (number(guided[0]), _("hộ được hướng dẫn"), of_guided, _compared(guided, trust)),
        (number(counted[0]), _("lượt thăm hộ"), of_visits, _compared(counted, trust)),
        (number(new[0]), _("hộ gặp lần đầu"), of_new, _compared(new, trust)),
        _coverage_tile(commune),
        (number(flagged), _("lượt cần xem"), "/desk/flags", _("mọi kỳ")),
    ]


def _visits(
    session: Session, actor: Actor, periods: tuple[Period, ...], first_week: date, today: date
) -> Mapping[date, int]:
    """The counted visits of every day that is shown; a gap of years between the period and today is left
    out."""
    recent = recent_visits_by_day(session, actor, first_week, today)
    if all(one.first >= first_week for one in periods):
        return recent
    first, last = min(one.first for one in periods), max(one.last for one in periods)
    return visits_by_day(session, actor, first, last) | recent


def _sum(visits: Mapping[date, int], days: Period) -> int:
    return sum(count for on, count in visits.items() if on in days)


def _coverage_tile(commune: HamletCoverage) -> Tile:
    percent = commune.percent
    return (
        "–" if percent is None else f"{number(commune.reached)}/{number(commune.households)}",
        _("hộ đã gặp"),
        f"/desk/households?state={LIVING}&reached=yes",
        _("Chưa có hộ nào.") if percent is None else _("%(percent)s %% từ trước đến nay", percent=percent),
    )


def _compared(counts: list[int], trust: Trust) -> str:
    """*▲ 12 %*; but *250 lượt cần xem* alone: growth that nobody has looked at yet may be none."""
    if trust.flagged:
        return _("%(count)s lượt cần xem", count=number(trust.flagged))
    return comparison(*counts)


def _weeks(visits: Mapping[date, int], first_week: date, month_start: int) -> list[tuple[Period, int, str]]:
    """The weeks, each with its visits and where they are listed."""
    weeks = [period_of(PeriodKind.WEEK, first_week + timedelta(weeks=n), month_start) for n in range(WEEKS)]
    return [(week, _sum(visits, week), figure_address(week.code, "visits", "")) for week in weeks]


def _year(weeks: list[tuple[Period, int, str]]) -> Picture:
    """The weeks as a chart, and as a table of which each row leads to its visits."""
    rows = tuple(
        ChartRow(period_label(week), (count,), mark=f"{week.first:%d/%m}") for week, count, _href in weeks
    )
    title = _("Lượt thăm %(weeks)s tuần", weeks=WEEKS)
    chart = Chart("weeks", title, _("Tuần"), (("visits", _("Lượt thăm hộ")),), rows)
    return picture(chart, [href for _week, _count, href in weeks])


def _services(session: Session, actor: Actor, period: Period) -> list[tuple[str, str, int]]:
    """The services with the most people, the greatest first: how many, and in per cent of the greatest."""
    catalog = {service.code: service for service in list_services(session, actor)}
    people = people_by_service(session, actor, catalog, period.first, period.last)
    ranked = sorted(people, key=lambda code: (-people[code], catalog[code].position))[:SERVICES_SHOWN]
    return [
        (
            catalog[code].label,
            f"{number(people[code])} {UNITS[catalog[code].unit]}",
            round(people[code] * 100 / people[ranked[0]]),
        )
        for code in ranked
    ]


def chosen_period(code: str, today: date, month_start: int) -> Period:
    """The period of the address; this week without one, and for one that there is not or not yet."""
    try:
        period = parse_period(code, month_start)
    except NotFound:
        return period_of(PeriodKind.WEEK, today, month_start)
    return period if period.first <= today else period_of(PeriodKind.WEEK, today, month_start)


def comparison(now: int, before: int) -> str:
    """*▲ 12 %*, *▼ 5 %*, *như kỳ trước*; *kỳ trước chưa có* if there was none to compare with."""
    if before == 0:
        return _("kỳ trước chưa có") if now else ""
    percent = round(abs(now - before) * 100 / before)
    if percent == 0:
        return _("như kỳ trước")
    sign = "▲" if now > before else "▼"
    return f"{sign} {number(percent)} %"


def period_bar(period: Period, today: date, month_start: int) -> Mapping[str, Any]:
    """The names and links above the figures; `later` is empty if it has not begun."""
    following = period.last + timedelta(days=1)
    later = ""
    if following <= today and period.kind is not PeriodKind.DATES:
        later = period_of(period.kind, following, month_start).code
    at = min(period.last, today)
    return {
        "label": period_label(period),
        "days": f"{day(period.first)}–{day(period.last)}" if period.kind is not PeriodKind.DATES else "",
        "earlier": previous_period(period, month_start).code,
        "later": later,
        "kinds": [
            (label, period_of(kind, at, month_start).code, kind is period.kind)
            for kind, label in _KINDS.items()
        ],
    }
