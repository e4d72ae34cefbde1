"""The periods between which a province's pages lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.commune.calendar.period import (
    Period,
    PeriodKind,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.core.clock import local_date
from app.core.errors import NotFound
from app.web.desk.reports.choose import KINDS
from app.web.rendering import day

MONTH_START = 1  # of the province's own calendar; a commune's months may begin on another day
Address = Callable[[str], str]


@dataclass(frozen=True)
class PeriodLinks:
    """Label, address and whether it is the period's own kind, for each kind; label and address of the periods
    before and after, empty where there is none."""

    kinds: list[tuple[str, str, bool]]
    previous: tuple[str, str]
    following: tuple[str, str]


def chosen_period(code: str, now: datetime) -> Period:
    """The period of this code; without one the month that ended last. Raises `NotFound` for a code that names
    none, any dates, and a period that has not begun."""
    today = local_date(now)
    if not code:
        return previous_period(period_of(PeriodKind.MONTH, today, MONTH_START), MONTH_START)
    period = parse_period(code, MONTH_START)
    if period.kind is PeriodKind.DATES or period.first > today:
        raise NotFound
    return period


def period_links(period: Period, now: datetime, address: Address) -> PeriodLinks:
    """The links from a page of this period; `address`: of the page of the period with a code."""
    before = previous_period(period, MONTH_START)
    after = period_of(period.kind, period.last + timedelta(days=1), MONTH_START)
    has_begun = after.first <= local_date(now)
    own = [(label, period_of(kind, _day_in(period, now), MONTH_START)) for kind, label, _count in KINDS]
    return PeriodLinks(
        kinds=[(label, address(one.code), one.kind is period.kind) for label, one in own],
        previous=(period_label(before), address(before.code)),
        following=(period_label(after), address(after.code)) if has_begun else ("", ""),
    )


def days_of(period: Period) -> str:
    """*01/11/2026–30/11/2026*."""
    return f"{day(period.first)}–{day(period.last)}"


def _day_in(period: Period, now: datetime) -> date:
    """The last day of the period that has come: periods of other kinds which have it have begun."""
    return min(period.last, local_date(now))
