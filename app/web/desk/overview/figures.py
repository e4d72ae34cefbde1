"""The figures of the overview: of the period, of eight weeks, and of the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import (
    Period,
    PeriodKind,
    period_label,
    period_of,
    previous_period,
    same_span,
)
from app.commune.catalog.commands import list_services
from app.core.clock import local_date
from app.core.strings import _
from app.fieldwork.derived.household_days.counts import count_guided
from app.reports.charts.models import Chart, ChartRow
from app.review.register.coverage import HamletCoverage
from app.review.register.figures import people_by_service, recent_visits_by_day, visits_by_day
from app.review.register.index import load_visited
from app.review.visit_list.listing import COUNTED_TO
from app.review.visit_list.trust import Trust, trust_in
from app.web.desk.coverage.links import first_reached_link, reached_link
from app.web.desk.overview.period_choice import comparison, elapsed
from app.web.desk.page.context import DeskContext
from app.web.desk.page.drawing import Picture, picture
from app.web.desk.page.labels import UNITS
from app.web.desk.reports.counted import figure_address
from app.web.rendering import day, number

WEEKS, WEEKS_LISTED = 52, 8  # that are drawn, and that stand as numbers below
SERVICES_SHOWN = 8


@dataclass(frozen=True)
class FigureTile:
    """One of the large figures, with its records; `beside`: what it is compared with."""

    value: str
    label: str
    href: str
    beside: str


@dataclass(frozen=True)
class WeekColumn:
    """A week, its first day, and its visits, as a number and as it is written."""

    label: str
    first: str
    count: int
    visits: str
    href: str


@dataclass(frozen=True)
class ServiceBar:
    """How many people were guided in a service; `percent`: of the greatest one."""

    label: str
    people: str
    percent: int


@dataclass(frozen=True)
class Figures:
    """The figures of the page; `year` draws the weeks up to the present, whatever the period is, and `weeks`
    are the last of them."""

    tiles: list[FigureTile]
    compared: str
    trust: str
    year: Picture
    weeks: list[WeekColumn]
    services: list[ServiceBar]


def load_figures(
    session: Session,
    desk: DeskContext,
    period: Period,
    commune: HamletCoverage,
    flagged: int,
    month_start: int,
) -> Figures:
    """The figures of `period`; `commune`: the coverage of all hamlets; `flagged`: how many visits are flagged
    and undecided."""
    today = local_date(desk.now)
    now = elapsed(period, today)
    before = same_span(previous_period(period, month_start), period, today)
    this_week = period_of(PeriodKind.WEEK, today, month_start)
    first_week = this_week.first - timedelta(weeks=WEEKS - 1)
    visits = _visits(session, desk.actor, (now, before), first_week, today)
    weeks = _weeks(visits, first_week, month_start)
    trust = trust_in(session, desk.actor, now)
    return Figures(
        tiles=_tiles(session, desk, (now, before), visits, (commune, flagged, trust)),
        compared=_("So với %(first)s–%(last)s", first=day(before.first), last=day(before.last)),
        trust=trust.sentence(number),
        year=_year(weeks),
        weeks=weeks[-WEEKS_LISTED:],
        services=_services(session, desk.actor, now),
    )


def _tiles(
    session: Session,
    desk: DeskContext,
    periods: tuple[Period, Period],
    visits: Mapping[date, int],
    beside: tuple[HamletCoverage, int, Trust],
) -> list[FigureTile]:
    """The large figures of the first of `periods`, each beside that of the second. `beside`: the coverage,
    how many visits are flagged in all periods, and what of the first is not decided on."""
    now, (commune, flagged, trust) = periods[0], beside
    first_days = load_visited(session, desk.actor).first_days
    counted, counted_before = (_sum(visits, days) for days in periods)
    new, earlier = (_sum(first_days, days) for days in periods)
    guided, guided_before = (count_guided(session, desk.actor, days) for days in periods)
    first_reached = first_reached_link(now.first, now.last)
    of_guided, of_visits = (figure_address(now.code, code, "") for code in ("guided", "visits"))
    return [
        FigureTile(
            number(guided), _("hộ được hướng dẫn"), of_guided, _compared(guided, guided_before, trust)
        ),
        FigureTile(number(counted), _("lượt thăm hộ"), of_visits, _compared(counted, counted_before, trust)),
        FigureTile(number(new), _("hộ gặp lần đầu"), first_reached, _compared(new, earlier, trust)),
        _coverage_tile(commune),
        _flagged_tile(flagged),
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


def _coverage_tile(commune: HamletCoverage) -> FigureTile:
    percent = commune.percent
    return FigureTile(
        "–" if percent is None else f"{number(commune.reached)}/{number(commune.households)}",
        _("hộ đã gặp"),
        reached_link(),
        _("Chưa có hộ nào.") if percent is None else _("%(percent)s %% từ trước đến nay", percent=percent),
    )


def _compared(now: int, before: int, trust: Trust) -> str:
    """*▲ 12 %*; but *250 lượt cần xem* alone: growth that nobody has looked at yet may be none."""
    if trust.flagged:
        return _("%(count)s lượt cần xem", count=number(trust.flagged))
    return comparison(now, before)


def _flagged_tile(flagged: int) -> FigureTile:
    return FigureTile(number(flagged), _("lượt cần xem"), "/desk/flags", _("mọi kỳ"))


def count_text(count: int) -> str:
    """The count, *Hơn 10.000* above that, as the lists say."""
    if count > COUNTED_TO:
        return _("Hơn %(count)s", count=number(COUNTED_TO))
    return number(count)


def _weeks(visits: Mapping[date, int], first_week: date, month_start: int) -> list[WeekColumn]:
    weeks = [period_of(PeriodKind.WEEK, first_week + timedelta(weeks=n), month_start) for n in range(WEEKS)]
    counts = [_sum(visits, week) for week in weeks]
    return [
        WeekColumn(
            label=period_label(week),
            first=f"{week.first:%d/%m}",
            count=count,
            visits=number(count),
            href=figure_address(week.code, "visits", ""),
        )
        for week, count in zip(weeks, counts, strict=True)
    ]


def _year(weeks: list[WeekColumn]) -> Picture:
    """The weeks as a chart, and as a table of which each row leads to its visits."""
    rows = tuple(ChartRow(week.label, (week.count,), mark=week.first) for week in weeks)
    title = _("Lượt thăm %(weeks)s tuần", weeks=WEEKS)
    chart = Chart("weeks", title, _("Tuần"), (("visits", _("Lượt thăm hộ")),), rows)
    return picture(chart, [week.href for week in weeks])


def _services(session: Session, actor: Actor, period: Period) -> list[ServiceBar]:
    """The services with the most people, the greatest first."""
    catalog = {service.code: service for service in list_services(session, actor)}
    people = people_by_service(session, actor, catalog, period.first, period.last)
    ranked = sorted(people, key=lambda code: (-people[code], catalog[code].position))[:SERVICES_SHOWN]
    greatest = people[ranked[0]] if ranked else 1
    return [
        ServiceBar(
            label=catalog[code].label,
            people=f"{number(people[code])} {UNITS[catalog[code].unit]}",
            percent=round(people[code] * 100 / greatest),
        )
        for code in ranked
    ]
