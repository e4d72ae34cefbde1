"""The period of the overview: its name, its neighbours, the kinds to choose from, and its comparison."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.commune.calendar.period import (
    Period,
    PeriodKind,
    dates_period,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.web.rendering import day, number

_KINDS = {
    PeriodKind.WEEK: lazy("Tuần"),
    PeriodKind.MONTH: lazy("Tháng"),
    PeriodKind.QUARTER: lazy("Quý"),
    PeriodKind.YEAR: lazy("Năm"),
}


@dataclass(frozen=True)
class KindChoice:
    """A kind of period to change to."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class PeriodBar:
    """*Tuần 48/2026*, *23/11/2026–29/11/2026*; `earlier` and `later`: addresses, `later` empty if it has not
    begun."""

    label: str
    days: str
    earlier: str
    later: str
    kinds: list[KindChoice]


def chosen_period(code: str, today: date, month_start: int) -> Period:
    """The period of the address; this week without one, and for one that there is not or not yet."""
    try:
        period = parse_period(code, month_start)
    except NotFound:
        return period_of(PeriodKind.WEEK, today, month_start)
    return period if period.first <= today else period_of(PeriodKind.WEEK, today, month_start)


def elapsed(period: Period, today: date) -> Period:
    """The days of the period up to today."""
    return dates_period(period.first, min(period.last, today))


def comparison(now: int, before: int) -> str:
    """*▲ 12 %*, *▼ 5 %*, *như kỳ trước*; *kỳ trước chưa có* if there was none to compare with."""
    if before == 0:
        return _("kỳ trước chưa có") if now else ""
    percent = round(abs(now - before) * 100 / before)
    if percent == 0:
        return _("như kỳ trước")
    sign = "▲" if now > before else "▼"
    return f"{sign} {number(percent)} %"


def period_bar(period: Period, today: date, month_start: int) -> PeriodBar:
    """The names and links above the figures."""
    following = period.last + timedelta(days=1)
    later = ""
    if following <= today and period.kind is not PeriodKind.DATES:
        later = _address(period_of(period.kind, following, month_start))
    at = min(period.last, today)
    return PeriodBar(
        label=period_label(period),
        days=f"{day(period.first)}–{day(period.last)}" if period.kind is not PeriodKind.DATES else "",
        earlier=_address(previous_period(period, month_start)),
        later=later,
        kinds=[
            KindChoice(label, _address(period_of(kind, at, month_start)), kind is period.kind)
            for kind, label in _KINDS.items()
        ],
    )


def _address(period: Period) -> str:
    return f"/desk/?period={period.code}"
